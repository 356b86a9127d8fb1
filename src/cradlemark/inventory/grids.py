"""Electricity supply of a place for product footprints: which datasets, with which losses, and what one must know."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import attrs

from cradlemark.core.errors import InputError, MissingDataError
from cradlemark.core.language import Text
from cradlemark.core.places import containing, known_place
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.dataset import Status


@attrs.frozen
class GridSupply:
    """Datasets for 1 kWh of electricity from the public network at a place.

    Parameters
    ----------
    location : str
        Dataset id of the average supply (location-based) [per kWh].
    losses : str
        Dataset id of networks and their losses [per kWh delivered]; empty when there is none.
    residual : str
        Dataset id of the residual mix for products; empty when there is none.
    note : Text
        What is known, assumed or missing about it.
    place : str
        Code of the place the datasets are for; it contains the place asked for.
    status : Status
        ``unverified`` when an assumption about the boundary had to be made.
    """

    location: str
    losses: str
    residual: str
    note: Text
    place: str = ""
    status: Status = "unverified"


@cache
def _table() -> tuple[Mapping[str, Mapping[str, Any]], Text]:
    text = (resources.files("cradlemark.inventory") / "datasets" / "grids.toml").read_text("utf-8")
    document = tomllib.loads(text)
    others = document["others"]
    places: dict[str, Mapping[str, Any]] = {
        place: {**others, "location": others["location"].format(place=place.lower())}
        for place in others["places"].split()
    }
    return places | document["places"], Text(**document["fallback"])


def grid_supply(place: str, *, inventory: Inventory) -> GridSupply:
    """Find the electricity supply of a place.

    Parameters
    ----------
    place : str
        Any spelling of a place (``CN``, ``CN-GD``, ``广东省``, ``DE``, ``GLO``).
    inventory : Inventory
        Must hold the datasets that are named for the place.

    Returns
    -------
    GridSupply
        For a part of a country without an entry, the supply of the country; the note says so. A country never falls
        back to its continent or to the world.

    Raises
    ------
    MissingDataError
        ``grid-missing``.
    """
    try:
        wanted = known_place(place)
    except InputError as error:
        raise MissingDataError(
            Text(
                "there is no electricity supply for {place}: {reason}", "没有 {place} 的电力供应：{reason}"
            ).format(place=repr(place), reason=error.message),
            code="grid-missing",
            where=place,
            hint=error.hint,
        ) from error
    entries, fallback = _table()
    country = wanted.partition("-")[0]
    candidates = [wanted, *(code for code in containing(wanted) if code.partition("-")[0] == country)]
    for code in candidates:
        entry = entries.get(code)
        if entry and entry["location"] in inventory:
            return _supply(entry, code, wanted, fallback, inventory)
    raise MissingDataError(
        Text(
            f"there is no electricity dataset for product footprints at {wanted}",
            f"没有 {wanted} 的产品足迹电力数据集",
        ),
        code="grid-missing",
        where=place,
        hint=Text(
            "import a factor for it (cradlemark data import) and name it in the study, or use the place GLO",
            "导入其因子（cradlemark data import）并在研究中指明，或使用地点 GLO",
        ),
    )


def _supply(
    entry: Mapping[str, Any], code: str, wanted: str, fallback: Text, inventory: Inventory
) -> GridSupply:
    note = Text(**entry["note"])
    if code != wanted:
        said = fallback.format(wanted=wanted, found=code)
        note = Text(f"{said.en} {note.en}", f"{said.zh}{note.zh}")
    losses, residual = (entry[name] if entry[name] in inventory else "" for name in ("losses", "residual"))
    return GridSupply(entry["location"], losses, residual, note, code, entry["status"])
