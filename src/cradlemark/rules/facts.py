"""Facts of a study: everything that can be known before or without a result."""

from __future__ import annotations

from cradlemark.product.study import Study
from cradlemark.product.system import System
from cradlemark.rules.fact_values import Fact, Facts, Item
from cradlemark.rules.item_facts import study_items
from cradlemark.rules.numbers import Numbers
from cradlemark.rules.scalar_facts import study_values
from cradlemark.rules.system_facts import system_items, system_values

__all__ = ["Fact", "Facts", "Item", "study_facts"]


def study_facts(study: Study, system: System | None = None) -> Facts:
    """Make the facts of a study.

    Parameters
    ----------
    study : Study
        With its scenario already applied.
    system : System, optional
        The compiled study; without it, mass balances, open entries and process checks are not known.

    Returns
    -------
    Facts
        Names, units and meanings as in `cradlemark.rules.catalogue.catalogue`. A number that cannot be read, for
        example a formula with an unknown parameter, is None.
    """
    numbers = Numbers.of(study)
    facts = Facts().with_more(study_values(study, numbers), study_items(study, numbers), ["study"])
    facts = Facts(facts.values, facts.scopes, facts.phases, study)
    if system is None:
        return facts
    return facts.with_more(system_values(system), system_items(system), ["system"])
