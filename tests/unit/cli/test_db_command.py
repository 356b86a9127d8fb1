"""``cradlemark db``: what a person sees of an import, and that the numbers come out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.db import db
from cradlemark.core.errors import InputError, NotFoundError


def flow(identifier: str, kind: str, **more: Any) -> dict[str, Any]:
    entry = {"isRefFlowProperty": True, "conversionFactor": 1.0, "flowProperty": {"@id": "mass"}}
    return {"@id": identifier, "name": identifier, "flowType": kind, "flowProperties": [entry], **more}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    documents: dict[str, dict[str, Any]] = {
        "unit_groups/g": {"@id": "g", "name": "mass", "units": [{"@id": "kg", "name": "kg", "conversionFactor": 1.0, "isRefUnit": True}]},
        "flow_properties/mass": {"@id": "mass", "name": "mass", "unitGroup": {"@id": "g"}},
        "flows/copper": flow("copper", "PRODUCT_FLOW"),
        "flows/ore": flow("ore", "PRODUCT_FLOW"),
        "flows/co2": flow("co2", "ELEMENTARY_FLOW", category="emission/air", cas="124-38-9"),
        "processes/smelter": {
            "@id": "smelter", "name": "smelter", "processType": "UNIT_PROCESS",
            "exchanges": [
                {"internalId": 1, "flow": {"@id": "copper"}, "amount": 2.0, "isQuantitativeReference": True},
                {"internalId": 2, "flow": {"@id": "co2"}, "amount": 7.0},
                {"internalId": 3, "flow": {"@id": "ore"}, "amount": 100.0, "isInput": True},
            ],
        },
    }  # fmt: skip
    folder = tmp_path / "copper works"
    for name, document in documents.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")
    return folder


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CRADLEMARK_LANG", "en")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(db, list(arguments))

    return run


def test_import_list_info_solve(export: Path, call: Any) -> None:
    assert "no process database" in call("list").output
    done = call("import", str(export), "--id", "copper", "--licence", "CC0")
    assert done.exit_code == 0
    assert "stored as copper-" in done.output
    assert "unlinked (visible cut-offs)" in done.output
    assert "1 processes, 1 products, 3 exchanges" in call("list").output
    assert "CC0" in call("info", "copper").output
    solved = call("solve", "copper").output
    assert "3.5  copper [kg]" in solved
    assert "inputs cut off: 1" in solved


def test_import_again_is_the_same_database(export: Path, call: Any) -> None:
    first, second = (json.loads(call("import", str(export), "--json").output) for _ in range(2))
    assert first == second
    assert len(json.loads(call("list", "--json").output)) == 1


def test_check_stores_nothing_and_fails_when_something_is_refused(export: Path, call: Any) -> None:
    assert call("check", str(export)).exit_code == 0
    assert json.loads(call("list", "--json").output) == []
    (export / "flows" / "ore.json").unlink()
    done = call("check", str(export))
    assert done.exit_code == 2
    assert "flow-unknown" in done.output


def test_solve_as_json_and_by_words(export: Path, call: Any) -> None:
    call("import", str(export), "--id", "copper")
    rows = json.loads(call("solve", "copper", "--json", "--search", "COPPER smelter").output)
    assert rows[0]["impacts"] == {"Climate change, GWP100 AR6 [kg CO2e]": 3.5}
    assert json.loads(call("solve", "copper", "--json", "--search", "zinc").output) == []


def test_chinese(export: Path, call: Any) -> None:
    assert "未链接（显式截断）" in call("check", str(export), "--lang", "zh").output


def test_a_wrong_product_is_answered_with_near_ones(export: Path, call: Any) -> None:
    call("import", str(export), "--id", "copper")
    error = call("tree", "copper", "coper smelting").exception
    assert isinstance(error, NotFoundError)
    assert error.code == "product-unknown"
    assert "copper [kg] | smelter" in error.hint.en
    assert "perhaps" not in call("tree", "copper", "zzzz").exception.hint.en


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("info", "nothing"), NotFoundError),
        (("import", "nowhere.zip"), InputError),
        (("import", ".", "--allocation", "magic"), InputError),
    ],
)
def test_errors_are_those_of_the_library(
    call: Any, arguments: tuple[str, ...], error: type[Exception]
) -> None:
    assert isinstance(call(*arguments).exception, error)


@pytest.mark.parametrize("kind", ["openlca", "bw-processing"])
def test_export_writes_a_file_once(export: Path, call: Any, tmp_path: Path, kind: str) -> None:
    call("import", str(export), "--id", "copper")
    out = tmp_path / "out.zip"
    done = call("export", "copper", str(out), "--format", kind)
    assert done.exit_code == 0, done.output
    assert (
        f"out.zip written: {'openLCA JSON-LD 2.0' if kind == 'openlca' else 'bw_processing data package'}"
        in done.output
    )
    assert isinstance(call("export", "copper", str(out), "--format", kind).exception, InputError)
    assert isinstance(
        call("export", "copper", str(tmp_path / "no" / "x.zip"), "--format", kind).exception, InputError
    )
