"""Parametric unit-process models: energy, auxiliaries, emissions and scrap of one good part."""

from cradlemark.product.models.materials import find_material
from cradlemark.product.models.model import Model, ModelInput
from cradlemark.product.models.outputs import EnergyFlow, GasEmission, MaterialFlow, ProcessResult
from cradlemark.product.models.plausibility import EnergyCheck, check_energy, plausibility
from cradlemark.product.models.registry import MODELS, find_model

__all__ = [
    "MODELS",
    "EnergyCheck",
    "EnergyFlow",
    "GasEmission",
    "MaterialFlow",
    "Model",
    "ModelInput",
    "ProcessResult",
    "check_energy",
    "find_material",
    "find_model",
    "plausibility",
]
