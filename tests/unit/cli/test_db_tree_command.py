"""``cradlemark db tree``: the supply chain of a product adds up and is found by what a person types."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.db import db
from cradlemark.core.errors import InputError, NotFoundError

Branch = dict[str, Any]


def flow(identifier: str, name: str, kind: str = "PRODUCT_FLOW", **more: Any) -> tuple[str, Branch]:
    entry = {"isRefFlowProperty": True, "conversionFactor": 1.0, "flowProperty": {"@id": "mass"}}
    found = {"@id": identifier, "name": name, "flowType": kind, "flowProperties": [entry], **more}
    return f"flows/{identifier}", found


def process(identifier: str, name: str, made: str, co2: float, **inputs: float) -> tuple[str, Branch]:
    exchanges: list[Branch] = [
        {"internalId": 1, "flow": {"@id": made}, "amount": 1.0, "isQuantitativeReference": True},
        {"internalId": 2, "flow": {"@id": "co2"}, "amount": co2},
    ]
    for number, (taken, amount) in enumerate(inputs.items(), start=3):
        exchanges.append({"internalId": number, "flow": {"@id": taken}, "amount": amount, "isInput": True})
    found = {"@id": identifier, "name": name, "processType": "UNIT_PROCESS", "exchanges": exchanges}
    return f"processes/{identifier}", found


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Commands on a database with a loop: wire needs copper and power, power needs wire."""
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CRADLEMARK_LANG", "en")
    units = [{"@id": "kg", "name": "kg", "conversionFactor": 1.0, "isRefUnit": True}]
    documents = dict([
        ("unit_groups/g", {"@id": "g", "name": "mass", "units": units}),
        ("flow_properties/mass", {"@id": "mass", "name": "mass", "unitGroup": {"@id": "g"}}),
        flow("f-wire", "Wire, [bold]copper"), flow("f-copper", "Copper, at plant"), flow("f-power", "Power"),
        flow("co2", "Carbon dioxide", "ELEMENTARY_FLOW", category="emission/air", cas="124-38-9"),
        process("p-wire", "Wire drawing", "f-wire", 1.0, **{"f-copper": 1.1, "f-power": 2.0}),
        process("p-copper", "Copper smelting\x1b[31m", "f-copper", 3.0, **{"f-power": 4.0}),
        process("p-power", "Power plant", "f-power", 0.5, **{"f-wire": 0.01}),
    ])  # fmt: skip
    folder = tmp_path / "works"
    for name, document in documents.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(document), encoding="utf-8")

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(db, list(arguments))

    assert run("import", str(folder), "--id", "works").exit_code == 0
    return run


def expected() -> tuple[float, float, float]:
    """Wire w, copper c, power p: w = 1 + 1.1 c + 2 p; c = 3 + 4 p; p = 0.5 + 0.01 w."""
    # w = 1 + 1.1 (3 + 4 p) + 2 p = 4.3 + 6.4 p = 4.3 + 6.4 (0.5 + 0.01 w)
    wire = (4.3 + 3.2) / (1.0 - 0.064)
    power = 0.5 + 0.01 * wire
    return wire, 3.0 + 4.0 * power, power


def branches(root: Branch) -> Iterator[Branch]:
    yield root
    for child in root["inputs"]:
        yield from branches(child)


def test_tree_adds_up_at_every_place_and_matches_the_hand_calculation(call: Any) -> None:
    done = json.loads(call("tree", "works", "wire", "--json", "--cut-off", "0.001", "--depth", "9").output)
    wire, copper, power = expected()
    assert done["tree"]["total"] == pytest.approx(wire, rel=1e-12)
    by_id = {child["id"]: child["total"] for child in done["tree"]["inputs"]}
    assert by_id["p-copper/f-copper"] == pytest.approx(1.1 * copper, rel=1e-12)
    assert by_id["p-power/f-power"] == pytest.approx(2.0 * power, rel=1e-12)
    found = list(branches(done["tree"]))
    assert len(found) > 6  # the loop is followed
    for one in found:
        inside = one["direct"] + sum(child["total"] for child in one["inputs"]) + one["remainder"]
        assert one["total"] == pytest.approx(inside, rel=1e-12)


def test_tiers_and_contributions_sum_to_the_total(call: Any) -> None:
    done = json.loads(
        call("tree", "works", "p-wire", "--tiers", "--flows", "--places", "--processes", "--json").output
    )
    wire, _, _ = expected()
    tiers = done["tiers"]
    assert sum(tiers["values"]) + tiers["remainder"] == pytest.approx(wire, rel=1e-12)
    assert tiers["values"][:2] == pytest.approx([1.0, 1.1 * 3.0 + 2.0 * 0.5])
    for key in ("flows", "places", "processes"):
        parts = sum(part["value"] for part in done[key]["parts"]) + done[key]["remainder"]
        assert parts == pytest.approx(wire, rel=1e-12)


