"""Writes the files of a result: document, HTML, PDF, line table."""

from __future__ import annotations

import contextlib
import csv
import io
import os
from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import LANGUAGES, Language, Text
from cradlemark.core.system_reasons import system_reason
from cradlemark.footprint.compare import Comparison
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.comparison import comparison_report
from cradlemark.footprint.report.html import to_html
from cradlemark.footprint.report.pdf import to_pdf
from cradlemark.footprint.report.sections import footprint_report
from cradlemark.inventory.dataset import ORIGINS


def write_report(
    footprint: Footprint, document: bytes, folder: Path, *, language: Language, created: int
) -> list[Path]:
    """Write result.json, lines.csv, and the report as HTML and PDF; the chosen language first, both as HTML.

    Parameters
    ----------
    created : int
        Time of creation that the PDF states [s since 1970-01-01 UTC].

    Returns
    -------
    list of Path
        The files written, the PDF last.
    """
    _make(folder)
    written = [_write(folder / "result.json", document), _write(folder / "lines.csv", _lines(footprint))]
    for each in sorted(LANGUAGES, key=lambda item: item != language):
        page = to_html(footprint_report(footprint, each))
        written.append(_write(folder / f"report.{each}.html", page.encode()))
    pdf = to_pdf(footprint_report(footprint, language), created=created, attachment=document)
    return [*written, _write(folder / f"report.{language}.pdf", pdf)]


def write_comparison(comparison: Comparison, folder: Path, *, language: Language, created: int) -> list[Path]:
    """Write the comparison as HTML and PDF."""
    _make(folder)
    report = comparison_report(comparison, language)
    return [
        _write(folder / f"comparison.{language}.html", to_html(report).encode()),
        _write(folder / f"comparison.{language}.pdf", to_pdf(report, created=created)),
    ]


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _cannot(folder, error) from None


def _write(path: Path, data: bytes) -> Path:
    """Write through a temporary file, so that a crash leaves the old file or the new one."""
    # The number of the process keeps two that write into one folder apart.
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise _cannot(path, error) from None
    return path


def _cannot(path: Path, error: OSError) -> InputError:
    return InputError(
        Text("cannot write {path}: {reason}", "无法写入 {path}：{reason}").format(path=path, reason=system_reason(error)), code="output-unwritable", where=str(path),
        hint=Text("choose another folder with --output", "用 --output 选择其他文件夹"),
    )  # fmt: skip


def _lines(footprint: Footprint) -> bytes:
    """All lines as CSV with full precision (UTF-8 with a mark, so that spreadsheets read Chinese)."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow((
        "stage", "path", "label_en", "label_zh", "amount", "unit", "dataset", "status", "basis",
        *(f"{origin}_kg_co2e" for origin in ORIGINS), "total_kg_co2e",
    ))  # fmt: skip
    for line in footprint.lines:
        writer.writerow((
            line.stage, line.path, _cell(line.label.en), _cell(line.label.zh), repr(line.amount), line.unit,
            line.dataset.id if line.dataset else line.gas, line.status, line.basis,
            *(repr(value) for value in line.climate), repr(line.total),
        ))  # fmt: skip
    return text.getvalue().encode("utf-8-sig")


def _cell(text: str) -> str:
    """Text that a spreadsheet must not take for a formula."""
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
