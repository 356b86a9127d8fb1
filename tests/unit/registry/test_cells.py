"""Cells of a study: every value is there once, under a path that leads to it."""

from __future__ import annotations

from pathlib import Path

from cradlemark.core.errors import CradlemarkError
from cradlemark.product.paths import find
from cradlemark.product.readers.study_file import read_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.writers.study_toml import write_study_toml
from cradlemark.registry.studies.cells import cell_changes, cells

DOCUMENT = write_study_toml(read_study(Path("examples/terminal-block")))


def test_paths_lead_into_the_study() -> None:
    study, found = parse_study_toml(DOCUMENT.encode()), cells(DOCUMENT.encode())
    paths = [cell.path for cell in found]
    assert len(paths) == len(set(paths)) > 100
    astray = []
    for path in paths:
        try:
            find(study, path)
        except CradlemarkError:
            astray.append(path)
    # texts in two languages, distributions and lists of plain words have no place of their own in the paths of a study
    assert len(astray) < 0.4 * len(paths), astray


def test_value_stands_with_what_is_said_beside_it() -> None:
    found = {cell.path: cell for cell in cells(DOCUMENT.encode())}
    housing = found["parameters.housing_mass.value"]
    assert housing.value.startswith("3.45 g; distribution")
    mass = found["product.mass"]
    assert (mass.evidence, mass.section) == (("weighing",), "product")
    assert mass.note.startswith("weighed without packaging")
    assert found["boundary"].section == ""
    amount = found["components[TB2.5-PI-GY].children[SJ-025-0012].materials[PA66 V0 无卤阻燃].amount"]
    assert (amount.value, amount.evidence) == ("= housing_mass", ("weighing",))


def test_changes_are_those_that_were_made() -> None:
    after = DOCUMENT.replace("value = 3.45\n", "value = 3.55\n").replace(
        'quantity = "2 piece"', 'quantity = "3 piece"', 1
    )
    found = cell_changes(DOCUMENT.encode(), after.encode())
    assert cell_changes(DOCUMENT.encode(), DOCUMENT.encode()) == ()
    assert {one.path.rpartition(".")[2] for one in found} == {"value", "quantity"}
    assert [(one.before[:6], one.after[:6]) for one in found if one.path.endswith("value")] == [
        ("3.45 g", "3.55 g")
    ]
    gone = cell_changes(DOCUMENT.encode(), DOCUMENT.replace('period = "', 'periods = "', 1).encode())
    assert {(one.path, bool(one.before), bool(one.after)) for one in gone} == {
        ("period", True, False),
        ("periods", False, True),
    }
