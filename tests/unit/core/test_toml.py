import pytest

from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.core.toml import LARGEST_DOCUMENT, read_toml


def refused(data, code):
    with pytest.raises(InputError) as caught:
        read_toml(data, where="study.toml")
    assert caught.value.code == code
    assert caught.value.where.startswith("study.toml")
    return caught.value


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_document_is_read_with_and_without_byte_order_mark(mark):
    assert read_toml(mark + "名称 = '端子'".encode().replace("名称".encode(), b'"name"')) == {"name": "端子"}


def test_windows_line_ends_are_read():
    assert read_toml(b"a = 1\r\nb = 2\r\n") == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"a = 1\nb = = 2\n", "line 2, column 5"),
        (b"a = 1\na = 2\n", "line 2"),
        (b"a = 1\nb = 'open", "line 2, column 10"),
        (b"a = 1,5\n", "line 1"),
        (b"a = 2025-13-45\n", "line 1"),
        (b"\n\n[t\n", "line 3"),
    ],
)
def test_place_of_what_is_wrong_is_named(data, place):
    assert place in refused(data, "toml-syntax").where


@pytest.mark.parametrize("data", [b"a = " + b"[" * 5000, b"a = " + b"9" * 5000])
def test_hostile_document_is_refused(data):
    refused(data, "toml-syntax")


def test_other_encodings_are_explained():
    assert "GBK" in refused("a = 1\nb = '端子'".encode("gbk"), "toml-encoding").message.en
    assert "line 2" in refused("a = 1\nb = '端子'".encode("gbk"), "toml-encoding").message.en
    assert "UTF-16" in refused("a = 1".encode("utf-16"), "toml-encoding").message.en


def test_largest_document():
    assert read_toml(b"#" * LARGEST_DOCUMENT) == {}
    refused(b"#" * (LARGEST_DOCUMENT + 1), "toml-size")


def test_file_is_read_and_named(tmp_path):
    file = tmp_path / "rules.toml"
    file.write_bytes(b"a = 1")
    assert read_toml(file) == {"a": 1}
    file.write_bytes(b"a = ")
    with pytest.raises(InputError) as caught:
        read_toml(file)
    assert caught.value.where.startswith("rules.toml, line 1")
    file.write_bytes(b"#" * (LARGEST_DOCUMENT + 1))
    with pytest.raises(InputError) as caught:
        read_toml(file)
    assert caught.value.code == "toml-size"


def test_missing_file_and_folder_are_told(tmp_path):
    with pytest.raises(NotFoundError):
        read_toml(tmp_path / "none.toml")
    with pytest.raises(InputError):
        read_toml(tmp_path)
