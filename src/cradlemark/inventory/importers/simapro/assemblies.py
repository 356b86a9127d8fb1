"""What the assemblies of product stages are made of."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.contents import Block, Contents, File, product_cells
from cradlemark.inventory.importers.simapro.scopes import Scopes
from cradlemark.inventory.importers.simapro.values import read_amount

DEEPEST = 100
"""Most assemblies within assemblies."""


class Assemblies:
    """Product stages by name, their rows with calculated amounts, and the masses of their materials."""

    def __init__(self, contents: Contents, scopes: Scopes) -> None:
        self.contents = contents
        self.scopes = scopes
        self._compositions: dict[str, dict[str, float]] = {}
        self._counts: dict[tuple[str, str], float] = {}

    def rows(self, file: File, block: Block, heading: str) -> Iterator[tuple[int, str, str, float]]:
        """Line, name, unit and calculated amount of each row of a section; nan without an amount.

        Raises
        ------
        InputError
            For an amount that cannot be calculated.
        """
        values = self.scopes.values(file, block)
        for line, cells in block.rows(heading):
            name, unit, text, _ = product_cells(cells, file.header)
            amount = (
                self.scopes.evaluate(read_amount(text, file.header.decimal), values) if text else math.nan
            )
            yield line, name, unit, amount

    def composition(self, assembly: str, path: tuple[str, ...] = ()) -> dict[str, float]:
        """Mass of each material in one piece of an assembly [kg / reference unit of the stage].

        Raises
        ------
        InputError
            ``waste-open`` when it cannot be known.
        """
        if assembly not in self._compositions:
            if assembly in path or len(path) > DEEPEST:
                raise end_left_open(
                    Text(
                        f"the assembly {assembly[:60]!r} contains itself", f"装配 {assembly[:60]!r} 包含自身"
                    )
                )
            self._compositions[assembly] = self._composed(assembly, (*path, assembly))
        return self._compositions[assembly]

    def _composed(self, assembly: str, path: tuple[str, ...]) -> dict[str, float]:
        file, block = self.stage(assembly)
        made = self.made(assembly)
        found: dict[str, float] = defaultdict(float)
        for _, name, unit, amount in self.rows(file, block, "Materials/assemblies"):
            if name in self.contents.stages:
                for material, mass in self.composition(name, path).items():
                    found[material] += mass * self.amount_of(unit, name, amount) / made
                continue
            mass = amount * self.contents.units.factor(unit, "kg")
            if not math.isfinite(mass):
                raise end_left_open(
                    Text(
                        f"the mass of {name[:60]!r} in {assembly[:60]!r} is not known: it is measured in {unit[:20]}",
                        f"{assembly[:60]!r} 中 {name[:60]!r} 的质量未知：它以 {unit[:20]} 计量",
                    )
                )
            found[name] += mass / made
        return dict(found)

    def count_of(self, part: str, assembly: str) -> float:
        """Pieces of a part in one piece of an assembly [1]."""
        if part == assembly:
            return 1.0
        key = part, assembly
        if key not in self._counts:
            self.composition(assembly)  # refuses what contains itself
            file, block = self.stage(assembly)
            self._counts[key] = sum(
                self.amount_of(unit, name, amount) * self.count_of(part, name) / self.made(assembly)
                for _, name, unit, amount in self.rows(file, block, "Materials/assemblies")
                if name in self.contents.stages
            )
        return self._counts[key]

    def amount_of(self, unit: str, stage: str, amount: float) -> float:
        """An amount of a stage in the unit it is made in."""
        file, block = self.stage(stage)
        _, _, wanted, _ = next(self.rows(file, block, "Products"))
        return amount * self.contents.units.factor(unit, wanted)

    def made(self, stage: str) -> float:
        """Amount that a stage makes [its unit]."""
        file, block = self.stage(stage)
        return next(self.rows(file, block, "Products"))[3]

    def reference(self, stage: str) -> tuple[str, float]:
        """Assembly that a disposal scenario, disassembly or reuse is for, and how much of it.

        Raises
        ------
        InputError
            ``waste-open`` when there is none, or none of it.
        """
        file, block = self.stage(stage)
        for _, name, unit, amount in self.rows(file, block, "Reference assembly"):
            if name in self.contents.stages and amount:
                return name, self.amount_of(unit, name, amount)
        raise end_left_open(
            Text(f"{stage[:60]!r} is for no amount of an assembly", f"{stage[:60]!r} 不对应任何数量的装配")
        )

    def stage(self, name: str) -> tuple[File, Block]:
        """File and block of a product stage.

        Raises
        ------
        InputError
            ``waste-open`` when it is not there.
        """
        found = self.contents.stages.get(name)
        if found is None:
            raise end_left_open(
                Text(
                    f"the product stage {name[:60]!r} is not in the export",
                    f"产品阶段 {name[:60]!r} 不在导出文件中",
                )
            )
        return found


def end_left_open(message: Text) -> InputError:
    """An error about a part of the end of life that is left out."""
    return InputError(
        message,
        code="waste-open",
        hint=Text("this part of the end of life is left out", "生命末期的这一部分已略去"),
    )
