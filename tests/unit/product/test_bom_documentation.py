"""The reference names every field and every code that the readers can report, and no other."""

import re
from pathlib import Path

from cradlemark.product.bom import FIELDS

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "reference" / "bill-of-materials.md").read_text(encoding="utf-8")
READERS = ROOT / "src" / "cradlemark" / "product" / "readers"
MODULES = [
    "assemble", "bom", "cells", "columns", "consistency", "hierarchy", "lines", "mapping_file", "measures", "nested", "rows",
    "sources",
]  # fmt: skip
CODE = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')
SHOWN = re.compile(r"`([a-z]+(?:-[a-z]+)+)`")
FROM_OTHERS = {"cells-moved", "column-unnamed", "unit-unknown", "scrap-route-unknown", "data-kind-unknown"}


def test_every_field_is_described() -> None:
    assert [field for field in FIELDS if f"`{field}`" not in PAGE] == []


def test_codes_in_the_program_and_in_the_page_are_the_same() -> None:
    reported = {
        code
        for name in MODULES
        for code in CODE.findall((READERS / f"{name}.py").read_text(encoding="utf-8"))
    }
    shown = set(SHOWN.findall(PAGE))
    assert reported - shown == set()
    assert shown - reported - FROM_OTHERS == set()
