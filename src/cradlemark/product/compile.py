"""Compile a study into its foreground system: every leaf an activity, every link with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import attrs

from cradlemark.core.errors import InputErrors, MissingDataError
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.grids import GridSupply, grid_supply
from cradlemark.product.evaluate import Evaluator, Formulas, Uncertain
from cradlemark.product.link import Finder, Linker
from cradlemark.product.study import Study
from cradlemark.product.system import Number, System
from cradlemark.product.unfold.collector import Collector, Grids, Section, Settings
from cradlemark.product.unfold.end import unfold_end_of_life
from cradlemark.product.unfold.logistics import unfold_distribution, unfold_installation, unfold_packaging
from cradlemark.product.unfold.manufacturing import unfold_operations
from cradlemark.product.unfold.meters import unfold_meters
from cradlemark.product.unfold.parts import unfold_components
from cradlemark.product.unfold.use_stage import unfold_use


@attrs.frozen(slots=False)
class Compiler:
    """A study that is ready to be unfolded again and again with other numbers; links and formulas are kept.

    Parameters
    ----------
    study : Study
        With its scenario already applied.
    """

    study: Study
    formulas: Formulas
    linker: Linker
    grids: Grids
    settings: Settings
    sections: dict[str, Section] = attrs.field(factory=dict, eq=False, repr=False)

    @classmethod
    def of(cls, study: Study, inventory: Inventory, finder: Finder, *, end_of_life_method: str) -> Compiler:
        """Prepare a study.

        Raises
        ------
        InputErrors
            Wrong formulas, all at once.
        """
        linker = Linker(inventory, finder, choices=study.choices, year=study.period.end.year)
        grids = Grids(_supplies(study, inventory))
        return cls(study, Formulas.of(study), linker, grids, Settings(end_of_life_method))

    def system(self, overrides: Mapping[str, Number] | None = None) -> tuple[System, dict[str, Uncertain]]:
        """Unfold the study.

        Parameters
        ----------
        overrides : mapping of path to number
            Values that replace those of the study [unit as written]; arrays of shape (draws,) for draws.

        Returns
        -------
        system : System
        uncertain : dict of path to Uncertain
            Every value with a distribution that was used.

        Raises
        ------
        InputErrors
            Everything that is wrong in the study, at once.
        """
        collector = self.unfolded(overrides)
        evaluator = collector.evaluator
        for path, share in evaluator.clipped.items():
            collector.note(
                "draws-clipped",
                path,
                f"{share:.3%} of the draws of {path} lay outside its physical range and were moved to its edge",
                f"{path} 的抽样有 {share:.3%} 超出物理范围，已移至边界",
            )
        used = {uncertain.path: uncertain for uncertain in self.formulas.uncertain} | evaluator.uncertain
        return collector.system(), used

    def unfolded(self, overrides: Mapping[str, Number] | None = None) -> Collector:
        """Unfold the study section by section; sections that nothing moved are taken as they were.

        Raises
        ------
        InputErrors
            Everything that is wrong in the study, at once.
        """
        evaluator = Evaluator(self.formulas, overrides)
        collector = Collector(self.study, evaluator, self.linker, self.grids, self.settings, self.sections)
        unfold_components(collector)
        collector.section("packaging", partial(unfold_packaging, collector))
        unfold_operations(collector)
        collector.section("meters", partial(unfold_meters, collector))
        if self.study.boundary == "cradle_to_grave":
            packed = tuple(stock for stock in collector.stocks if stock.packaging)
            collector.section("distribution", partial(unfold_distribution, collector), packed)
            collector.section("installation", partial(unfold_installation, collector))
            collector.section("use", partial(unfold_use, collector))
            unfold_end_of_life(collector)
        if collector.problems:
            raise InputErrors(tuple(dict.fromkeys(collector.problems)))
        return collector


def _supplies(study: Study, inventory: Inventory) -> dict[str, GridSupply]:
    supplies = {}
    for place in dict.fromkeys(_places(study)):
        try:
            supplies[place] = grid_supply(place, inventory=inventory)
        except MissingDataError:
            continue  # a place without a mix becomes a gap where electricity is used there
    return supplies


def _places(study: Study) -> Iterator[str]:
    yield from filter(None, (study.place, study.electricity.place, study.site.place))
    if study.use and study.use.place:
        yield study.use.place
