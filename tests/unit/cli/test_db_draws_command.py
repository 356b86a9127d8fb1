"""``cradlemark db draws``: what a person sees of the uncertainty of a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.db import db
from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import write_processes
from cradlemark.inventory.processes.tables import (
    ProcessDatabase,
    TableBuilder,
    digest_of_tables,
)

SPREAD = {"distribution": "lognormal", "p1": 1.0, "p2": 1.2}


def database(name: str, *, uncertain: bool = True, unit: str = "kg") -> ProcessDatabase:
    """Two grades of copper from the same power (1 kWh each, 1 kg of carbon dioxide), the second with 0.2 kWh more."""
    builders = {name: TableBuilder(name) for name in SCHEMA}
    made = (("rough copper", "粗铜", unit), ("fine copper", "精铜", "kg"), ("power", "电力", "kWh"))
    for english, chinese, each in made:
        builders["processes"].add(id=f"make-{english}", name_en=f"{english} works", location="CN", usable=1)
        builders["flows"].add(id=english, name_en=english, name_zh=chinese, unit=each, kind="product")
    builders["flows"].add(
        id="co2", name_en="Carbon dioxide", cas="124-38-9", category="emission/air", unit="kg",
        kind="elementary", property="mass",
    )  # fmt: skip
    builders["flow_properties"].add(flow=3, property="mass", unit="kg", factor=1.0)
    for row in range(3):
        builders["exchanges"].add(process=row, number=1, flow=row, role="reference", amount=1.0)
        builders["activities"].add(process=row, flow=row, amount=1.0, share=1.0)
        builders["technosphere"].add(row=row, column=row, amount=1.0, exchange=row)
    for column, amount in ((0, 1.0), (1, 1.2)):
        exchange = builders["exchanges"].add(process=column, number=2, flow=2, role="input", amount=amount)
        builders["technosphere"].add(row=2, column=column, amount=-amount, exchange=exchange)
    exchange = builders["exchanges"].add(
        process=2, number=2, flow=3, role="emission", amount=1.0, **(SPREAD if uncertain else {})
    )
    builders["biosphere"].add(flow=3, column=2, direction="output", amount=1.0, exchange=exchange)
    tables = {name: builder.table() for name, builder in builders.items()}
    return ProcessDatabase(name, "", "CC0", "t", "f", "declared", tables, digest_of_tables(tables))


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path))
    monkeypatch.setenv("CRADLEMARK_LANG", "en")
    for one in (
        database("copper"),
        database("certain", uncertain=False),
        database("tonnes", unit="t"),
    ):
        write_processes(one)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(db, ["draws", *arguments])

    return run


def test_made_then_shown(call: Any) -> None:
    first = call("copper", "--draws", "200").output
    assert "Climate change, GWP100 AR6 [kg CO2e]: 200 draws, seed 1, made now and kept" in first
    assert "technosphere: 0 of 5 entries are uncertain; 5 fixed, nothing stated" in first
    assert "biosphere that the category counts: 1 of 1 entries are uncertain; 1 lognormal" in first
    assert "the intervals are lower bounds" in first
    assert "rough copper [kg] | rough copper works CN" in first
    assert "made before" in call("copper", "--draws", "100").output


def test_only_some_products_and_how_many_more(call: Any) -> None:
    shown = call("copper", "--draws", "20", "--product", "fine copper", "--product", "power").output
    assert "fine copper [kg]" in shown
    assert "power [kWh]" in shown
    assert "rough copper [kg]" not in shown
    assert "... and 2 more" in call("copper", "--draws", "20", "--limit", "1").output


def test_comparison_of_two_products_on_the_same_draws(call: Any) -> None:
    arguments = ("copper", "--draws", "50", "--compare", "rough copper", "fine copper")
    shown = call(*arguments).output
    assert "in 100.0% of the draws" in shown
    assert "difference: median -0." in shown
    comparison = json.loads(call(*arguments, "--json").output)["comparison"]
    assert comparison["probability_first_lower"] == 1.0
    assert comparison["first"]["id"] == "make-rough copper/rough copper"
    assert comparison["difference"]["high"] < 0.0
    same = call("copper", "--draws", "50", "--compare", "power", "power").output
    assert "in 50.0% of the draws" in same
    assert "equal in 100.0% of the draws, counted half" in same


def test_nothing_known_is_not_certain(call: Any) -> None:
    shown = call("certain").output
    assert "because nothing is known, not because the results are certain" in shown
    assert "无从得知，并非结果确定" in call("certain", "--lang", "zh").output


def test_as_json(call: Any) -> None:
    found = json.loads(call("copper", "--draws", "300", "--json").output)
    assert (found["draws"], found["seed"], found["reused"]) == (300, 1, False)
    assert found["biosphere"] == {
        "entries": 1, "uncertain": 1, "lognormal": 1, "normal": 0, "uniform": 0, "triangular": 0,
        "from_scores": 0, "unstated": 0, "without_spread": 0, "zero": 0, "refused": 0,
    }  # fmt: skip
    rough, fine, power = found["products"]
    assert rough["gsd"] == pytest.approx(1.2, rel=0.1)
    assert fine["median"] == pytest.approx(1.2 * rough["median"])
    assert power["central"] == 1.0
    assert found["residual"] < 1e-9
    assert found["suspects"] == []


@pytest.mark.parametrize(
    ("arguments", "error", "code"),
    [
        (("nothing",), NotFoundError, "database-unknown"),
        (("copper", "--product", "gold"), NotFoundError, "product-unknown"),
        (("copper", "--compare", "copper", "power"), InputError, "product-ambiguous"),
        (("copper", "--compare", "power", "fine copper"), InputError, "comparison-units"),
        (("tonnes", "--compare", "rough", "fine"), InputError, "comparison-units"),
        (("copper", "--category", "9"), NotFoundError, "category-unknown"),
    ],
)
def test_what_cannot_be_shown(
    call: Any, arguments: tuple[str, ...], error: type[Exception], code: str
) -> None:
    found = call(*arguments).exception
    assert isinstance(found, error)
    assert found.code == code


def test_sensitivity_of_one_product(call: Any) -> None:
    shown = call("copper", "--draws", "120", "--sensitivity", "fine copper").output
    assert "What makes fine copper [kg] uncertain, from 120 draws" in shown
    assert "Carbon dioxide, emission/air, output [kg] | power works CN" in shown
    assert "rough copper [kg]" not in shown
    chinese = call("copper", "--draws", "20", "--sensitivity", "fine copper", "--lang", "zh").output
    assert "使 精铜 [kg] 不确定的交换" in chinese
    found = json.loads(call("copper", "--draws", "9", "--sensitivity", "fine copper", "--json").output)
    found = found["sensitivity"]
    assert found["product"] == "make-fine copper/fine copper"
    assert found["influences"][0]["correlation"] == pytest.approx(1.0)
    assert call("certain", "--sensitivity", "power").exception.code == "sensitivity-unknown"


def test_info_says_what_is_known_and_kept(call: Any, tmp_path: Path) -> None:
    def info(*arguments: str) -> str:
        done = CliRunner().invoke(db, ["info", *arguments])
        assert done.exit_code == 0
        return done.output

    first = info("copper")
    assert "completeness: no import report was kept" in first
    assert (
        "uncertainty of the exchanges: 1 of 6 entries are uncertain; 1 lognormal; 5 fixed, nothing stated"
        in first
    )
    assert "intensities kept: none" in first
    assert "draws kept: none" in first
    call("copper", "--draws", "30")
    CliRunner().invoke(db, ["solve", "copper"])
    then = info("copper")
    assert "intensities kept: AR6, 1 categories, largest residual" in then
    assert "draws kept: Climate change, GWP100 AR6 [kg CO2e], 30 draws, seed 1, 0 to look at" in then
    found = json.loads(info("copper", "--json"))
    assert found["uncertainty"]["lognormal"] == 1
    assert [each["current"] for each in found["intensities"] + found["draws"]] == [True, True]
    assert found["kept_size"] > sum(each["size"] for each in found["draws"])
    about = next(tmp_path.glob("process-databases/copper-*/draws-*/about.json"))
    _rest_on_another_engine(about)
    assert "of another version, not used" in info("copper")
    assert "属其他版本，不使用" in info("copper", "--lang", "zh")


def _rest_on_another_engine(about: Path) -> None:
    from cradlemark.inventory.processes import stored_arrays

    document = json.loads(about.read_text("utf-8"))
    document["basis"]["engine"] = "another"
    document.pop("seal")
    about.write_text(json.dumps(document | {"seal": stored_arrays._digest(document)}), encoding="utf-8")


def test_info_verifies_everything_when_asked(call: Any, tmp_path: Path) -> None:
    def info(*arguments: str) -> Result:
        return CliRunner().invoke(db, ["info", "copper", *arguments])

    assert "verified: all tables are what was imported" in info("--verify").output
    assert "verified" not in info().output
    assert json.loads(info("--verify", "--json").output)["verified"] is True
    next(tmp_path.glob("process-databases/copper-*/units.parquet")).write_bytes(b"")
    assert info().exit_code == 0  # nobody needs the units
    assert info("--verify").exception.code == "digest-mismatch"  # type: ignore[union-attr]


def test_info_gives_the_completeness_of_an_import(call: Any) -> None:
    report = {
        "counts": {"exchanges read": 10, "exchanges used": 7, "exchanges unlinked": 2, "exchanges refused": 1},
        "balanced": True, "problems": [1, 2, 3], "languages": {"en": 5, "not stated": 1},
    }  # fmt: skip
    write_processes(database("reported"), report=report)
    write_processes(database("odd", uncertain=False), report=report | {"balanced": False})
    shown = CliRunner().invoke(db, ["info", "reported"]).output
    assert (
        "10 exchanges read = 7 used + 0 idle + 2 unlinked + 0 ambiguous + 1 refused; 3 remarks in the import report"
        in shown
    )
    assert "languages: en 5, not stated 1" in shown
    assert "DOES NOT ADD UP" in CliRunner().invoke(db, ["info", "odd"]).output


def test_a_damaged_folder_does_not_hide_the_others(call: Any, tmp_path: Path) -> None:
    next(tmp_path.glob("process-databases/certain-*/datapackage.json")).write_text("{", encoding="utf-8")
    shown = CliRunner().invoke(db, ["list"]).output
    assert "damaged: delete this folder and import the database again" in shown
    assert "copper-" in shown
    assert call("copper", "--draws", "5").exit_code == 0


def test_a_changed_report_is_refused(call: Any, tmp_path: Path) -> None:
    folder = write_processes(
        database("reported"), report={"counts": {}, "problems": [], "languages": {}, "balanced": True}
    )
    path = folder / "import-report.json"
    path.write_text(path.read_text("utf-8").replace("true", "false"), encoding="utf-8")
    assert CliRunner().invoke(db, ["info", "reported"]).exception.code == "digest-mismatch"  # type: ignore[union-attr]
    path.unlink()
    assert CliRunner().invoke(db, ["info", "reported"]).exception.code == "database-damaged"  # type: ignore[union-attr]


def test_names_cannot_steer_the_terminal(call: Any) -> None:
    made = database("odd\x1b[2J")
    flows = made["flows"].replace(name_en=("rough\x1b[31m", "fine", "power\u202e", "gas"))
    tables = {**made.tables, "flows": flows}
    write_processes(ProcessDatabase(made.id, "", "CC0\x07", "t\r", "f", "", tables, digest_of_tables(tables)))
    shown = call("odd\x1b[2J", "--draws", "9", "--sensitivity", "fine", "--product", "rough").output
    shown += CliRunner().invoke(db, ["info", "odd\x1b[2J"]).output + CliRunner().invoke(db, ["list"]).output
    assert "rough␛[31m" in shown
    assert not {"\x1b", "\x07", "\r", "\u202e"} & set(shown)
