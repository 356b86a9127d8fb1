"""Recompute a bundle offline and compare with what was sealed, digit by digit."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import attrs
import cattrs
import numpy as np

from cradlemark import __version__
from cradlemark.core.canonical import digest
from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.tracking import RecordedBackground, RecordedFinder
from cradlemark.footprint.calculate import Model
from cradlemark.footprint.document import from_bytes
from cradlemark.footprint.footprint import Footprint
from cradlemark.inventory.database import BackgroundSample, Database, Inventory
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching import Match, Query
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.rules.reader import read_pack

NEEDED = ("study.toml", "rules.json", "matches.json", "datasets.json", "result.json")
PASSED_OVER = frozenset({"digest", "software"})
"""Fields that differ with the version of the program alone."""


@attrs.frozen
class Outcome:
    """What a recomputation found.

    Parameters
    ----------
    identical : bool
        Whether the bytes are the same.
    equal : bool
        Whether all values are the same; another version of the program may have written them.
    difference : str
        The first value that differs, with its place; empty when none does.
    stated : Footprint
        As it was sealed.
    software : tuple of str
        Version that sealed, version that recomputed.
    """

    identical: bool
    equal: bool
    difference: str
    stated: Footprint
    software: tuple[str, str]


def recompute(bundle: Bundle) -> Outcome:
    """Calculate the study of a bundle from nothing but the bundle.

    Raises
    ------
    InputError
        ``bundle-unreadable`` when a part is missing or of the wrong kind.
    """
    _refuse_partial(bundle)
    try:
        document = _calculated(bundle)
    except (cattrs.BaseValidationError, KeyError, TypeError, ValueError, binascii.Error) as error:
        if isinstance(error, CradlemarkError):
            raise
        raise _unreadable(
            Text(
                f"a part is of the wrong kind ({type(error).__name__})",
                f"某部分的类型不对（{type(error).__name__}）",
            )
        ) from error
    sealed = bundle.parts["result.json"]
    difference = next(_differences(json.loads(sealed), json.loads(document), "result"), "")
    return Outcome(
        document == sealed, not difference, difference, from_bytes(sealed, where="result.json"),
        (str(bundle.manifest.get("software", "")), __version__),
    )  # fmt: skip


def bundle_model(bundle: Bundle) -> tuple[Model, RecordedFinder]:
    """Return the study of a bundle, ready to be calculated from the bundle alone, and the matches of that time.

    Raises
    ------
    InputError
        ``bundle-unreadable`` when a part is missing or of the wrong kind.
    """
    _refuse_partial(bundle)
    try:
        return _model(bundle)
    except (cattrs.BaseValidationError, KeyError, TypeError, ValueError, binascii.Error) as error:
        if isinstance(error, CradlemarkError):
            raise
        raise _unreadable(
            Text(
                f"a part is of the wrong kind ({type(error).__name__})",
                f"某部分的类型不对（{type(error).__name__}）",
            )
        ) from error


def _refuse_partial(bundle: Bundle) -> None:
    if bundle.redacted:
        raise _unreadable(
            Text("lines of it are hidden", "其中部分行已隐藏"),
            hint=Text("ask the holder for the whole one", "向持有人索取完整的研究包"),
        )
    for name in NEEDED:
        if name not in bundle.parts:
            raise _unreadable(Text(f"the part {name} is missing", f"缺少部分 {name}"))


def sealed_draws(bundle: Bundle) -> tuple[int, int]:
    """Number and seed of the draws that a bundle was sealed with.

    Raises
    ------
    InputError
        ``bundle-unreadable``
    """
    draws, seed = bundle.manifest.get("draws"), bundle.manifest.get("seed")
    if not isinstance(draws, int) or not isinstance(seed, int):
        raise _unreadable(Text("its manifest does not say how many draws were made", "其清单未说明抽样次数"))
    return draws, seed


def _calculated(bundle: Bundle) -> bytes:
    draws, seed = sealed_draws(bundle)
    return _model(bundle)[0].calculate(draws=draws, seed=seed).document


def _model(bundle: Bundle) -> tuple[Model, RecordedFinder]:
    about, parts = bundle.manifest, bundle.parts
    rules = json.loads(parts["rules.json"])
    pack = read_pack(rules, digest=digest(rules), where="rules.json")
    if pack.digest != about["rule_pack"]:
        raise _unreadable(Text("the rule pack is not the one of the manifest", "规则包与清单中的不同"))
    study = parse_study_toml(parts["study.toml"])
    inventory = Inventory(tuple(_database(table) for table in json.loads(parts["datasets.json"])))
    finder = RecordedFinder(dict(_answers(json.loads(parts["matches.json"]))))
    return Model.of(study, inventory, finder, pack, scenario=str(about["scenario"])), finder


def _answers(rows: list[dict[str, Any]]) -> Iterator[tuple[Query, Match | None]]:
    for row in rows:
        match = row["match"]
        yield (
            _converter().structure(row["query"], Query),
            _converter().structure(match, Match) if match else None,
        )


def _database(table: Mapping[str, Any]) -> Database:
    datasets = [_converter().structure(item, Dataset) for item in table["datasets"]]
    background = None
    if table["computed"]:
        background = RecordedBackground(_sample(table["sample"]))
    return Database(
        table["id"], table["version"], table["digest"], table["licence"], table["source"],
        {item.id: item for item in datasets}, background,
    )  # fmt: skip


def _sample(table: Mapping[str, Any] | None) -> BackgroundSample:
    if table is None:
        return BackgroundSample({}, {})
    ratios = {
        key: np.frombuffer(base64.b64decode(text, validate=True), "<f8").astype(np.float64)
        for key, text in table["ratios"].items()
    }
    return BackgroundSample(ratios, table["gsd"], table["seed"], table["count"], table["refused"])


def _differences(stated: Any, found: Any, where: str) -> Iterator[str]:
    if isinstance(stated, dict) and isinstance(found, dict):
        for key in sorted({*stated, *found} - PASSED_OVER):
            yield from _differences(stated.get(key), found.get(key), f"{where}.{key}")
    elif isinstance(stated, list) and isinstance(found, list) and len(stated) == len(found):
        for place, (one, other) in enumerate(zip(stated, found, strict=True)):
            yield from _differences(one, other, f"{where}[{place}]")
    elif stated != found:
        yield f"{where}: sealed {str(stated)[:80]}, recomputed {str(found)[:80]}"


@cache
def _converter() -> cattrs.Converter:
    return cattrs.Converter(forbid_extra_keys=True)


def _unreadable(why: Text, *, hint: Text = Text("get it anew", "重新获取")) -> InputError:
    return InputError(
        Text("the bundle cannot be recomputed: {why}", "无法复算该研究包：{why}").format(why=why),
        code="bundle-unreadable", hint=hint,
    )  # fmt: skip
