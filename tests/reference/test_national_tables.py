"""Two national input-output tables with the results that their sources print, from text tables through the import.

*Read* in github.com/rOpenGov/iotables (D. Antal), which keeps both tables and the printed results it is tested against:

- Germany 1995, domestic output at basic prices [M EUR]: Eurostat, "Manual of Supply, Use and Input-Output Tables", 2008 (J. Beutel),
  tables 15.4 (``data-raw/Beutel_15_4.csv``), 15.6, 15.9 and 15.10 (``tests/testthat/test-input_coefficient_matrix_create.R``,
  ``test-leontief_matrix_create.R``, ``test-leontief_inverse_create.R``), multipliers of section 15 (``test-multiplier_create.R``,
  ``test-backward_linkages.R``).
- Netherlands 2006 [M EUR]: "Input-Output Multipliers: Specification sheet and supporting material", Spicosa project report,
  hal.science/hal-03233439 (``data-raw/netherlands_2006.csv``, ``test-input_multipliers_create.R``, ``test-leontief_matrix_create.R``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.reference.imported_tables import Solved, printed, read_database

GERMANY = {
    "agriculture": (1131, 25480, 1, 607, 710, 762),
    "manufacturing": (7930, 304584, 64167, 41082, 11981, 30360),
    "construction": (426, 7334, 3875, 5296, 23457, 9155),
    "trade": (3559, 72717, 14190, 74399, 10835, 21008),
    "business services": (3637, 96115, 31027, 65755, 193176, 34223),
    "other services": (1552, 14986, 1747, 11225, 15058, 22070),
}
GERMAN_USES = (
    (8500, 16, 2975, -6, 3734),
    (197792, 8588, 91692, 7559, 313711),
    (3457, 742, 191715, 0, 149),
    (269663, 13492, 14155, 0, 46045),
    (214757, 10061, 30124, 0, 13612),
    (119504, 317251, 3483, 0, 2042),
)
"""Households, government, investment, inventories, exports."""
GERMAN_VALUE_ADDED = (21664, 395022, 115624, 311407, 415426, 365017)
GERMAN_EMPLOYMENT = (1096, 8381, 3236, 9251, 4258, 10206)
"""[1000 p]"""

NETHERLANDS = {
    "agriculture": (2731, 3, 8260, 36, 59, 615),
    "mining": (4, 282, 2013, 3979, 188, 60),
    "manufacturing": (3322, 291, 40218, 480, 8004, 16999),
    "utilities": (983, 53, 2400, 4395, 85, 3458),
    "construction": (121, 70, 565, 135, 14103, 9509),
    "services": (2884, 1078, 28400, 1404, 9339, 106994),
}
DUTCH_OUTPUT = (21863, 12292, 210900, 18249, 60244, 435953)
DUTCH_COMPENSATION = (2336, 520, 35083, 1629, 14339, 151784)

Rows = dict[str, tuple[int, ...]]


class Table(Solved):
    """An input-output table by sectors."""

    def __init__(self, folder: Path, sectors: list[str]) -> None:
        super().__init__(read_database(folder))
        self.sectors = sectors

    def columns(self) -> list[int]:
        return [self.at[sector, sector] for sector in self.sectors]

    def inverse(self) -> NDArray[np.float64]:
        """Leontief inverse, a column at a time."""
        runs = [self.inventory({(sector, sector): 1.0}).runs[self.columns()] for sector in self.sectors]
        return np.array(runs).T

    def multiplier(self, account: str) -> list[float]:
        return [self.of(sector, sector, account) for sector in self.sectors]


def table(folder: Path, transactions: Rows, parts: dict[str, list[str]], accounts: Rows) -> Table:
    """Write a table as text and import it: transactions, the other `parts` by name of file, satellite accounts."""
    sectors = list(transactions)
    lines = ["sector,unit," + ",".join(sectors)]
    lines += [f"{name},M EUR,{','.join(map(str, row))}" for name, row in transactions.items()]
    (folder / "Z.csv").write_text("\n".join(lines) + "\n")
    for name, part in parts.items():
        (folder / f"{name}.csv").write_text("\n".join(part) + "\n")
    for name, row in accounts.items():
        head = "stressor,unit," + ",".join(sectors)
        unit = "1000 p" if name == "employment" else "M EUR"
        (folder / f"{name}.csv").write_text(f"{head}\n{name},{unit},{','.join(map(str, row))}\n")
    return Table(folder, sectors)


def germany(folder: Path) -> Table:
    uses = ["sector,households,government,investment,inventories,exports"]
    uses += [f"{name},{','.join(map(str, row))}" for name, row in zip(GERMANY, GERMAN_USES, strict=True)]
    accounts = {"value added": GERMAN_VALUE_ADDED, "employment": GERMAN_EMPLOYMENT}
    return table(folder, GERMANY, {"Y": uses}, accounts)


def netherlands(folder: Path) -> Table:
    output = ["sector,output", *(f"{name},{x}" for name, x in zip(NETHERLANDS, DUTCH_OUTPUT, strict=True))]
    return table(folder, NETHERLANDS, {"x": output}, {"compensation": DUTCH_COMPENSATION})


@pytest.fixture(scope="module")
def german(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return germany(tmp_path_factory.mktemp("germany"))


@pytest.fixture(scope="module")
def dutch(tmp_path_factory: pytest.TempPathFactory) -> Table:
    return netherlands(tmp_path_factory.mktemp("netherlands"))


def test_germany_coefficients_and_inverse(german: Table) -> None:
    """Tables 15.6, 15.9 and 15.10: input coefficients, I - A, and the diagonal of the inverse."""
    matrix = german.factors.matrices.technosphere.toarray()[np.ix_(german.columns(), german.columns())]
    assert [1.0 - matrix[place, place] for place in range(3)] == [
        printed(x) for x in ("0.0258", "0.2822", "0.0158")
    ]
    assert matrix[0, 0] == printed("0.9742")
    assert german.inverse().diagonal()[:3].tolist() == [printed(x) for x in ("1.0339", "1.4292", "1.0289")]


def test_germany_output_multipliers(german: Table) -> None:
    """Backward linkages, the sums of the columns of the inverse."""
    sums = ("1.7048", "1.8413", "1.8136", "1.6035", "1.5951", "1.3782")
    assert german.inverse().sum(axis=0).tolist() == [printed(x) for x in sums]


def test_germany_value_added_and_employment(german: Table) -> None:
    """Value added [EUR] and employment [1000 p per M EUR] per unit of final use."""
    value_added = ("0.8450", "0.7647", "0.8615", "0.9019", "0.9393", "0.9199")
    employment = ("0.0326", "0.0162", "0.0207", "0.0237", "0.0112", "0.0242")
    assert german.multiplier("value added") == [printed(x) for x in value_added]
    assert german.multiplier("employment") == [printed(x) for x in employment]


def test_netherlands_coefficients_and_inverse(dutch: Table) -> None:
    """First rows of I - A and of the inverse."""
    matrix = dutch.factors.matrices.technosphere.toarray()[np.ix_(dutch.columns(), dutch.columns())]
    coefficients = ("0.875", "0.000", "-0.039", "-0.002", "-0.001", "-0.001")
    assert matrix[0].tolist() == [printed(x) for x in coefficients]
    inverse = ("1.154", "0.002", "0.057", "0.006", "0.012", "0.006")
    assert dutch.inverse()[0].tolist() == [printed(x) for x in inverse]


def test_netherlands_income_multipliers(dutch: Table) -> None:
    """Compensation of employees of all sectors per unit of that of the sector itself."""
    direct = np.array(DUTCH_COMPENSATION) / np.array(DUTCH_OUTPUT)
    found = (np.array(dutch.multiplier("compensation")) / direct).tolist()
    assert found == [printed(x) for x in ("2.466", "2.333", "1.84", "2.372", "1.953", "1.417")]
