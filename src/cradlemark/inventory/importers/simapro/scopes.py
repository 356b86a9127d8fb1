"""Values of parameters and amounts where the importer itself has to calculate: in scenarios and product stages."""

from __future__ import annotations

import attrs

from cradlemark.inventory.importers.simapro.contents import Block, Contents, File
from cradlemark.inventory.importers.simapro.parameters import global_parameters, parameters_of
from cradlemark.inventory.importers.simapro.values import Amount
from cradlemark.inventory.processes.formulas import evaluate_formula, resolve_parameters


@attrs.define
class Scopes:
    """Parameters of files and blocks, calculated once."""

    contents: Contents
    _files: dict[str, dict[str, float]] = attrs.field(factory=dict, init=False)
    _blocks: dict[tuple[str, int], dict[str, float]] = attrs.field(factory=dict, init=False)

    def values(self, file: File, block: Block) -> dict[str, float]:
        """Values by name in lower case that formulas of a block may use."""
        key = (file.name, block.line)
        if key not in self._blocks:
            # What cannot be read is told where the block itself is imported.
            silent = Contents(self.contents.units)
            if file.name not in self._files:
                self._files[file.name] = resolve_parameters(global_parameters(silent, file), {})[0]
            own = tuple(parameters_of(silent, file, block))
            self._blocks[key] = resolve_parameters(own, self._files[file.name])[0]
        return self._blocks[key]

    @staticmethod
    def evaluate(amount: Amount, values: dict[str, float]) -> float:
        """Value of an amount.

        Raises
        ------
        InputError
            From the formula language.
        """
        return evaluate_formula(amount.formula, values) if amount.formula else amount.value
