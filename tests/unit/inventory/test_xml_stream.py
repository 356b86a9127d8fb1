"""Documents of any size in pieces, and hostile ones."""

from __future__ import annotations

import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ecospold_documents import activity2, dataset1, document1, exchange1, product2

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers import ecospold1, ecospold2, xml_stream
from cradlemark.inventory.importers.archive import open_archive
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.importers.xml_stream import read_records

ENTITY = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
GOOD = document1(dataset1(1, "x", exchange1(1, "made", "x", 1)))


def records(path: Path, content: bytes) -> Iterator[xml_stream.Record]:
    path.write_bytes(content)
    archive = open_archive(path)
    yield from read_records(archive, archive.names()[0])


def tags(path: Path, content: str) -> list[str]:
    return [record.element.tag for record in records(path, content.encode())]


def test_records_are_handed_out_one_by_one(tmp_path: Path) -> None:
    content = '<?xml version="1.0"?>\n<r xmlns="n"><a k="v"><b>text</b></a> <c/></r>'
    first, second = records(tmp_path / "x.xml", content.encode())
    assert (first.namespace, first.element.get("k"), first.element.findtext("b")) == ("n", "v", "text")
    assert second.element.tag == "c"


def test_memory_follows_the_record_not_the_document(tmp_path: Path) -> None:
    record = "<d>" + '<e k="some text">x</e>' * 1_000 + "</d>"
    path = tmp_path / "x.xml"
    path.write_text(f"<r>{record * 400}</r>")
    archive = open_archive(path)
    tracemalloc.start()
    try:
        count = sum(len(found.element) for found in read_records(archive, "x.xml"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 400_000
    assert peak < path.stat().st_size  # 9 MB; a tree of it takes 60


def test_records_before_a_fault_come_first(tmp_path: Path) -> None:
    found = []
    with pytest.raises(InputError) as caught:
        found.extend(record.element.tag for record in records(tmp_path / "x.xml", b"<r><a/><b/><c></r>"))
    assert caught.value.code == "xml-syntax"
    assert found == ["a", "b"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ((ENTITY + GOOD.partition("\n")[2]).encode(), "file-unsafe"),
        ((ENTITY + GOOD.partition("\n")[2]).encode("utf-16"), "file-unsafe"),
        (GOOD.replace("<flowData>", "<flowData><!ENTITY>").encode(), "file-unsafe"),
        ((" " * 65_532 + ENTITY + "<r/>").encode(), "file-unsafe"),
        (GOOD.replace("UTF-8", "ebcdic-cp-us").encode(), "file-encoding"),
        (GOOD.replace('"x"', '"\N{LATIN SMALL LETTER A WITH DIAERESIS}"').encode("latin-1"), "file-encoding"),
        (GOOD.encode("utf-16")[:-1], "file-encoding"),
        (b"<r>" + b"<a>" * 100_000, "file-bomb"),
        (b"<r><a " + b" ".join(b"k%d=''" % i for i in range(200_000)) + b"/></r>", "file-bomb"),
        (b"<r><a k='" + b"x" * 2_000_000 + b"'/></r>", "file-bomb"),
        (b"<r><a>" + b"x" * 2_000_000 + b"</a></r>", "file-bomb"),
        (b"<r><a>" + b"<b/>" * 300_001 + b"</a></r>", "file-bomb"),
        (b"<r><a>" + b"<b c='' d='' e=''/>" * 80_000 + b"</a></r>", "file-bomb"),
        (b"<r>" + b"<a/>" * 60_001 + b"</r>", "file-bomb"),
        (GOOD.encode()[:-200], "xml-syntax"), (b"", "xml-syntax"), (b"\x00" * 3000, "file-encoding"),
        (b"<r>\x01</r>", "xml-syntax"), (b"<r>&lol;</r>", "xml-syntax"),
    ],
    ids=lambda value: value if isinstance(value, str) else value[:20].decode("ascii", "replace"),
)  # fmt: skip
def test_hostile_documents_are_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.xml"
    path.write_bytes(content or b" ")
    with pytest.raises(InputError) as caught:
        list(read_records(open_archive(path), "x.xml"))
    assert caught.value.code == code


def test_a_long_record_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_stream, "MAX_RECORD", 200_000)
    assert tags(tmp_path / "x.xml", "<r>" + "<a>text</a>" * 50_000 + "</r>") == ["a"] * 50_000
    with pytest.raises(InputError) as caught:
        tags(tmp_path / "x.xml", "<r><a>" + "<b>text</b>" * 50_000 + "</a></r>")
    assert caught.value.code == "file-bomb"


def test_endless_text_around_records_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        tags(tmp_path / "x.xml", "<r>" + " " * 3_000_000 + "<a/></r>")
    assert caught.value.code == "file-bomb"


def test_damage_in_a_zip_refuses_one_document(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("1.xml", GOOD)
        archive.writestr("2.xml", GOOD.replace('"x"', '"y"').replace('number="1"', 'number="2"'))
    content = bytearray(path.read_bytes())
    content[content.index(b'name="y"') + 6] ^= 1
    path.write_bytes(content)
    done = import_processes(path)
    assert done.database["processes"].texts("id") == ("1",)
    assert done.report.problems[0].code == "file-truncated"


def test_damage_in_a_zip_of_activities_refuses_one_document(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.spold", activity2("x", product2("made", "x", 1)))
        archive.writestr("2.spold", activity2("y", product2("made", "y", 1)))
    content = bytearray(path.read_bytes())
    start = content.index(b"2.spold")
    content[start + 7 : start + 60] = bytes(53)
    path.write_bytes(content)
    done = import_processes(path)
    assert done.database["processes"].texts("name_en") == ("x",)
    assert done.report.problems[0].code == "file-truncated"


@pytest.mark.parametrize("ending", ["xml", "spold"])
def test_an_absurd_number_of_exchanges_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    monkeypatch.setattr(ecospold1 if ending == "xml" else ecospold2, "MAX_EXCHANGES", 5)
    lines = [exchange1(number, "emission", f"gas {number}", 1) for number in range(2, 7)]
    text = document1(
        dataset1(1, "x", exchange1(1, "made", "x", 1), *lines), dataset1(2, "y", exchange1(1, "made", "y", 1))
    )
    if ending == "spold":
        text = activity2(
            "x", product2("made", "x", 1), *[product2("input", f"{number}", 1) for number in range(5)]
        )
    path = tmp_path / f"x.{ending}"
    path.write_text(text, encoding="utf-8")
    if ending == "spold":
        with pytest.raises(InputError, match="6 exchanges"):
            import_processes(path)
        return
    done = import_processes(path)
    assert done.report.problems[0].code == "source-limit"
    assert done.database["processes"].texts("id") == ("2",)
