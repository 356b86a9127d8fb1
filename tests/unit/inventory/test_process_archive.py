"""Archives that are damaged or hostile are refused with a clear message, fast and without filling the memory."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from tests.machine import within

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers import archive as archives
from cradlemark.inventory.importers import zip_archive
from cradlemark.inventory.importers.archive import open_archive
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.importers.whole_documents import read_json_document, read_xml_document

ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><processDataSet><name>&c;</name></processDataSet>"""


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def code_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        import_processes(path)
    assert caught.value.where
    assert caught.value.hint.en
    return caught.value.code


def test_no_file(tmp_path: Path) -> None:
    assert code_of(tmp_path / "missing.zip") == "file-missing"


def test_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.zip"
    path.touch()
    assert code_of(path) == "file-empty"


@pytest.mark.parametrize("content", [b"not a zip at all", b"<?xml version='1.0'?><a/>", b"PK"])
def test_other_formats(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other.zip"
    path.write_bytes(content)
    assert code_of(path) in {"file-format", "file-truncated"}


def test_zip_of_something_else(tmp_path: Path) -> None:
    assert code_of(zipped(tmp_path / "x.zip", {"readme.txt": b"hello"})) == "file-format"


@pytest.mark.parametrize("kept", [0.3, 0.9, 0.999])
def test_truncated_zip(tmp_path: Path, kept: float) -> None:
    path = zipped(tmp_path / "cut.zip", {f"processes/{i}.json": b"{}" * 50 for i in range(200)})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * kept)])
    assert code_of(path) == "file-truncated"


