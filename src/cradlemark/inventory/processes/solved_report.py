"""What solving a database adds to its import report: values to look at, and the weight of its cut-offs."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.processes.cut_offs import FREE, cut_off_weights
from cradlemark.inventory.processes.intensities import ProductIntensities, product_intensities
from cradlemark.inventory.processes.proxies import Proxy
from cradlemark.inventory.processes.report import Cut, Estimate, ImportReport, Remarked
from cradlemark.inventory.processes.report_names import chinese_names
from cradlemark.inventory.processes.solved import solve_database
from cradlemark.inventory.processes.tables import ProcessDatabase


def with_results(report: ImportReport, database: ProcessDatabase, matcher: Matcher) -> ImportReport:
    """The report with products in doubt and proxies of cut-offs; a database that cannot be solved says why.

    Parameters
    ----------
    report : ImportReport
    database : ProcessDatabase
    matcher : Matcher
        Over the packaged factors.
    """
    if not len(database["activities"]):
        return attrs.evolve(report, unsolved="no product has supply")
    try:
        solved = solve_database(database)
        weights = cut_off_weights(solved, matcher)
    except CradlemarkError as error:
        return attrs.evolve(report, unsolved=str(error))
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
    found = Estimate(proxy.name.en or proxy.name.zh, proxy.source, proxy.score, proxy.value, proxy.status)
    return attrs.evolve(cut, estimate=found)


def _remarked(values: ProductIntensities, database: ProcessDatabase) -> Iterator[Remarked]:
    flows = database["activities"].integers("flow").tolist()
    units = database["flows"].texts("unit")
    for row, reasons in enumerate(values.doubts):
        if reasons:
            name = values.products[row].removesuffix(f" [{units[flows[row]]}]")
            yield Remarked(
                name, values.processes[row], units[flows[row]], float(values.values[0, row]), reasons
            )
