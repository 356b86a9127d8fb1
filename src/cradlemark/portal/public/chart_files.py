"""A chart as files: its data as CSV, and what they mean as JSON."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from cradlemark.portal.public.charts import Cell, Chart

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(chart: Chart, *, short_names: bool) -> bytes:
    """Data of a chart, UTF-8 with a byte order mark, so that spreadsheets read Chinese.

    Parameters
    ----------
    short_names : bool
        Column names for programs instead of titles for people.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(
        column.name if short_names else _headed(column.title, column.unit) for column in chart.columns
    )
    writer.writerows([_cell(cell) for cell in row] for row in chart.rows)
    return ("\ufeff" + buffer.getvalue()).encode()


def _headed(title: str, unit: str) -> str:
    return f"{title} [{unit}]" if unit else title


def _cell(cell: Cell) -> Cell:
    """A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def metadata(chart: Chart, *, programme: str, address: str, day: str) -> bytes:
    """What the data mean, who publishes them, and how to cite them."""
    told: dict[str, Any] = {
        "chart": {
            "title": chart.title, "subtitle": chart.summary, "note": chart.method, "originalChartUrl": address,
            "citation": f"{programme}, {chart.title}, {day}, {address}",
        },
        "columns": {
            column.name: {"titleLong": column.title, "shortName": column.name, "unit": column.unit}
            for column in chart.columns
        },
        "dateDownloaded": day,
    }  # fmt: skip
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