def test_damaged_member(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bad.zip", {"processes/a.json": bytes(range(256)) * 40})
    content = bytearray(path.read_bytes())
    content[60:90] = b"\xff" * 30
    path.write_bytes(bytes(content))
    assert code_of(path) == "database-empty"


@pytest.mark.parametrize(
    "name", ["../outside.json", "/etc/x.json", "a/../../x.json", "C:/x.json", "..\\x.json"]
)
def test_paths_that_lead_out(tmp_path: Path, name: str) -> None:
    path = zipped(tmp_path / "out.zip", {"processes/a.json": b"{}", name: b"{}"})
    assert code_of(path) == "file-unsafe"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as file:
        file.writestr("processes/a.json", "{}")
        file.writestr("processes/a.json", "{ }")
    assert code_of(tmp_path / "twice.zip") == "file-unsafe"


def test_zip_bomb(tmp_path: Path) -> None:
    path = zipped(tmp_path / "bomb.zip", {"processes/a.json": b" " * 60_000_000})
    assert path.stat().st_size < 100_000
    assert code_of(path) == "file-bomb"


def test_entry_list_that_announces_too_much(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many.zip", {"processes/a.json": b"{}"})
    content = bytearray(path.read_bytes())
    place = content.rfind(b"PK\x05\x06")
    content[place + 12 : place + 16] = struct.pack("<L", 0xFFFFFFF0)
    path.write_bytes(bytes(content))
    assert code_of(path) == "file-bomb"


def test_too_many_members(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_DOCUMENTS", 10)
    monkeypatch.setattr(zip_archive, "MAX_DOCUMENTS", 10)
    path = zipped(tmp_path / "many.zip", {f"processes/{i}.json": b"" for i in range(1200)})
    assert code_of(path) == "file-bomb"
    folder = tmp_path / "folder"
    folder.mkdir()
    for i in range(20):
        (folder / f"{i}.json").touch()
    assert code_of(folder) == "file-bomb"


def test_symbolic_links_are_not_followed(tmp_path: Path) -> None:
    folder = tmp_path / "export" / "processes"
    folder.mkdir(parents=True)
    secret = tmp_path / "secret.json"
    secret.write_text("{}")
    (folder / "a.json").symlink_to(secret)
    (folder / "b.json").write_text("{}")
    assert open_archive(tmp_path / "export").names() == ("processes/b.json",)


@pytest.mark.parametrize(
    "content",
    [
        ENTITIES,
        ENTITIES.decode().replace('version="1.0"', 'version="1.0" encoding="utf-16"').encode("utf-16"),
        b"\xef\xbb\xbf" + ENTITIES,
    ],
    ids=["utf-8", "utf-16", "byte order mark"],
)
def test_document_types_are_refused_in_every_encoding(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_xml_document(content, where="x.xml")
    assert caught.value.code == "file-unsafe"


def test_encoding_that_would_hide_a_document_type() -> None:
    hidden = b'<?xml version="1.0" encoding="cp037"?>' + "<!DOCTYPE x><x/>".encode("cp037")
    with pytest.raises(InputError) as caught:
        read_xml_document(hidden, where="x.xml")
    assert caught.value.code == "file-encoding"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<a>\xff\xfe</a>", "file-encoding"),
        (b"<a><b></a>", "xml-syntax"),
        (b"", "xml-syntax"),
        (b"<a/>" * 3, "xml-syntax"),
        (b"<a>" + b"<b/>" * 2_100_000 + b"</a>", "file-bomb"),
    ],
    ids=["encoding", "nesting", "empty", "several roots", "too many elements"],
)
def test_bad_xml(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_xml_document(content, where="x.xml")
    assert caught.value.code == code


def test_xml_in_other_encodings_is_read() -> None:
    text = '<?xml version="1.0" encoding="{}"?><a xmlns="urn:x"><b>钢 Stahl é</b></a>'
    for encoding in ("utf-8", "utf-16", "gb18030"):
        root = read_xml_document(text.format(encoding).encode(encoding), where="x.xml")
        assert (root.tag, root.findtext("b")) == ("a", "钢 Stahl é")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xff{}", "file-encoding"),
        (b"{", "json-syntax"),
        (b"[]", "json-syntax"),
        (b'{"a": NaN}', "json-syntax"),
        (b'{"a":' + b"[" * 500_000 + b"]" * 500_000 + b"}", "file-bomb"),
        (b'{"a":[' + b"0," * 1_100_000 + b"0]}", "file-bomb"),
    ],
    ids=["encoding", "cut off", "list", "nan", "nested", "long"],
)
def test_bad_json(content: bytes, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_json_document(content, where="x.json")
    assert caught.value.code == code


def test_hostile_documents_are_refused_one_by_one(tmp_path: Path) -> None:
    """The good process stays; every bad document is named."""
    good = {
        "@id": "p", "name": "P", "processType": "UNIT_PROCESS",
        "exchanges": [{"internalId": 1, "amount": 1.0, "isInput": False, "isQuantitativeReference": True,
                       "flow": {"@id": "f"}}],
    }  # fmt: skip
    flow = {
        "@id": "f", "name": "F", "flowType": "PRODUCT_FLOW",
        "flowProperties": [{"isRefFlowProperty": True, "conversionFactor": 1.0, "flowProperty": {"@id": "m"}}],
    }  # fmt: skip
    members = {
        "flows/f.json": json.dumps(flow).encode(),
        "flows/list.json": b"[1]",
        "processes/good.json": json.dumps(good).encode(),
        "processes/text.json": b'"text"',
        "processes/shape.json": b'{"@id": "q", "exchanges": [{"flow": 7}]}',
        "processes/amount.json": b'{"@id": "r", "exchanges": [{"flow": {"@id": "f"}, "amount": "much", "input": 1}]}',
        "processes/huge.json": b'{"@id": "s", "exchanges": {"a": 1}}',
        "processes/nested.json": b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    }
    report = import_processes(zipped(tmp_path / "mixed.zip", members)).report
    assert report.counts["processes stored"] == 3
    assert report.counts["documents refused"] == 4
    assert report.counts["exchanges refused"] == 2
    assert report.balanced
    named = {
        problem.where.split(", ")[1].split(" ")[0] for problem in report.problems if "/" in problem.where
    }
    assert named >= set(members) - {"flows/f.json", "processes/good.json"}


def repeat_entry(path: Path, times: int) -> None:
    """Let the list of members name its one member many times."""
    content = path.read_bytes()
    start, end = content.find(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    listed = content[start:end] * times
    last = bytearray(content[end:])
    last[12:20] = struct.pack("<LL", len(listed), start)
    path.write_bytes(content[:start] + listed + bytes(last))


LIMITED = r"""
import re, sys, time
from pathlib import Path
from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.importers.whole_documents import read_json_document, read_xml_document
start = time.process_time()
try:
    import_processes(sys.argv[1])
except InputError as error:
    print(error.code, time.process_time() - start, re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("kind", ["spaces", "elements", "values", "entries"])
def test_bombs_take_little_time_and_memory(tmp_path: Path, kind: str) -> None:
    content = {
        "spaces": {"processes/a.json": b" " * 60_000_000},
        "elements": {"processes/a.xml": b"<processDataSet>" + b"<a/>" * 6_000_000 + b"</processDataSet>"},
        "values": {"processes/a.json": b'{"exchanges":[' + b"{}," * 8_000_000 + b"{}]}"},
        "entries": {"processes/a.json": b""},
    }[kind]
    path = zipped(tmp_path / "bomb.zip", content)
    if kind == "entries":
        repeat_entry(path, 160_000)
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    code, seconds, kilobytes = run.stdout.split()
    assert code in {"file-bomb", "file-too-large", "database-empty"}
    assert within(float(seconds), 2.0)
    assert int(kilobytes) < 300_000