def test_sankey_balances_at_every_process(call: Any, tmp_path: Path) -> None:
    path = tmp_path / "flow.json"
    call("tree", "works", "wire", "--sankey", str(path))
    found = json.loads(path.read_text(encoding="utf-8"))
    for number, node in enumerate(found["nodes"]):
        into = sum(link["value"] for link in found["links"] if link["target"] == number)
        out = sum(link["value"] for link in found["links"] if link["source"] == number)
        if node["kind"] in {"process", "others"}:
            assert into == pytest.approx(out, rel=1e-9)
    assert found["total"] == pytest.approx(expected()[0], rel=1e-12)


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_sankey_pictures_escape_names(call: Any, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"flow.{ending}"
    assert "flow diagram written" in call("tree", "works", "wire", "--sankey", str(path)).output
    text = path.read_text(encoding="utf-8")
    assert "Wire drawing" in text
    assert "\x1b" not in text
    assert "<script" not in text


def test_sankey_of_another_format_is_refused(call: Any, tmp_path: Path) -> None:
    error = call("tree", "works", "wire", "--sankey", str(tmp_path / "flow.pdf")).exception
    assert isinstance(error, InputError)
    assert error.code == "output-format"


@pytest.mark.parametrize(
    "wanted", ["p-wire", "f-wire", "p-wire/f-wire", "p-wi", "WIRE", "Ｗｉｒｅ　copper", "wire drawing"]
)
def test_a_product_is_found_by_what_a_person_types(call: Any, wanted: str) -> None:
    assert json.loads(call("tree", "works", wanted, "--json").output)["product"] == "p-wire/f-wire"


def test_several_products_are_listed(call: Any) -> None:
    error = call("tree", "works", "copper").exception
    assert isinstance(error, InputError)
    assert error.code == "product-ambiguous"
    assert "p-wire/f-wire" in error.message.en
    assert "p-copper/f-copper" in error.message.en
    error = call("tree", "works", "steel").exception
    assert isinstance(error, NotFoundError)
    assert error.code == "product-unknown"


def test_terminal_shows_names_as_they_are(call: Any) -> None:
    shown = call("tree", "works", "wire", "--tiers", "--flows").output
    assert "Wire, [bold]copper" in shown
    assert "\x1b" not in shown
    assert "own emissions" in shown
    assert "further upstream" in shown
    assert "自身排放" in call("tree", "works", "wire", "--lang", "zh").output


def test_category_that_is_not_there(call: Any) -> None:
    error = call("tree", "works", "wire", "--category", "7").exception
    assert isinstance(error, NotFoundError)
    assert error.code == "category-unknown"


def test_what_if_by_hand(call: Any) -> None:
    """Without the wire in the power plant p = 0.5, with half the power c = 3 + 2 p; w = 1 + 1.1 c + 2 p."""
    changed = json.loads(
        call(
            "tree", "works", "wire", "--json", "--change", "p-power: wire -> 0", "--change",
            "copper smelting: power -> 2",
        ).output
    )  # fmt: skip
    assert changed["tree"]["total"] == pytest.approx(1.0 + 1.1 * (3.0 + 2.0 * 0.5) + 2.0 * 0.5)
    assert changed["total_before"] == pytest.approx(expected()[0])
    assert [(one["before"], one["after"]) for one in changed["changes"]] == [(0.01, 0.0), (4.0, 2.0)]
    for one in branches(changed["tree"]):
        inside = one["direct"] + sum(child["total"] for child in one["inputs"]) + one["remainder"]
        assert one["total"] == pytest.approx(inside, rel=1e-12)
    shown = call("tree", "works", "wire", "--change", "Power -> 0").output
    assert "takes 0 instead of 2.000 kg of Power per kg" in shown
    assert "before the change 8.013" in shown
    assert "变更前" in call("tree", "works", "wire", "--change", "Power -> 0", "--lang", "zh").output


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("power = 3", "change-syntax"),
        ("wire -> 3", "change-syntax"),
        ("steel -> 3", "product-unknown"),
        ("power -> much", "number-format"),
        (": " * 400 + "-> 1", "product-unknown"),
        ("-> " * 5000, "change-syntax"),
    ],
)
def test_changes_that_cannot_be_read(call: Any, change: str, code: str) -> None:
    error = call("tree", "works", "p-wire", "--change", change).exception
    assert getattr(error, "code", "") == code


def test_method_of_the_table_of_gases_and_its_report(call: Any, tmp_path: Path) -> None:
    wire, _, _ = expected()
    done = json.loads(call("tree", "works", "wire", "--method", "AR5", "--json").output)
    assert "by the table of gases" in done["category"]
    assert done["tree"]["total"] == pytest.approx(wire)
    path = tmp_path / "flows.csv"
    shown = call("solve", "works", "--method", "AR5", "--method-report", str(path)).output
    assert "1 by CAS number and compartment" in shown
    assert "origin of the carbon not stated, taken as fossil" in shown
    (line,) = path.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert ",cas," in line
    assert "未说明碳来源" in call("solve", "works", "--method", "AR5", "--lang", "zh").output
    unknown = call("solve", "works", "--method", "AR9").exception
    assert isinstance(unknown, NotFoundError)
    assert unknown.code == "method-unknown"
