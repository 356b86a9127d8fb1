"""The example of the engine's page runs and gives the numbers that stand beside it; every module is listed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "reference" / "engine.md").read_text(encoding="utf-8")
OLDER = {"__init__", "distributions", "pedigree", "propagation"}
INNER = {
    "dense_factors", "ordering", "draw_batch", "draw_batch_sample", "draw_batches", "draw_kernels", "draw_lanes", "draw_sample", "draw_solver",
    "draw_worker",
}  # fmt: skip


def test_the_example_gives_the_numbers_it_states() -> None:
    example, *_ = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, object] = {}
    exec(example, names)
    assert names["all_products"].values[0].tolist() == pytest.approx([0.12, 0.1])  # type: ignore[attr-defined]
    assert names["one_demand"].impacts[0] == pytest.approx(120.0)  # type: ignore[attr-defined]
    shares = names["shares"]
    assert dict(zip(shares.names, shares.values, strict=True)) == pytest.approx(  # type: ignore[attr-defined]
        {"power plant": 100.0, "refinery": 20.0}
    )


def test_every_module_is_listed() -> None:
    modules = {path.stem for path in (ROOT / "src" / "cradlemark" / "engine").glob("*.py")}
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    assert listed == modules - OLDER - INNER
