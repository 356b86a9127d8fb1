from pathlib import Path

import pytest

from cradlemark.product.models import MODELS
from cradlemark.product.models.documentation import inputs_table, reference_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "unit-processes.md"


def test_the_page_is_the_one_made_from_the_definitions():
    assert PAGE.read_text(encoding="utf-8") == reference_page()


@pytest.mark.parametrize("name", list(MODELS))
def test_every_input_stands_in_its_table(name):
    table = inputs_table(MODELS[name])
    rows = table.splitlines()
    assert len(rows) == len(MODELS[name].inputs) + 2
    assert {row.count("|") for row in rows} == {10}
    for item in MODELS[name].inputs:
        assert f"| `{item.name}` | {item.unit} |" in table
