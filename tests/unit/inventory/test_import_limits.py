"""Limits that all importers share: what is refused by itself, when a whole source is, and that the page says so."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.suggestion import Suggestions, did_you_mean
from cradlemark.inventory.importers import loaded_sheets
from cradlemark.inventory.importers.archive import FileArchive, open_archive
from cradlemark.inventory.importers.archive_refusals import MAX_DEPTH
from cradlemark.inventory.importers.brightway_arrays import read_array
from cradlemark.inventory.importers.loaded_sheets import look_at_sheets, read_sheets
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.importers.process_tables.units import TableUnits
from cradlemark.inventory.processes import limits
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.limits import (
    MAX_UNREADABLE,
    SourceRefused,
    bounded_lines,
    check_count,
    check_pieces,
)
from cradlemark.inventory.processes.problem_list import LISTED, ProblemList
from cradlemark.inventory.processes.records import (
    Exchange,
    Flow,
    FlowProperty,
    ImpactCategory,
    Parameter,
    Process,
    UnitGroup,
)

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "import-limits.md"
BAD = InputError(Text("it is wrong", "有误"), code="value-missing", hint=Text("mend it", "修正"))


def collector() -> Collector:
    """With one product, steel."""
    made = Collector("made")
    made.conversion.groups["g"] = UnitGroup("g", "mass", "kg", {"kg": 1.0}, ("kg",))
    made.conversion.properties["m"] = FlowProperty("m", "mass", "g")
    made.add_flow(Flow("steel", {"en": "steel"}, "product", {"m": 1.0}, "m"))
    return made


def process(**changed: Any) -> Process:
    made = Exchange(1, "steel", "output", 1.0, reference=True)
    return attrs.evolve(Process("p", {"en": "works"}, "unit_process", (made,)), **changed)


def codes(made: Collector) -> list[str]:
    return [problem.code for problem in made.problems]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"names": {"en": "x" * 5_001}}, "text-too-long"),
        ({"names": {f"l{n}": "x" for n in range(201)}}, "source-limit"),
        ({"description": "x" * 100_001}, "text-too-long"),
        ({"parameters": tuple(Parameter(f"p{n}", 1.0) for n in range(10_001))}, "source-limit"),
        ({"parameters": (Parameter("p" * 5_001, 1.0),)}, "text-too-long"),
        ({"exchanges": (Exchange(1, "steel", "input", 1.0),) * 50_001}, "source-limit"),
        ({"exchanges": (Exchange(1, "steel", "output", 1.0, reference=True),) * 1_415}, "source-limit"),
    ],
    ids=["name", "languages", "description", "parameters", "parameter", "exchanges", "products"],
)
def test_a_process_beyond_the_limits_is_refused_by_itself(changed: dict[str, Any], code: str) -> None:
    made = collector()
    made.add_process(process(**changed), where="it")
    made.add_process(process(id="good"), where="good")
    assert codes(made) == [code]
    assert made.tables()["processes"].texts("id") == ("good",)
    assert made.counts["processes refused"] == 1


def test_what_is_at_the_limit_is_read() -> None:
    made = collector()
    parameters = tuple(Parameter(f"p{n}", 1.0) for n in range(10_000))
    made.add_process(process(names={"en": "x" * 5_000}, parameters=parameters), where="it")
    assert codes(made) == []
    assert len(made.tables()["parameters"]) == 10_000


@pytest.mark.parametrize(
    "changed", [{"comment": "x" * 100_001}, {"provider": "x" * 5_001}, {"unit": "x" * 5_001}]
)
def test_an_exchange_with_an_absurd_text_is_refused_by_itself(changed: dict[str, str]) -> None:
    made = collector()
    made.add_process(
        process(exchanges=(*process().exchanges, Exchange(2, "steel", "input", 1.0, **changed))), where="it"
    )
    assert codes(made) == ["text-too-long"]
    assert (made.counts["exchanges stored"], made.counts["exchanges refused"]) == (1, 1)


def test_a_flow_and_a_category_with_absurd_texts_are_refused() -> None:
    made = collector()
    made.add_flow(Flow("f" * 5_001, {}, "product", {"m": 1.0}, "m"))
    assert codes(made) == ["text-too-long"]
    with pytest.raises(InputError, match="5,001"):
        made.add_category(ImpactCategory("c", {"en": "x" * 5_001}, "kg", ()), where="c")


def test_global_parameters_beyond_the_limit_are_refused_together() -> None:
    made = collector()
    made.add_global_parameters(Parameter(f"p{n}", 1.0) for n in range(10_001))
    assert codes(made) == ["source-limit"]
    assert made.counts["parameters refused"] == 10_001


def test_reading_stops_when_most_cannot_be_read() -> None:
    made = collector()
    for _ in range(MAX_UNREADABLE):
        made.problem("x", "value-missing", Text("it is wrong", "有误"))
    with pytest.raises(SourceRefused) as caught:
        made.problem("x", "value-missing", Text("it is wrong", "有误"))
    error = caught.value.error
    assert error.code == "source-refused"
    assert "5,001 parts" in error.problems[0].message.en
    assert "5,001" in error.problems[0].message["zh"]
    assert error.problems[0].hint["zh"]
    assert len(error.problems) == 1 + limits.SHOWN
    assert error.problems[1].code == "value-missing"


def test_reading_goes_on_when_more_can_be_read() -> None:
    made = collector()
    made.awaited = 3 * MAX_UNREADABLE
    for _ in range(2 * MAX_UNREADABLE):
        made.problem("x", "value-missing", Text("it is wrong", "有误"))
    made.settle()
    for _ in range(MAX_UNREADABLE):
        made.doubt("value-missing")
    with pytest.raises(SourceRefused):
        made.doubt("value-missing")


def test_remarks_do_not_stop_it() -> None:
    made = collector()
    for code in sorted(limits.REMARKS):
        for _ in range(MAX_UNREADABLE + 1):
            made.problem("x", code, Text("look", "看"))


def test_a_hopeless_process_is_refused_and_the_rest_is_kept() -> None:
    made = collector()
    made.watch(MAX_UNREADABLE, 0, BAD)
    made.watch(2 * MAX_UNREADABLE, 2 * MAX_UNREADABLE, BAD)
    with pytest.raises(SourceRefused):
        made.watch(MAX_UNREADABLE + 1, 0, BAD)
    made = collector()
    made.awaited = 10 * MAX_UNREADABLE
    with pytest.raises(InputError) as caught:
        made.watch(MAX_UNREADABLE + 1, 0, BAD)
    assert caught.value.code == "source-limit"


def test_a_large_table_with_thousands_of_wrong_rows_is_imported(tmp_path: Path) -> None:
    """6,000 wrong rows stand before 7,000 right ones of the same process."""
    rows = ["plant,what,x,1,kg"] * 4_000 + ["plant,input,coal,1,kg"] * 7_000 + ["plant,what,x,1,kg"] * 2_000
    path = tmp_path / "works.csv"
    path.write_text("\n".join(["process,type,flow,amount,unit", "plant,reference,steel,1,kg", *rows]))
    report = import_processes(path).report
    assert report.counts["exchanges refused"] == 6_000
    assert report.balanced
    assert sum(problem.code == "problems-many" for problem in report.problems) == 1


def test_counts_and_pieces() -> None:
    check_count(5, 5, limits.EXCHANGES)
    with pytest.raises(InputError) as caught:
        check_count(6, 5, limits.EXCHANGES)
    assert (caught.value.code, caught.value.message.en) == (
        "source-limit",
        "6 exchanges, and at most 5 are read",
    )
    check_pieces(b'"' + b"x" * 999_999 + b'"' + b"x" * 999_999, b'"', where="x")
    check_pieces("<" + "x" * 999_999 + "<" + "x" * 999_999, "<", where="x")
    for content in (b"x" * 1_000_001, b'"' + b"x" * 1_000_001 + b'"', b'"' * 3 + b"x" * 1_000_001):
        with pytest.raises(InputError) as caught:
            check_pieces(content, b'"', where="x.json")
        assert (caught.value.code, caught.value.where) == ("file-bomb", "x.json")


def test_lines_are_refused_before_they_are_read_to_their_end() -> None:
    assert list(bounded_lines(io.StringIO("a\nb"), where="x")) == ["a\n", "b"]
    stream = io.StringIO("a\n" + "x" * 5_000_000)
    with pytest.raises(InputError) as caught:
        list(bounded_lines(stream, where="x"))
    assert caught.value.code == "text-too-long"
    assert stream.tell() < 1_100_000


def test_problems_of_one_code_are_listed_to_a_bound_and_counted() -> None:
    found = ProblemList("source")
    found.extend(Problem(f"row {n}", "number-invalid", "wrong") for n in range(LISTED + 3))
    found.append(Problem("elsewhere", "value-missing", "empty"))
    listed = list(found)
    assert len(listed) == LISTED + 2
    assert listed[LISTED - 1].where == f"row {LISTED - 1}"
    assert listed[LISTED].where == "elsewhere"
    assert listed[-1].code == "problems-many"
    assert listed[-1].message.en == "and 3 more of the kind number-invalid"
    assert "另有 3 项" in listed[-1].message["zh"]


def test_a_report_lists_as_many_and_counts_all(tmp_path: Path) -> None:
    rows = ["plant,input,coal,much,kg"] * (LISTED + 500)
    path = tmp_path / "works.csv"
    path.write_text("\n".join(["process,type,flow,amount,unit", "plant,reference,steel,1,kg", *rows]))
    report = import_processes(path).report
    assert report.counts["exchanges refused"] == LISTED + 500
    wrong = [problem for problem in report.problems if problem.code == "number-invalid"]
    assert len(wrong) == LISTED
    assert "and 500 more" in next(p.message.en for p in report.problems if p.code == "problems-many")


def test_units_are_looked_up_once_and_bounded() -> None:
    units = TableUnits()
    assert units("KWH") == "kWh"
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            units("kgg")
        assert caught.value.code == "unit-unknown"
        assert caught.value.hint.en
    for number in range(limits.MAX_UNKNOWN_UNITS - 1):
        with pytest.raises(InputError):
            units(f"u{number}")
    with pytest.raises(SourceRefused) as stopped:
        units("one more")
    assert stopped.value.error.code == "source-limit"
    assert any("kgg" in problem.message.en for problem in stopped.value.error.problems)


def test_suggestions_end_after_enough_comparisons() -> None:
    suggest = Suggestions(most=25)
    known = [f"steel {n}" for n in range(10)]
    assert suggest("stel 1", known).en
    assert suggest("stel 1", known).en
    assert not suggest("stel 1", known)
    assert not did_you_mean("x" * 100_000, ["x" * 100_000 + "y"] * 30)


def test_sheets_are_loaded_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a,b\n1,2\n")
    calls: list[str] = []
    load = loaded_sheets.read_grid
    monkeypatch.setattr(
        loaded_sheets, "read_grid", lambda content, where: calls.append(where) or load(content, where=where)
    )
    archive = FileArchive(path)
    seen = [look_at_sheets(archive, "a.csv", where=str(n)) for n in range(3)]
    assert read_sheets(archive, "a.csv", where="x") is seen[0]
    assert len(calls) == 1
    read_sheets(archive, "a.csv", where="x")
    assert len(calls) == 2


def test_refusals_of_sheets_have_the_place_of_who_asks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b",".join([b"1"] * 5_000))
    archive = FileArchive(path)
    for where in ("first", "second"):
        with pytest.raises(InputError) as caught:
            look_at_sheets(archive, "a.csv", where=where)
        assert caught.value.where.startswith(where)
        assert "\0" not in caught.value.where


def test_folders_are_read_to_a_depth(tmp_path: Path) -> None:
    deepest = tmp_path.joinpath("top", *["d"] * MAX_DEPTH)
    deepest.mkdir(parents=True)
    (deepest / "a.json").write_text("{}")
    assert open_archive(tmp_path / "top").names() == ("d/" * MAX_DEPTH + "a.json",)
    (deepest / "d").mkdir()
    with pytest.raises(InputError) as caught:
        open_archive(tmp_path / "top")
    assert caught.value.code == "file-bomb"
    assert "30 levels" in caught.value.message.en
    assert caught.value.hint["zh"]


def test_parquet_columns_are_looked_at_before_they_are_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = {
        "lists": pa.array([[1]], pa.list_(pa.int64())), "texts": pa.array(["x"]), "times": pa.array([1], pa.timestamp("s")),
        "objects": pa.array([{"a": 1}]),
    }  # fmt: skip
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_: pytest.fail("it was unpacked"))
    for name, column in columns.items():
        pq.write_table(pa.table({"0": column}), tmp_path / f"{name}.parquet")
        with pytest.raises(InputError) as caught:
            read_array(open_archive(tmp_path / f"{name}.parquet"), f"{name}.parquet")
        assert caught.value.code == "file-format"


@pytest.mark.parametrize(
    "content", ["process,type\n", "{", "<ecoSpold xmlns='http://www.EcoInvent.org/EcoSpold01'>"]
)
def test_a_refusal_does_not_load_the_solver(tmp_path: Path, content: str) -> None:
    """Half a second that an answer in two has not."""
    path = tmp_path / ("a.xml" if content.startswith("<") else "a.csv")
    path.write_text(content)
    code = (
        "import sys\nfrom cradlemark.cli.main import run\ncode = run(['db', 'import', sys.argv[1]])\n"
        "print(code, *sorted({'scipy', 'numba', 'pyarrow', 'pint', 'rapidfuzz'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.split() == ["2"], done.stdout + done.stderr


def zipped(path: Path, *names: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, b"{}" * 500)
    return path


def test_members_that_lie_in_one_another_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", "processes/a.json", "processes/b.json")
    content = bytearray(path.read_bytes())
    second = content.rfind(b"PK\x01\x02")
    content[second + 42 : second + 46] = (10).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        open_archive(path)
    assert (caught.value.code, caught.value.message.en) == ("file-bomb", "parts of the archive overlap")


def test_a_member_that_is_damaged_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", "processes/a.json", "processes/b.json")
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF
    path.write_bytes(content)
    archive = open_archive(path)
    with pytest.raises(InputError) as caught:
        archive.read("processes/a.json")
    assert caught.value.code == "file-truncated"
    assert caught.value.where == "a.zip, processes/a.json"
    assert archive.read("processes/b.json") == b"{}" * 500
    with archive.open("processes/a.json") as stream, pytest.raises(InputError):
        stream.read()


def test_a_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        entry = zipfile.ZipInfo("processes/a.json")
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "/etc/passwd")
    with pytest.raises(InputError, match="link") as caught:
        open_archive(path)
    assert caught.value.code == "file-unsafe"


def test_the_page_states_the_limits() -> None:
    stated = dict(re.findall(r"^\| `(MAX_\w+)` \| ([\d,]+) \|", PAGE.read_text("utf-8"), re.MULTILINE))
    held = {name: f"{value:,}" for name, value in vars(limits).items() if name.startswith("MAX_")}
    assert stated == held
