"""What a unit-process model is: declared inputs, a formula, and its result per good part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.product.models.inputs import Kind, ModelInput, Resolved, resolve
from cradlemark.product.models.outputs import ProcessResult, checked
from cradlemark.product.system import Number

Values = Mapping[str, Number]
"""Complete inputs of one run, by name, in the units of the model; optional ones may be absent."""

__all__ = ["Kind", "Limit", "Model", "ModelInput", "Values"]


@attrs.frozen
class Limit:
    """A number of the plausibility check with its status and source."""

    value: float
    status: str
    source: str


@attrs.frozen(eq=False)
class Model:
    """One unit-process model.

    Parameters
    ----------
    name : str
        Id, for example ``injection_moulding``.
    inputs : tuple of ModelInput
    formula, validity, minimum_basis : Text
        The formula as text, where it holds, and what the minimum counts.
    level : {"physical", "screening"}
        Screening: a specific energy from literature ranges, low quality.
    upper_multiple : Limit
        Stated energy above this multiple of the minimum is unusual [1].
    status, source : str
        Of the formula.
    """

    name: str
    title: Text
    inputs: tuple[ModelInput, ...]
    formula: Text
    validity: Text
    minimum_basis: Text
    level: Literal["physical", "screening"]
    upper_multiple: Limit
    status: str
    source: str
    function: Callable[[Values], ProcessResult]
    minimum_function: Callable[[Values], Number]

    def compute(self, inputs: Values, *, material: str = "", where: str = "") -> ProcessResult:
        """Return energy, auxiliaries, emissions and scrap per good part.

        Parameters
        ----------
        inputs : mapping of str to float or ndarray of float64, shape (draws,)
            In the units of `inputs`.
        material : str
            Material whose packaged properties fill inputs that are not given.
        where : str
            Place in the user's document for messages.

        Returns
        -------
        ProcessResult
            With the names of the inputs that took a default or a packaged property, of optional inputs left out, and
            of given inputs outside their usual range.

        Raises
        ------
        MissingDataErrors
            All missing inputs.
        InputErrors
            Unknown names, values outside their physical range, more output than input.
        NotFoundError
            Unknown material.
        """
        found = resolve(self.inputs, inputs, model=self.name, material=material, where=where)
        result = self.function(found.values)
        result = attrs.evolve(
            result,
            minimum=self.minimum_function(found.values),
            values=tuple(found.values.items()),
            assumed=found.assumed,
            left_out=found.left_out,
            unusual=found.unusual,
        )
        return checked(result, where=where)

    def minimum(self, inputs: Values, *, material: str = "", where: str = "") -> Number:
        """Return the thermodynamic minimum [kWh per good part] from the inputs that it needs alone.

        So a metered energy can be checked without a full model. Raises as `compute`.
        """
        needed = tuple(item for item in self.inputs if item.for_minimum)
        found: Resolved = resolve(
            needed, inputs, model=self.name, material=material, where=where, known=self.inputs
        )
        return self.minimum_function(found.values)
