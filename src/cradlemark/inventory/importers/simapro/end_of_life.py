"""The end of life in life cycles, disposal scenarios and disassemblies: waste sent through scenarios by material."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.assemblies import Assemblies, end_left_open
from cradlemark.inventory.importers.simapro.blocks import EXCHANGES
from cradlemark.inventory.importers.simapro.contents import Block, File
from cradlemark.inventory.importers.simapro.flows import Flows
from cradlemark.inventory.importers.simapro.processes import Lines, Row, exchange_of, refused
from cradlemark.inventory.importers.simapro.values import Amount
from cradlemark.inventory.importers.simapro.waste import scenario_amount, split
from cradlemark.inventory.processes.records import Exchange, Uncertainty

FIRST_EXPANDED = 1_000_000
"""Number of the first exchange that comes from the evaluation of waste."""


@attrs.define
class EndOfLife:
    """The end of life in a life cycle, a disposal scenario or a disassembly."""

    stages: Assemblies
    flows: Flows
    file: File
    block: Block
    lines: Lines
    next_number: int = FIRST_EXPANDED

    def add(self) -> None:
        """Add the exchanges of all sections that are about waste."""
        kind = self.block.text("Category type")
        for heading, take in (
            ("Waste/Disposal scenario", self._life_cycle), ("Waste scenarios", self._waste),
            ("Disassemblies", self._whole), ("Reuses", self._reuse), ("Disposal scenarios", self._parts),
        ):  # fmt: skip
            for line, cells in self.block.rows(heading):
                try:
                    take(line, cells, kind)
                except InputError as error:
                    self.lines.bad.append(refused(line, self.block, error))

    def _row(self, heading: str, line: int) -> tuple[str, float]:
        """Name and share of the row on a line [1]."""
        for at, name, unit, amount in self.stages.rows(self.file, self.block, heading):
            if at == line:
                if unit != "%" or not math.isfinite(amount):
                    raise end_left_open(
                        Text(
                            f"the share of {name[:60]!r} is not in per cent",
                            f"{name[:60]!r} 的份额不是百分比",
                        )
                    )
                return name, amount / 100.0
        raise end_left_open(Text("the row is not there", "该行不存在"))

    def _life_cycle(self, line: int, cells: list[str], _kind: str) -> None:
        name = cells[0].strip()
        contents = self.stages.contents
        assemblies = [
            (assembly, self.stages.amount_of(unit, assembly, amount))
            for _, assembly, unit, amount in self.stages.rows(self.file, self.block, "Assembly")
        ]
        if name in contents.scenarios:
            materials: dict[str, float] = defaultdict(float)
            for assembly, amount in assemblies:
                for material, mass in self.stages.composition(assembly).items():
                    materials[material] += mass * amount
            self._expand(line, materials, name)
            return
        reference, per = self.stages.reference(name)
        for assembly, amount in assemblies:
            if assembly != reference:
                raise end_left_open(
                    Text(
                        f"{name[:60]!r} is for {reference[:60]!r}, not for {assembly[:60]!r}",
                        f"{name[:60]!r} 针对 {reference[:60]!r}，而不是 {assembly[:60]!r}",
                    )
                )
            self._use(line, name, amount / per * self.stages.made(name))

    def _waste(self, line: int, _cells: list[str], kind: str) -> None:
        name, share = self._row("Waste scenarios", line)
        reference, amount = self.stages.reference(self._name())
        materials = dict(self.stages.composition(reference))
        if kind == "disassembly":
            for material, mass in self._taken_apart(reference).items():
                materials[material] = materials.get(material, 0.0) - mass
        kept = {material: mass * amount * share for material, mass in materials.items() if abs(mass) > 1e-12}
        if name not in self.stages.contents.scenarios:
            raise end_left_open(
                Text(
                    f"the waste scenario {name[:60]!r} is not in the export",
                    f"废物情景 {name[:60]!r} 不在导出文件中",
                )
            )
        self._expand(line, kept, name)

    def _taken_apart(self, reference: str) -> dict[str, float]:
        """Mass that goes with the parts that have a disposal of their own [kg per reference unit]."""
        gone: dict[str, float] = defaultdict(float)
        for line, _ in self.block.rows("Disposal scenarios"):
            scenario, share = self._row("Disposal scenarios", line)
            part, _ = self.stages.reference(scenario)
            count = self.stages.count_of(part, reference)
            for material, mass in self.stages.composition(part).items():
                gone[material] += mass * count * share
        return gone

    def _whole(self, line: int, _cells: list[str], _kind: str) -> None:
        """A share of the assembly is taken apart."""
        name, share = self._row("Disassemblies", line)
        own, amount = self.stages.reference(self._name())
        reference, per = self.stages.reference(name)
        if own != reference:
            raise end_left_open(
                Text(
                    f"{name[:60]!r} is for {reference[:60]!r}, not for {own[:60]!r}",
                    f"{name[:60]!r} 针对 {reference[:60]!r}，而不是 {own[:60]!r}",
                )
            )
        self._use(line, name, amount * share / per * self.stages.made(name))

    def _parts(self, line: int, _cells: list[str], _kind: str) -> None:
        """Parts that were taken out go to a disposal of their own."""
        name, share = self._row("Disposal scenarios", line)
        own, amount = self.stages.reference(self._name())
        part, per = self.stages.reference(name)
        count = self.stages.count_of(part, own)
        self._use(line, name, amount * count * share / per * self.stages.made(name))

    def _reuse(self, line: int, _cells: list[str], _kind: str) -> None:
        del line
        raise end_left_open(
            Text(
                "a reuse is not evaluated: the export does not say what the reused assembly replaces",
                "未计算再利用：导出文件未说明再利用的装配替代什么",
            )
        )

    def _name(self) -> str:
        rows = self.block.rows("Products")
        return rows[0][1][0].strip() if rows else ""

    def _use(self, line: int, stage: str, amount: float) -> None:
        file, block = self.stages.stage(stage)
        _, _, unit, _ = next(self.stages.rows(file, block, "Products"))
        flow, direction = self.flows.used(stage, unit, waste=False)
        self._append(Exchange(line - self.block.line, flow, direction, amount, unit=unit, flow_name=stage))

    def _expand(self, line: int, materials: dict[str, float], scenario: str) -> None:
        """Treatments of the materials, and what the scenarios themselves need."""
        contents = self.stages.contents
        done = split(contents, self.stages.scopes, materials, scenario)
        for material, mass, why in done.open:
            what = Text(
                f"{mass:g} kg {material[:60]} through {scenario[:60]!r}: {{why}}",
                f"{mass:g} kg {material[:60]} 经 {scenario[:60]!r}：{{why}}",
            )
            error = end_left_open(what.format(why=why))
            self.lines.bad.append(refused(line, self.block, error))
        for treatment, mass in sorted(done.treatments.items()):
            flow, direction = self.flows.used(treatment, "kg", waste=True)
            self._append(
                Exchange(
                    self._number(), flow, direction, mass, unit="kg", flow_name=treatment,
                    comment=f"waste scenario {scenario}",
                )
            )  # fmt: skip
        for name, mass in sorted(done.scenarios.items()):
            for exchange in self._overhead(name, mass):
                self._append(exchange)
        contents.counts["waste scenarios evaluated for their materials"] += 1

    def _overhead(self, scenario: str, mass: float) -> Iterator[Exchange]:
        contents, scopes = self.stages.contents, self.stages.scopes
        file, block = contents.scenarios[scenario]
        scale = mass / scenario_amount(contents, scopes, scenario)
        values = scopes.values(file, block)
        for heading, compartment in EXCHANGES.items():
            for line, cells in block.rows(heading):
                read = exchange_of(contents, self.flows, file, block, Row(heading, compartment, line, cells))
                amount = scopes.evaluate(Amount(read.amount, read.formula), values)
                yield attrs.evolve(
                    read, number=self._number(), amount=amount * scale, formula="",
                    uncertainty=_scaled(read.uncertainty, scale), comment=f"waste scenario {scenario}",
                )  # fmt: skip

    def _append(self, exchange: Exchange) -> None:
        self.lines.good.append(exchange)

    def _number(self) -> int:
        self.next_number += 1
        return self.next_number - 1


def _scaled(uncertainty: Uncertainty | None, scale: float) -> Uncertainty | None:
    if uncertainty is None or scale <= 0.0:
        return None
    second = uncertainty.p2 if uncertainty.kind == "lognormal" else uncertainty.p2 * scale
    return Uncertainty(uncertainty.kind, uncertainty.p1 * scale, second, uncertainty.p3 * scale)
