"""Re-baselining: the earlier study calculated anew under the rules, methods and data of today."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import attrs

from cradlemark.core.errors import CradlemarkError, RuleError
from cradlemark.core.language import Text
from cradlemark.footprint.calculate import Calculation, Model
from cradlemark.inventory.database import Database, Inventory
from cradlemark.product.link import Finder
from cradlemark.product.study import Study


def rebaselined(baseline: Model, today: Model, *, finder: Callable[[Inventory], Finder]) -> Model:
    """Return the model of the baseline study under the rule pack, end-of-life method, allocation key and data of today.

    Parameters
    ----------
    finder : callable
        Makes the matcher of an inventory.

    Notes
    -----
    Databases of today go first; one that only the baseline names, such as a factor table of a former supplier, stays as
    it was. A dataset that the edition of today no longer has is not taken from the former one: it is an error, and the
    study has to name its successor.
    """
    inventory = Inventory(tuple(_databases(today.inventory, baseline.inventory)))
    study = _under_todays_methods(baseline.study, today)
    try:
        model = Model.of(study, inventory, finder(inventory), today.pack)
    except CradlemarkError as error:
        raise _failed(error) from error
    return attrs.evolve(model, scenario=baseline.scenario)


def _databases(today: Inventory, baseline: Inventory) -> Iterator[Database]:
    """Databases of today, whole where a bundle holds a part only, and those that only the baseline has."""
    for database in today.databases:
        same = [d for d in baseline.databases if (d.id, d.digest) == (database.id, database.digest)]
        yield from _whole(database, same[0]) if same else (database,)
    ids = {database.id for database in today.databases}
    yield from (database for database in baseline.databases if database.id not in ids)


def _whole(one: Database, two: Database) -> tuple[Database, ...]:
    """One edition of a database, of which two bundles may hold different parts."""
    first, second = (one, two) if len(one.datasets) >= len(two.datasets) else (two, one)
    covered = first is second or all(key in first.datasets for key in second.datasets)
    return (first,) if covered or second.background is not None else (first, second)


def calculate_baseline(model: Model, *, draws: int, seed: int) -> Calculation:
    """Calculate a baseline again.

    Raises
    ------
    RuleError
        ``rebaseline-failed`` when it cannot be calculated under the rules and data of today.
    """
    try:
        return model.calculate(draws=draws, seed=seed)
    except CradlemarkError as error:
        raise _failed(error) from error


def _under_todays_methods(study: Study, today: Model) -> Study:
    changed = attrs.evolve(study, rule_pack=today.study.rule_pack)
    if study.site.meters and today.study.site.meters:
        changed = attrs.evolve(changed, site=attrs.evolve(study.site, basis=today.study.site.basis))
    if study.end_of_life is not None and today.study.end_of_life is not None:
        method = today.study.end_of_life.method
        changed = attrs.evolve(changed, end_of_life=attrs.evolve(study.end_of_life, method=method))
    return changed


def _failed(error: CradlemarkError) -> RuleError:
    first = error.problems[0]
    return RuleError(
        Text(
            "the baseline cannot be calculated under today's rules and data: {first}",
            "无法按现行规则和数据计算基线：{first}",
        ).format(first=error.message),
        code="rebaseline-failed",
        where=first.where,
        hint=first.hint
        or Text(
            "complete the baseline study, or track from a later baseline",
            "补全基线研究，或从较晚的基线开始跟踪",
        ),
    )
