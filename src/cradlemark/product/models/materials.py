"""Material properties for the unit-process models, found by id or by the name a user writes."""

from __future__ import annotations

import tomllib
import unicodedata
from functools import cache
from importlib import resources

import attrs
from rapidfuzz import process

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text, text_of
from cradlemark.product.models.constants import constant
from cradlemark.product.models.heat import enthalpy_rise, melt_enthalpy

_TEXT_FIELDS = frozenset({"name", "synonyms", "status", "source"})
_PROCESS_TEMPERATURES = ("melt_temperature", "casting_temperature", "forging_temperature")


@attrs.frozen
class MaterialProperties:
    """Properties of one material, in the units of ``materials.toml``.

    Parameters
    ----------
    properties : tuple of (name, value)
        Only what is known; a property that is not there is unknown, not zero.
    """

    id: str
    name: Text
    synonyms: tuple[str, ...]
    properties: tuple[tuple[str, float], ...]
    status: str
    source: str

    def get(self, name: str) -> float | None:
        """Return a property, or None when it is not known."""
        return dict(self.properties).get(name)


@cache
def materials() -> tuple[MaterialProperties, ...]:
    """Return all packaged materials."""
    text = resources.files("cradlemark.product.models").joinpath("materials.toml").read_text(encoding="utf-8")
    return tuple(
        MaterialProperties(
            id=id_,
            name=text_of(row["name"]),
            synonyms=tuple(row["synonyms"]),
            properties=tuple((key, float(value)) for key, value in row.items() if key not in _TEXT_FIELDS),
            status=row["status"],
            source=row["source"],
        )
        for id_, row in tomllib.loads(text).items()
    )


def _key(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("_", " ").split())


@cache
def _by_key() -> dict[str, MaterialProperties]:
    found: dict[str, MaterialProperties] = {}
    for material in materials():
        for text in (material.id, material.name.en, material.name.zh, *material.synonyms):
            found.setdefault(_key(text), material)
    return found


def find_material(text: str) -> MaterialProperties | None:
    """Return the material a text names exactly (id, name or synonym, in English or Chinese), or None."""
    return _by_key().get(_key(text))


def material_properties(text: str, *, where: str = "") -> MaterialProperties:
    """Return the material a text names.

    Raises
    ------
    NotFoundError
        Unknown; the hint names the nearest ones.
    """
    found = find_material(text)
    if found:
        return found
    near = [match[0] for match in process.extract(_key(text), _by_key().keys(), limit=3, score_cutoff=60)]
    hint = Text(
        f"did you mean {', '.join(near)}?" if near else "give the properties as inputs of the model",
        f"是否指 {'、'.join(near)}？" if near else "把性质作为模型的输入给出",
    )
    message = Text(f"there are no material properties for {text!r}", f"没有 {text!r} 的材料性质")
    raise NotFoundError(message, code="material-unknown", where=where, hint=hint)


def heating_minimum(material: MaterialProperties, *, temperature: float | None = None) -> float:
    """Return the least heat that brings 1 kg to its process temperature [MJ/kg].

    Parameters
    ----------
    material : MaterialProperties
    temperature : float, optional
        [degC]; melt, casting or forging temperature of the material when not given.

    Notes
    -----
    ``cp ΔT`` below the melting temperature, ``cp ΔT + L + cp_l ΔT_sup`` above it, ``cp ΔT + x_c H_f`` for polymers.

    Raises
    ------
    NotFoundError
        A property that the formula needs is not known.
    """
    ambient = constant("ambient_temperature")
    known = dict(material.properties)
    usual = next((known[name] for name in _PROCESS_TEMPERATURES if name in known), None)
    target = usual if temperature is None else temperature
    if target is None or "specific_heat" not in known:
        raise NotFoundError(
            Text(
                f"process temperature or specific heat of {material.id} is not known",
                f"{material.id} 的加工温度或比热未知",
            ),
            code="property-unknown",
        )
    if "fusion_heat" in known:
        rise = melt_enthalpy(
            specific_heat=known["specific_heat"],
            temperature=target,
            ambient=ambient,
            crystalline_share=known["crystalline_share"],
            fusion_heat=known["fusion_heat"],
        )
        return float(rise) / 1000.0
    rise = enthalpy_rise(
        specific_heat=known["specific_heat"],
        temperature=target,
        ambient=ambient,
        melting_temperature=known.get("melting_temperature", float("inf")),
        latent_heat=known.get("latent_heat", 0.0),
        liquid_specific_heat=known.get("liquid_specific_heat", 0.0),
    )
    return float(rise) / 1000.0
