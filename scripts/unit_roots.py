"""Write ``core/unit_roots.csv``: every unit of ``core/units.txt`` in root units, worked out by pint."""

from __future__ import annotations

import csv
from pathlib import Path

from cradlemark.core.quantities import root_by_pint
from cradlemark.core.units import unit_atoms

PAGE = Path(__file__).parents[1] / "src" / "cradlemark" / "core" / "unit_roots.csv"


def main() -> None:
    """Write the table."""
    with PAGE.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("unit", "factor", "roots"))
        for unit in sorted(unit_atoms()):
            factor, roots = root_by_pint(unit)
            writer.writerow((unit, str(factor), " ".join(f"{name}^{power}" for name, power in roots)))


if __name__ == "__main__":
    main()
