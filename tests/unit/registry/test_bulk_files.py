"""The files with all labels: the same rows in every form, written exactly when something has changed, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import attrs
import pyarrow.parquet as parquet
import pytest
from tests.unit.registry.builders import NOW, numbered
from tests.unit.registry.test_backups import PASSPHRASE, issue

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.home import Home
from cradlemark.registry.publication.bulk.columns import ALL, Shown, columns
from cradlemark.registry.publication.bulk.sitemap import MOST, sitemaps
from cradlemark.registry.publication.bulk.tables import write_tables


@pytest.fixture
def filled(home: Home) -> Home:
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    issue(3, home)
    return home


def read(home: Home, path: str) -> bytes:
    return (home.public / path).read_bytes()


def publish(home: Home, time: datetime.datetime = NOW) -> None:
    from cradlemark.registry.publication.publish import publish_all

    publish_all(home, passphrase=PASSPHRASE, time=time)


def stamps(home: Home) -> dict[str, int]:
    folder = home.folder / "public"
    return {name: (folder / name).stat().st_mtime_ns for name in names()}


def names() -> tuple[str, ...]:
    return (
        "data/labels.csv",
        "data/labels.jsonl",
        "data/labels.parquet",
        "data/datapackage.json",
        "sitemap.xml",
        "robots.txt",
    )


def test_every_form_holds_the_same_labels(filled: Home) -> None:
    lines = [json.loads(line) for line in read(filled, "data/labels.jsonl").splitlines()]
    table = parquet.read_table(io.BytesIO(read(filled, "data/labels.parquet")))
    rows = list(csv.DictReader(io.StringIO(read(filled, "data/labels.csv").decode("utf-8-sig"))))
    assert len(lines) == table.num_rows == len(rows) == 3
    assert (
        [row["number"] for row in rows] == [line["number"] for line in lines] == table["number"].to_pylist()
    )
    for row, line, kept in zip(rows, lines, table.to_pylist(), strict=True):
        assert float(row["gate"]) == line["gate"] == kept["gate"]
        assert row["models"] == "; ".join(line["models"])
        assert kept["models"] == line["models"]
        assert kept["valid_until"].isoformat() == row["valid_until"] == line["valid_until"]
        assert row["product_zh"] == line["product_zh"]
    assert table.schema.field("gate").metadata[b"unit"] == b"kg CO2e / declared unit"


def test_description_tells_digests_and_fields(filled: Home) -> None:
    described = json.loads(read(filled, "data/datapackage.json"))
    assert described["count"] == 3
    assert len(described["resources"]) == 3
    for one in described["resources"]:
        content = read(filled, f"data/{one['path']}")
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        assert [field["name"] for field in one["schema"]["fields"]] == [
            column.name for column in columns(filled.programme.public_fields)
        ]


def test_files_are_written_exactly_when_something_changes(filled: Home) -> None:
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.labels.models import Label

    before = stamps(filled)
    publish(filled)
    publish(filled, NOW + datetime.timedelta(days=3))
    assert stamps(filled) == before
    number = Label.objects.order_by("sequence")[0].number
    request = ChangeRequest("s", number, "suspend", "officer", "o", "Surveillance is overdue.")
    later = NOW + datetime.timedelta(days=4)
    change_state(request, steps=filled.programme.label_steps, time=later)
    publish(filled, later)
    after = stamps(filled)
    assert {name for name in names() if after[name] != before[name]} == set(names()) - {"robots.txt"}
    lines = [json.loads(line) for line in read(filled, "data/labels.jsonl").splitlines()]
    assert [line["state"] for line in lines] == ["suspended", "active", "active"]
    publish(filled, later)
    assert stamps(filled) == after


def test_label_that_is_issued_while_the_files_are_written_is_in_the_next_ones(
    filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.labels.issue import IssueRequest
    from cradlemark.registry.labels.issue import issue as issue_all
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication import publish as module

    publish_waiting = module.publish_waiting

    def meanwhile(*given: Any, **more: Any) -> int:
        done = publish_waiting(*given, **more)
        sign = credential_signer(filled, passphrase=PASSPHRASE, time=NOW).label
        issue_all([IssueRequest("late", numbered)], mark="DEMO", time=NOW, sign=sign)
        return done

    with monkeypatch.context() as patch:
        patch.setattr(module, "publish_waiting", meanwhile)
        publish(filled)
    assert len(read(filled, "data/labels.jsonl").splitlines()) == 3
    publish(filled)
    assert len(read(filled, "data/labels.jsonl").splitlines()) == 4


def test_files_that_were_lost_or_stopped_half_way_come_back(
    filled: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.publication.bulk import write

    kept = {name: read(filled, name) for name in names()}
    (filled.folder / "public" / "data" / "datapackage.json").unlink()
    (filled.folder / "public" / "data" / "labels.csv").write_bytes(b"half")
    publish(filled)
    assert {name: read(filled, name) for name in names()} == kept

    def stopped(*_given: Any) -> None:
        raise SystemExit("killed")

    (filled.folder / "public" / "data" / "datapackage.json").unlink()
    with monkeypatch.context() as patch:
        patch.setattr(write, "write_file", stopped)
        with pytest.raises(SystemExit):
            publish(filled)
    publish(filled)
    assert {name: read(filled, name) for name in names()} == kept


def hostile(text: str) -> Claim:
    made = numbered(LabelNumber("DEMO", 1))
    product = attrs.evolve(made.product, name=Text(text, text), models=(text,))
    return attrs.evolve(made, product=product)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "\n=1"]
)
def test_no_text_becomes_a_formula_in_a_spreadsheet(text: str, tmp_path: Path) -> None:
    shown = Shown(hostile(text), "active")
    row = {column.name: column.value(shown) for column in ALL}
    files = write_tables(ALL, [row], tmp_path)
    (cells,) = csv.DictReader(io.StringIO(files["csv"].read_bytes().decode("utf-8-sig"), newline=""))
    for name in ("product_en", "product_zh", "models"):
        assert cells[name] == f"'{text}"
    assert float(cells["gate"]) == row["gate"]


def test_programme_that_does_not_publish_a_field_has_no_column_of_it() -> None:
    assert [column.name for column in columns(())] == ["number", "state", "kind"]
    assert "verifier_en" not in {column.name for column in columns(("identity", "value"))}
    assert len({column.name for column in ALL}) == len(ALL)


def test_map_names_every_page_in_both_languages(filled: Home) -> None:
    root = ElementTree.fromstring(read(filled, "sitemap.xml"))
    pages = [page.text for page in root.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert pages[0] == "https://example.org/labels/l/DEMO-000000-GK/"
    assert len(pages) == 3
    assert len(list(root.iter("{http://www.w3.org/1999/xhtml}link"))) == 6
    assert b"Sitemap: https://example.org/labels/sitemap.xml" in read(filled, "robots.txt")


def test_map_of_many_pages_is_an_index_of_maps() -> None:
    made = dict(sitemaps("https://example.org", [(f"l/{n}", "2026-11-28") for n in range(MOST + 1)]))
    assert list(made) == ["data/sitemap-0.xml", "data/sitemap-1.xml", "sitemap.xml"]
    assert made["sitemap.xml"].count(b"<loc>") == 2
    assert made["data/sitemap-0.xml"].count(b"<loc>") == MOST


def test_batches_give_the_same_bytes_and_a_row_group_each(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.publication.bulk import tables

    shown = Shown(hostile("terminal 端子"), "active")
    row = {column.name: column.value(shown) for column in ALL}
    rows = [{**row, "number": str(number)} for number in range(7)]
    forms = {}
    for batch in (3, 7, 100):
        monkeypatch.setattr(tables, "BATCH", batch)
        folder = tmp_path / str(batch)
        folder.mkdir()
        files = write_tables(ALL, iter(rows), folder)
        forms[batch] = {ending: file.read_bytes() for ending, file in files.items()}
        read_back = parquet.read_table(files["parquet"])
        assert read_back.column("number").to_pylist() == [one["number"] for one in rows]
        assert parquet.ParquetFile(files["parquet"]).num_row_groups == -(-7 // batch)
    assert forms[7] == forms[100]
    for ending in ("csv", "jsonl"):
        assert forms[3][ending] == forms[7][ending]


def test_rows_are_never_all_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import weakref

    from cradlemark.registry.publication.bulk import tables

    class Row(dict[str, Any]):
        """A row that can be watched."""

    monkeypatch.setattr(tables, "BATCH", 5)
    shown = Shown(hostile("terminal"), "active")
    row = {column.name: column.value(shown) for column in ALL}
    alive: weakref.WeakSet[Any] = weakref.WeakSet()
    most = 0

    class Watched(Row):
        __hash__ = object.__hash__  # type: ignore[assignment]

    def rows() -> Any:
        nonlocal most
        for _ in range(50):
            made = Watched(row)
            alive.add(made)
            most = max(most, len(alive))
            yield made

    write_tables(ALL, rows(), tmp_path)
    assert 5 <= most <= 12


def test_table_without_labels_has_its_columns(tmp_path: Path) -> None:
    files = write_tables(ALL, [], tmp_path)
    assert parquet.read_table(files["parquet"]).column_names == [column.name for column in ALL]
    assert files["jsonl"].read_bytes() == b""
