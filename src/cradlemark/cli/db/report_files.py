"""Write an import report as JSON, or as a page in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from cradlemark.cli.db.import_page import import_page
from cradlemark.cli.db.output_files import refuse_ending, write_text
from cradlemark.core.language import LANGUAGES, Language
from cradlemark.footprint.report.html import to_html
from cradlemark.inventory.processes.report import ImportReport


def write_import_report(path: Path, report: ImportReport, language: Language) -> tuple[Path, ...]:
    """Write the report; a page is written in the chosen language, and beside it in the other one.

    Parameters
    ----------
    path : Path
        Ends in ``.json`` or ``.html``. The page in the other language is called ``NAME.zh.html`` or ``NAME.en.html``.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    InputError
        ``output-format``, ``output-unwritable``
    """
    refuse_ending(path, ".html", ".json")
    if path.suffix.lower() == ".json":
        write_text(path, json.dumps(report.as_document(), ensure_ascii=False, indent=1) + "\n")
        return (path,)
    return tuple(_pages(path, report, language))


def _pages(path: Path, report: ImportReport, language: Language) -> Iterator[Path]:
    other: Language = next(each for each in LANGUAGES if each != language)
    beside = path.with_name(f"{path.stem}.{other}{path.suffix}")
    for file, text, link in ((path, language, beside), (beside, other, path)):
        write_text(file, to_html(import_page(report, text, other=link.name)))
        yield file
