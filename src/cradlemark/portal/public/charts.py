"""Charts of the register as values: columns, rows, a text summary, and a scene to draw."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import attrs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text
from cradlemark.footprint.report.figures import MassUnit, mass_unit
from cradlemark.footprint.report.scene import Label, Rectangle, Scene, Shape, Stroke
from cradlemark.label.artwork.content import per_unit
from cradlemark.label.benchmark import NOT_SHOWN
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.portal.public.wording import BOUNDARIES, value_name
from cradlemark.portal.templatetags.cradlemark import figure, told
from cradlemark.registry.search.distribution import Distribution, distribution
from cradlemark.registry.search.find import find
from cradlemark.registry.search.query import Facet, Query

WIDTH, LEFT, STEP = 480.0, 150.0, 20.0
COLOUR, BAND = "#2f7d5b", "#9cc4b2"
MOST = 30
"""Bars of a chart; the table and the files have all rows."""
DISTRIBUTION = "distribution-"

Cell = str | int | float | None


@attrs.frozen
class Column:
    """A column of the data.

    Parameters
    ----------
    name : str
        Short name, for programs.
    title : str
        For people.
    unit : str
    """

    name: str
    title: str
    unit: str = ""


@attrs.frozen
class Chart:
    """A chart with everything that is said about it.

    Parameters
    ----------
    id : str
        Name in its address.
    summary : str
        What it shows, in words.
    rows : tuple of tuple
        Cells by column.
    scene : Scene
    method : str
        How it was made and what it does not say.
    """

    id: str
    title: str
    summary: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    scene: Scene
    method: str


def _titles() -> dict[str, tuple[Facet, str]]:
    return {
        "labels-by-year": ("year", _("Labels by year of issue")),
        "labels-by-category": ("category", _("Labels by category")),
        "labels-by-region": ("region", _("Labels by place of making")),
        "labels-by-state": ("state", _("Labels by state")),
    }


COUNTS = ("labels-by-year", "labels-by-category", "labels-by-region", "labels-by-state")


def chart(name: str, query: Query, programme: ProgrammeProfile, *, on: datetime.date) -> Chart:
    """A chart by its name.

    Parameters
    ----------
    query : Query
        Labels that are counted.
    on : date
        Today.

    Raises
    ------
    NotFoundError
        ``chart-unknown``
    """
    if name in COUNTS:
        return _counted(name, query)
    found = None
    if name.startswith(DISTRIBUTION):
        found = distribution(name.removeprefix(DISTRIBUTION), programme, on=on)
    if found is None:
        raise NotFoundError(
            Text(f"there is no chart {name[:80]!r}", f"没有图表 {name[:80]!r}"),
            code="chart-unknown",
            hint=Text("choose one of the list", "请从列表中选择"),
        )
    return _distributed(name, found, on)


def _counted(name: str, query: Query) -> Chart:
    facet, title = _titles()[name]
    found = find(attrs.evolve(query, page=1))
    values = [one for one in found.facets[facet] if one.count and (one.chosen or not query.chosen.get(facet))]
    if facet == "year":
        values = sorted(values, key=lambda one: one.value)
    named = [(one.value, value_name(facet, one), one.count) for one in values]
    bars = [(shown, float(count), str(count)) for _value, shown, count in named]
    largest = max(named, key=lambda row: row[2], default=None)
    summary = ngettext("%(count)s label.", "%(count)s labels.", found.total) % {"count": found.total}
    if largest:
        summary += " " + _("The most, %(count)s, are of %(name)s.") % {
            "count": largest[2],
            "name": largest[1],
        }
    method = _(
        "All labels in the register are counted, also those that have ended. A label with several categories counts in each."
    )
    columns = (Column(facet, _value_title(facet)), Column("name", _("Name")), Column("labels", _("Labels")))
    return Chart(name, title, summary, columns, tuple(named), _bars(title, summary, bars), method)


def _value_title(facet: Facet) -> str:
    return {
        "year": _("Year of issue"),
        "category": _("Category"),
        "region": _("Place of making"),
        "state": _("State"),
    }[facet]


def _bars(title: str, summary: str, bars: Sequence[tuple[str, float, str]]) -> Scene:
    """One horizontal bar a row, from zero."""
    shown = bars[:MOST]
    largest = max((value for _name, value, _text in shown), default=0.0) or 1.0
    scale = (WIDTH - LEFT - 50) / largest
    shapes: list[Shape] = []
    for index, (name, value, text) in enumerate(shown):
        y = index * STEP + 4
        shapes.append(Label(LEFT - 6, y + 7, shortened(name), "end", 8))
        shapes.append(Rectangle(LEFT, y, value * scale, STEP - 6, COLOUR))
        shapes.append(Label(LEFT + value * scale + 4, y + 7, text, "start", 8, bold=True))
    height = max(len(shown), 1) * STEP + 4
    shapes.append(Stroke(LEFT, 0, LEFT, height))
    return Scene(WIDTH, height, title, summary, tuple(shapes))


def shortened(text: str, room: float = 26.0) -> str:
    """A name that fits beside its bar; characters of Chinese take two places."""
    used, kept = 0.0, ""
    for mark in text:
        used += 1.9 if ord(mark) > 0x2E7F else 1.0
        if used > room:
            return kept.rstrip() + "…"
        kept += mark
    return kept


def distribution_title(found: Distribution) -> str:
    """Kind of product, unit and boundary of a class."""
    codes = ", ".join(found.comparability.classification)
    unit, boundary = told(per_unit(found.example)), BOUNDARIES[found.example.basis.boundary]
    return _("Distribution: %(codes)s, %(unit)s, %(boundary)s") % {
        "codes": codes,
        "unit": unit,
        "boundary": boundary,
    }


def _distributed(name: str, found: Distribution, on: datetime.date) -> Chart:
    title = distribution_title(found)
    unit = mass_unit(max((abs(one.value) for one in found.percentiles), default=1.0))
    rows = tuple((one.percentile, one.value, one.low, one.high, one.confidence) for one in found.percentiles)
    if not rows:
        summary = told(NOT_SHOWN)
    else:
        middle = min(found.percentiles, key=lambda one: abs(one.percentile - 50.0))
        summary = _("%(count)s valid labels of %(holders)s holders; percentile %(percentile)s is %(value)s %(unit)s.") % {
            "count": found.count, "holders": found.holders, "percentile": f"{middle.percentile:g}",
            "value": figure(middle.value * unit.per_kg), "unit": str(unit),
        }  # fmt: skip
    columns = (
        Column("percentile", _("Percentile")), Column("value", _("Figure"), "kg CO2e"), Column("low", _("Lower edge"), "kg CO2e"),
        Column("high", _("Upper edge"), "kg CO2e"), Column("confidence", _("Confidence"), "1"),
    )  # fmt: skip
    method = _(
        "Labels that are valid on %(day)s and held against each other by unit, boundary, rules and methods. Each figure is the mean of "
        "neighbours that belong to as many holders as the programme asks for, so that no single product follows from it."
    ) % {"day": on.isoformat()}  # fmt: skip
    return Chart(name, title, summary, columns, rows, _percentiles(title, summary, found, unit), method)


def _percentiles(title: str, summary: str, found: Distribution, unit: MassUnit) -> Scene:
    """A dot for each percentile over its band, along one axis of figures from zero."""
    points = found.percentiles
    edges = [edge for one in points for edge in (one.value, one.low, one.high) if edge is not None]
    low, high = min([0.0, *edges]), max([0.0, *edges]) or 1.0
    scale = (WIDTH - 60 - 90) / ((high - low) or 1.0)
    shapes: list[Shape] = []
    for index, one in enumerate(points):
        y = index * STEP + 4
        shapes.append(Label(54, y + 7, f"P{one.percentile:g}", "end", 8))
        if one.low is not None and one.high is not None:
            shapes.append(
                Rectangle(60 + (one.low - low) * scale, y + 4, max((one.high - one.low) * scale, 1), 6, BAND)
            )
        x = 60 + (one.value - low) * scale
        shapes.append(Rectangle(x - 2.5, y + 1, 5, 12, COLOUR))
        shapes.append(Label(WIDTH, y + 7, f"{unit.write(one.value)} {unit}", "end", 8, bold=True))
    height = max(len(points), 1) * STEP + 4
    shapes.append(Stroke(60 - low * scale, 0, 60 - low * scale, height))
    return Scene(WIDTH, height, title, summary, tuple(shapes))
