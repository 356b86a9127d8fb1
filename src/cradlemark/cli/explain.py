"""``cradlemark explain``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cradlemark.cli.footprint import DATABASES
from cradlemark.cli.opening import language_option, show_warning
from cradlemark.core.language import Language
from cradlemark.footprint.footprint import DatasetUse, Footprint

if TYPE_CHECKING:
    from cradlemark.inventory.database import Upstream
    from cradlemark.inventory.dataset import GwpSet


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("address")
@DATABASES
@language_option
def explain(result: Path, address: str, databases: tuple[str, ...], language: Language) -> None:
    """Trace a number of RESULT (result.json or its folder, or a study) at ADDRESS, for example A1/1 or A1/PA66.

    Prints the chain from activity data over conversions, dataset, source and status to the value; for a product of a process
    database that is imported here also the largest processes and flows upstream and what is cut off there.
    """
    from cradlemark.footprint.explain import explain as explain_lines
    from cradlemark.footprint.report.terminal import show_explanations

    footprint = _footprint(result, databases)
    show_explanations(explain_lines(footprint, address, behind=_behind), language=language)


def _behind(use: DatasetUse) -> Upstream | None:
    """Open the process database of a dataset in the version of the result; say so when it is not there."""
    from cradlemark.core.errors import CradlemarkError
    from cradlemark.inventory.processes.imported import imported_database, stored_version

    if use.database == "starter" or not use.digest:
        return None
    try:
        about = stored_version(use.database, use.digest)
        if about is None:
            return None
        database = imported_database(about, gwp_set=cast("GwpSet", use.gwp_set))
    except CradlemarkError as error:
        show_warning(error.as_text)
        return None
    if database.background is None or use.id not in database.datasets:
        return None
    return database.background.upstream(use.id, gwp_set=cast("GwpSet", use.gwp_set))


def _footprint(path: Path, databases: tuple[str, ...]) -> Footprint:
    from cradlemark.cli.opening import open_model
    from cradlemark.footprint.document import read_result

    is_study = path.is_dir() and not (path / "result.json").exists()
    if is_study or path.suffix.lower() in {".toml", ".xlsx"}:
        return open_model(path, databases=databases).calculate(draws=0).footprint
    return read_result(path)
