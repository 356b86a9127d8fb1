"""Calculate the footprint of a study: unfold, multiply, characterise, propagate, check."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from weakref import WeakKeyDictionary

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark import __version__
from cradlemark.core.errors import MissingDataError, MissingDataErrors, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.core.positions import place_in
from cradlemark.footprint.data_quality import data_quality
from cradlemark.footprint.document import seal
from cradlemark.footprint.facts import footprint_facts
from cradlemark.footprint.footprint import (
    CutOffRecord,
    ElectricityBasis,
    Footprint,
    Line,
    Subject,
    Versions,
)
from cradlemark.footprint.lines import Intensities, make_lines
from cradlemark.footprint.shared_draws import shared_draws
from cradlemark.footprint.uncertainty import Spread, propagate
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.compile import Compiler
from cradlemark.product.evaluate import Evaluator
from cradlemark.product.link import Finder
from cradlemark.product.scenario import apply_scenario
from cradlemark.product.study import STAGES, Study
from cradlemark.product.system import Gap, Note, Number, System
from cradlemark.product.unfold.collector import Section, central, selectors
from cradlemark.product.writers.study_document import study_digest
from cradlemark.rules.check import check
from cradlemark.rules.facts import study_facts
from cradlemark.rules.pack import RulePack

LARGEST_LINE = 1e100
"""Largest climate effect of a line [kg CO2e per declared unit]; sums and squares of such numbers do not overflow."""
DRAWS = 2000
SEED = 20250301
"""Seed of every calculation that names none, so that two studies share the draws of their datasets."""


@attrs.frozen(eq=False)
class Calculation:
    """A footprint together with its draws, which comparisons pair.

    Parameters
    ----------
    document : bytes
        The sealed JSON document of the footprint.
    draws : mapping of name to ndarray of float64, shape (draws,)
        ``total``, ``gate``, ``life_cycle`` and every stage [kg CO2e per declared unit].
    """

    footprint: Footprint
    document: bytes
    draws: Mapping[str, NDArray[np.float64]]


@attrs.frozen(slots=False, eq=False)
class Model:
    """A study that is linked and ready; recalculation with other numbers takes milliseconds."""

    study: Study
    scenario: str
    inventory: Inventory
    pack: RulePack
    compiler: Compiler
    intensities: Intensities
    _effects: WeakKeyDictionary[Section, NDArray[np.float64]] = attrs.field(
        factory=WeakKeyDictionary, init=False, repr=False
    )
    """Climate effect of every section that still exists."""

    @classmethod
    def of(
        cls, study: Study, inventory: Inventory, finder: Finder, pack: RulePack, *, scenario: str = ""
    ) -> Model:
        """Apply the scenario, link every text, parse every formula."""
        changed = apply_scenario(study, scenario) if scenario else study
        method = (changed.end_of_life.method if changed.end_of_life else "") or pack.end_of_life_method
        compiler = Compiler.of(changed, inventory, finder, end_of_life_method=method)
        return cls(changed, scenario, inventory, pack, compiler, Intensities(inventory, pack.gwp_set))

    def climate(self, overrides: Mapping[str, Number] | None = None) -> NDArray[np.float64]:
        """Recalculate with other numbers, without uncertainty or findings.

        Parameters
        ----------
        overrides : mapping of path to number
            For example ``{"parameters[rib_mass].value": 2.1}`` [unit as written].

        Returns
        -------
        ndarray of float64, shape (stages, origins)
            [kg CO2e per declared unit], on the electricity basis of the rule pack.
        """
        total = np.zeros((len(STAGES), len(ORIGINS)))
        for section in self.compiler.unfolded(overrides).sections:
            if section not in self._effects:
                self._effects[section] = self._effect(section)
            total += self._effects[section]
        return total

    def _effect(self, section: Section) -> NDArray[np.float64]:
        effect = np.zeros((len(STAGES), len(ORIGINS)))
        for activity in section.activities:
            if activity.basis in {"both", self.basis}:
                effect[STAGES.index(activity.stage)] += np.asarray(activity.amount) * self.intensities.of(
                    activity
                )
        return effect

    @property
    def basis(self) -> ElectricityBasis:
        """Electricity basis of the headline figure."""
        return "location" if self.pack.electricity_basis == "location" else "market"

    def calculate(
        self,
        *,
        draws: int = DRAWS,
        seed: int = SEED,
        allow_gaps: bool = False,
        overrides: Mapping[str, Number] | None = None,
    ) -> Calculation:
        """Calculate everything.

        Parameters
        ----------
        draws : int
            Monte Carlo draws; 0 for none.
        allow_gaps : bool
            Whether a result with open links is returned (with error findings) instead of refused.

        Raises
        ------
        MissingDataErrors
            ``link-open``: texts that found no dataset, all at once.
        MissingDataError
            ``study-empty`` when there is nothing to calculate and gaps are not allowed.
        InputErrors
            Everything that is wrong in the study, at once.
        """
        system, uncertain = self.compiler.system(overrides)
        if system.gaps and not allow_gaps:
            raise MissingDataErrors(_gap_problems(system))
        if not system.activities and not allow_gaps:
            raise MissingDataError(
                Text("the study has nothing to calculate: no materials, operations or transport", "研究没有可计算的内容：没有材料、工序或运输"), code="study-empty",
                where=self.study.id, hint=Text("fill in components, operations or meters", "填写组件、工序或电表读数"),
            )  # fmt: skip
        used = (activity.dataset for activity in system.activities if activity.dataset)
        shared = shared_draws(self.inventory, used, draws=draws, gwp_set=self.pack.gwp_set)
        lines = make_lines(system, self.intensities, self.compiler.linker, shared)
        raise_if_any(_overflows(lines))
        spread = propagate(
            self, system, lines, uncertain, draws=draws, seed=seed, overrides=overrides, shared=shared
        )
        numbers = Evaluator(self.compiler.formulas, overrides)
        footprint = self._footprint(system, lines, spread, numbers, draws=draws, seed=seed)
        facts = footprint_facts(footprint, study_facts(self.study, system), inventory=self.inventory)
        footprint = attrs.evolve(footprint, findings=check(self.pack, facts))
        return Calculation(*seal(footprint), spread.draws)

    def _footprint(
        self,
        system: System,
        lines: tuple[Line, ...],
        spread: Spread,
        numbers: Evaluator,
        *,
        draws: int,
        seed: int,
    ) -> Footprint:
        return Footprint(
            subject=_subject(self.study, self.scenario, numbers),
            lines=lines,
            gwp_set=self.pack.gwp_set,
            electricity_basis=self.basis,
            end_of_life_method=self.compiler.settings.end_of_life_method if self.study.end_of_life else "",
            versions=_versions(self.study, self.inventory, self.pack),
            intervals=spread.intervals,
            sensitivities=spread.sensitivities,
            data_quality=data_quality(
                [line for line in lines if line.counts_in(self.basis)], self.pack.gwp_set, self.study.boundary
            ),
            cut_offs=_cut_offs(self.study, system, numbers),
            gaps=system.gaps,
            balances=system.balances,
            process_checks=system.process_checks,
            notes=(*_remarks(self.study), *system.notes, *_dataset_remarks(lines), *spread.notes),
            findings=(),
            assumptions=self.study.assumptions,
            draws=draws,
            seed=seed,
        )


def calculate(
    study: Study,
    inventory: Inventory,
    *,
    finder: Finder,
    pack: RulePack,
    scenario: str = "",
    draws: int = DRAWS,
    seed: int = SEED,
    allow_gaps: bool = False,
) -> Footprint:
    """Return the footprint of a study.

    Parameters
    ----------
    study : Study
    inventory : Inventory
    finder : Finder
        Matches texts to datasets, see `cradlemark.inventory.matching.Matcher`.
    pack : RulePack
        Chooses GWP set, electricity basis and end-of-life method, and checks the result.
    scenario : str
        Id of one of the study's scenarios; empty for the study as it stands.

    Returns
    -------
    Footprint
        Climate effect ``Σ_i AD_i EF_i`` (F1) [kg CO2e per declared unit] by line, stage and origin.
    """
    model = Model.of(study, inventory, finder, pack, scenario=scenario)
    return model.calculate(draws=draws, seed=seed, allow_gaps=allow_gaps).footprint


def _gap_problems(system: System) -> tuple[Problem, ...]:
    return tuple(
        Problem(
            gap.where or gap.path, "link-open", Text(f"no dataset for {gap.text!r} ({gap.stage}): {gap.reason.en}", f"{gap.text!r}（{gap.stage}）没有数据集：{gap.reason['zh']}"),
            Text("name a dataset for it under choices, or add one to a table of your own", "在 choices 中为其指定数据集，或添加到自己的表中"),
        )
        for gap in system.gaps
    )  # fmt: skip


def _overflows(lines: Sequence[Line]) -> Iterator[Problem]:
    for line in lines:
        if not all(abs(value) < LARGEST_LINE for value in line.climate):
            yield Problem(
                line.path,
                "amount-overflow",
                Text(
                    f"the amount {line.amount:g} {line.unit} of {line.label.en or line.label.zh!r} is beyond all bounds",
                    f"{line.label['zh']!r} 的数量 {line.amount:g} {line.unit} 超出一切界限",
                ),
                Text("correct the amounts and quantities it is made of", "修正其组成的数量"),
            )


def _remarks(study: Study) -> tuple[Note, ...]:
    """What the readers of the study's files want looked at."""
    return tuple(
        Note(
            remark.code,
            remark.where,
            Text(
                f"{remark.where}: {remark.message.en}",
                f"{place_in(remark.where, 'zh')}：{remark.message['zh']}",
            ),
        )
        for remark in study.remarks
    )


