"""The unit-process models by name; definitions are read from ``definitions/`` at first use."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import import_module, resources
from typing import Any, Final

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text, text_of
from cradlemark.core.suggestion import did_you_mean
from cradlemark.product.models.model import Limit, Model, ModelInput

_NAMES: Final = (
    "injection_moulding",
    "stamping",
    "die_casting",
    "forging",
    "machining",
    "machining_specific",
    "arc_welding",
    "laser_welding",
    "resistance_welding",
    "electroplating",
    "heat_treatment",
    "powder_coating",
    "drying",
    "compressed_air",
    "injection_moulding_screening",
    "stamping_screening",
    "forging_gas_screening",
    "forging_induction_screening",
    "spot_welding_screening",
    "zinc_plating_screening",
    "carburising_screening",
    "powder_coating_screening",
)


def _input(row: dict[str, Any]) -> ModelInput:
    return ModelInput(**{**row, "title": text_of(row["title"])})


def _function(name: str) -> Any:
    module, function = name.split(".")
    return getattr(import_module(f"cradlemark.product.models.{module}"), function)


@cache
def _load(name: str) -> Model:
    folder = resources.files("cradlemark.product.models").joinpath("definitions")
    row = tomllib.loads(folder.joinpath(f"{name}.toml").read_text(encoding="utf-8"))
    limit = row["upper_multiple"]
    return Model(
        name=name,
        title=text_of(row["title"]),
        inputs=tuple(_input(item) for item in row["inputs"]),
        formula=text_of(row["formula"]),
        validity=text_of(row["validity"]),
        minimum_basis=text_of(row["minimum_basis"]),
        level=row["level"],
        upper_multiple=Limit(float(limit["value"]), limit["status"], limit["source"]),
        status=row["status"],
        source=row["source"],
        function=_function(row["function"]),
        minimum_function=_function(row["minimum_function"]),
    )


class _Models(Mapping[str, Model]):
    """Mapping of model names to models that reads a definition when it is asked for."""

    def __getitem__(self, name: str) -> Model:
        if name not in _NAMES:
            raise KeyError(name)
        return _load(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


MODELS: Mapping[str, Model] = _Models()
"""All unit-process models, physical ones first."""


def find_model(name: str, *, where: str = "") -> Model:
    """Return the model of a name.

    Raises
    ------
    NotFoundError
        Unknown; the hint names the nearest one.
    """
    if name in MODELS:
        return MODELS[name]
    models = Text("the models are", "模型有")
    every = Text(f"{models.en} {', '.join(_NAMES)}", f"{models.zh}：{'、'.join(_NAMES)}")
    hint = did_you_mean(name, _NAMES, models) or every
    raise NotFoundError(
        Text(f"there is no unit-process model {name!r}", f"没有单元过程模型 {name!r}"),
        code="model-unknown",
        where=where,
        hint=hint,
    )
