"""``cradlemark explain``."""

from __future__ import annotations

from pathlib import Path

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language
from cradlemark.footprint.footprint import Footprint


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("address")
@language_option
def explain(result: Path, address: str, language: Language) -> None:
    """Trace a number of RESULT (result.json or its folder, or a study) at ADDRESS, for example A1/1 or A1/PA66.

    Prints the chain from activity data over conversions, dataset, source and status to the value.
    """
    from cradlemark.footprint.explain import explain as explain_lines
    from cradlemark.footprint.report.terminal import show_explanations

    footprint = _footprint(result)
    show_explanations(explain_lines(footprint, address), language=language)


def _footprint(path: Path) -> Footprint:
    from cradlemark.cli.opening import open_model
    from cradlemark.footprint.document import read_result

    is_study = path.is_dir() and not (path / "result.json").exists()
    if is_study or path.suffix.lower() in {".toml", ".xlsx"}:
        return open_model(path).calculate(draws=0).footprint
    return read_result(path)