def _dataset_remarks(lines: Sequence[Line]) -> Iterator[Note]:
    """What should be looked at before the numbers of the datasets are used, once for each line."""
    for line in lines:
        for remark in line.dataset.remarks if line.dataset else ():
            name = line.dataset.name if line.dataset else Text()
            message = Text(f"{name.en or name.zh}: {remark.en}", f"{name.zh or name.en}：{remark.zh}")
            yield Note("dataset-remark", line.path, message)


def _subject(study: Study, scenario: str, numbers: Evaluator) -> Subject:
    product, unit = study.product, study.unit
    life = product.service_life
    title = next((item.title for item in study.scenarios if item.id == scenario), Text())
    return Subject(
        study=study.id, title=study.title, product=product.name, holder=product.holder.name, site=study.site.name,
        place=study.place, models=product.models, gtin=product.gtin,
        declared_amount=central(numbers.number(unit.declared, "unit.declared", unit.declared.unit)),
        declared_unit=unit.declared.unit, functional_unit=unit.functional,
        mass=central(numbers.number(product.mass, "product.mass", "kg", low=0.0)),
        service_life=None if life is None else central(numbers.number(life, "product.service_life", "year", low=0.0)),
        boundary=study.boundary, period=str(study.period), scenario=scenario, scenario_title=title,
    )  # fmt: skip


def _versions(study: Study, inventory: Inventory, pack: RulePack) -> Versions:
    return Versions(
        study=study_digest(study),
        rule_pack=pack.id,
        rule_pack_digest=pack.digest,
        databases=tuple((database.id, database.version, database.digest) for database in inventory.databases),
        software=__version__,
    )


def _cut_offs(study: Study, system: System, numbers: Evaluator) -> tuple[CutOffRecord, ...]:
    names = selectors(item.name.en or item.name.zh for item in study.cut_offs)
    stated = [
        CutOffRecord(
            item.name, item.stage,
            central(numbers.number(item.share, f"cut_offs[{name}].share", "1", low=0.0, high=1.0)),
            item.criterion, item.reason,
        )
        for item, name in zip(study.cut_offs, names, strict=True)
    ]  # fmt: skip
    return (*stated, *(_gap_record(gap) for gap in system.gaps))


def _gap_record(gap: Gap) -> CutOffRecord:
    return CutOffRecord(
        gap.label, gap.stage, None, "open link", Text(gap.reason.en, f"未链接数据集：{gap.reason['zh']}")
    )
