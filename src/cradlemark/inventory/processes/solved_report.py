"""What solving a database adds to its import report: values to look at, and the weight of its cut-offs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.linking import FREE
from cradlemark.inventory.processes.remark_words import remark
from cradlemark.inventory.processes.report import Cut, Estimate, ImportReport, Remarked
from cradlemark.inventory.processes.report_names import chinese_names
from cradlemark.inventory.processes.tables import ProcessDatabase

if TYPE_CHECKING:
    from cradlemark.inventory.matching import Matcher
    from cradlemark.inventory.processes.intensities import ProductIntensities
    from cradlemark.inventory.processes.proxies import Proxy


def with_results(
    report: ImportReport, database: ProcessDatabase, matcher: Callable[[], Matcher]
) -> ImportReport:
    """The report with products in doubt and proxies of cut-offs; a database that cannot be solved says why.

    Parameters
    ----------
    report : ImportReport
    database : ProcessDatabase
    matcher : callable
        Makes the matcher over the packaged factors; called only when there is something to solve.
    """
    if not len(database["activities"]):
        return attrs.evolve(report, unsolved=Text("no product has supply", "没有产品有供应"))
    # The solver takes a second to load, which a source without any product must not cost.
    from cradlemark.inventory.processes.cut_offs import cut_off_weights
    from cradlemark.inventory.processes.intensities import product_intensities
    from cradlemark.inventory.processes.solved import solve_database

    try:
        solved = solve_database(database)
        weights = cut_off_weights(solved, matcher())
    except CradlemarkError as error:
        return attrs.evolve(report, unsolved=error.as_text)
    ids = database["flows"].texts("id")
    proxies = {ids[each.flow]: each.proxy for each in weights.inputs if each.proxy}
    values = product_intensities(database, system=solved)
    report = attrs.evolve(
        report,
        cuts=tuple(_with_estimate(cut, proxies.get(cut.flow_id)) for cut in report.cuts),
        remarked=tuple(_remarked(values, database)),
    )
    return attrs.evolve(report, chinese=chinese_names(report, database))


def _with_estimate(cut: Cut, proxy: Proxy | None) -> Cut:
    if proxy is None or cut.reason == FREE:
        return cut
    found = Estimate(proxy.name, proxy.source, proxy.score, proxy.value, proxy.status)
    return attrs.evolve(cut, estimate=found)


def _remarked(values: ProductIntensities, database: ProcessDatabase) -> Iterator[Remarked]:
    flows = database["activities"].integers("flow").tolist()
    units = database["flows"].texts("unit")
    for row, reasons in enumerate(values.doubts):
        if reasons:
            name = values.products[row].removesuffix(f" [{units[flows[row]]}]")
            yield Remarked(
                name,
                values.processes[row],
                units[flows[row]],
                float(values.values[0, row]),
                tuple(map(remark, reasons)),
            )
