"""A dataset as one row of text, and back; the packaged data, imported tables and the store share this form.

Every value of a row is text. Lists are separated by ``;``, a gas amount is ``gas:origin:mass``, an uncertainty is
``lognormal:gsd``, ``normal:sd``, ``uniform:low:high`` or ``triangular:low:high``, and a pedigree is six digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from operator import itemgetter
from typing import Literal, cast

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution, Kind
from cradlemark.engine.pedigree import Pedigree
from cradlemark.inventory.characterisation import climate_from_gases, gases, gwp_sets
from cradlemark.inventory.dataset import (
    BOUNDARIES,
    DATASET_KINDS,
    ORIGINS,
    STATUSES,
    Climate,
    Dataset,
    DatasetKind,
    GasAmount,
    GwpSet,
    Purpose,
    Source,
    Status,
)

COLUMNS = (
    "id", "name_en", "name_zh", "category", "unit", "calorific_basis", "kgco2e", *ORIGINS, "gwp_set",
    "gases_complete", "gases", "geography", "year", "boundary", "purpose", "kind", "technology", "status", "source",
    "source_place", "url", "licence", "pedigree", "uncertainty", "alternatives", "concepts", "synonyms", "classification",
    "primary_data_share", "note",
)  # fmt: skip
"""Names of the columns of a row, in order."""
_BASES = ("", "net", "gross")
PURPOSES = ("product", "organisation")
SUM_TOLERANCE = 0.02
"""Largest relative difference [1] between a total and its parts; sources round, and some count CH4 as 28."""


class ColumnError(InputError):
    """A value in one column of a row is wrong; `column` names it."""

    def __init__(self, column: str, message: Text, *, code: str, hint: Text = Text()) -> None:
        super().__init__(message, code=code, where=f"column {column}", hint=hint)
        self.column = column


def dataset_from_row(row: Mapping[str, str], *, database: str = "") -> Dataset:
    """Make a dataset from a row of text.

    Parameters
    ----------
    row : mapping of str to str
        Values by column name; a missing column counts as empty.
    database : str
        Name of the database it belongs to.

    Raises
    ------
    ColumnError
        With the name of the column for the first value that is wrong.
    """
    get = row.get
    return Dataset(
        id=_needed(row, "id"),
        name=_name(row),
        category=_needed(row, "category"),
        unit=_needed(row, "unit"),
        climate=climate_from_row(row),
        geography=_needed(row, "geography"),
        year=_year(get("year", "")),
        boundary=_one_of(row, "boundary", BOUNDARIES),
        purpose=cast("Purpose", _one_of(row, "purpose", PURPOSES, default="product")),
        kind=cast("DatasetKind", _one_of(row, "kind", DATASET_KINDS, default="factor")),
        source=Source(_needed(row, "source"), get("source_place", ""), get("url", "")),
        licence=_needed(row, "licence"),
        status=cast("Status", _one_of(row, "status", STATUSES)),
        database=database,
        synonyms=_list(get("synonyms", "")),
        concepts=_list(get("concepts", "")),
        classification=_pairs(get("classification", "")),
        technology=get("technology", ""),
        calorific_basis=cast(
            "Literal['', 'net', 'gross']", _one_of(row, "calorific_basis", _BASES, default="")
        ),
        uncertainty=_distribution(get("uncertainty", "")),
        pedigree=_pedigree(get("pedigree", "")),
        alternatives=_list(get("alternatives", "")),
        note=get("note", ""),
        primary_data_share=_share(get("primary_data_share", "")),
    )


def climate_from_row(row: Mapping[str, str]) -> Climate:
    """Climate values of a row: parts by origin, masses per gas, or one undivided number; checked against each other."""
    gwp_set = cast("GwpSet", _one_of(row, "gwp_set", (*gwp_sets(), "unknown"), default="unknown"))
    complete = _one_of(row, "gases_complete", ("yes", "no"), default="yes") == "yes"
    total = _number(row, "kgco2e")
    parts = [_number(row, origin) for origin in ORIGINS]
    amounts = _gases(row.get("gases", ""))
    _check_gwp(amounts, gwp_set)
    known = any(part is not None for part in parts)
    if known:
        values = [part or 0.0 for part in parts]
        _agree("kgco2e", total, sum(values))
        if amounts and gwp_set != "unknown":
            _agree("gases", climate_from_gases(amounts, gwp_set=gwp_set).total, sum(values))
    elif amounts:
        made = climate_from_gases(amounts, gwp_set="AR6" if gwp_set == "unknown" else gwp_set)
        _agree("kgco2e", total, made.total)
        values, known, gwp_set = list(made.co2e), True, made.gwp_set
    elif total is not None:
        values = [total, 0.0, 0.0, 0.0, 0.0]
    else:
        raise ColumnError(
            "kgco2e",
            Text("there is no climate value", "没有气候影响数值"),
            code="value-missing",
            hint=Text(
                "give kgco2e, the parts by origin, or masses per gas; leave a row out rather than writing 0",
                "给出 kgco2e、按来源的各部分或各气体质量；没有数值的行请删去，不要写 0",
            ),
        )
    return Climate(
        gwp_set, cast("tuple[float, float, float, float, float]", tuple(values)), amounts, known, complete
    )


def _check_gwp(amounts: tuple[GasAmount, ...], gwp_set: str) -> None:
    wanted = "AR6" if gwp_set == "unknown" else gwp_set
    for amount in amounts:
        if wanted not in gases()[amount.gas].gwp:
            raise ColumnError(
                "gases",
                Text(f"{wanted} has no GWP100 of {amount.gas}", f"{wanted} 没有 {amount.gas} 的 GWP100"),
                code="gwp-missing",
                hint=Text("choose another GWP set", "选择其他 GWP 集"),
            )


def _agree(column: str, stated: float | None, computed: float) -> None:
    if stated is None or abs(stated - computed) <= SUM_TOLERANCE * max(abs(stated), abs(computed)) + 1e-12:
        return
    raise ColumnError(
        column,
        Text(
            f"the total {stated:g} and its parts {computed:g} differ by more than {SUM_TOLERANCE:.0%}",
            f"总量 {stated:g} 与各部分之和 {computed:g} 相差超过 {SUM_TOLERANCE:.0%}",
        ),
        code="sum-mismatch",
        hint=Text("check the parts and the GWP set", "检查各部分和 GWP 集"),
    )


def _needed(row: Mapping[str, str], column: str) -> str:
    value = row.get(column, "")
    if not value:
        raise ColumnError(
            column, _empty(column), code="value-missing", hint=Text(f"give {column}", f"填写 {column}")
        )
    return value


def _empty(column: str) -> Text:
    return Text(f"{column} is empty", f"{column} 为空")


def _name(row: Mapping[str, str]) -> Text:
    name = Text(row.get("name_en", ""), row.get("name_zh", ""))
    if not name:
        raise ColumnError(
            "name_en",
            Text("the name is empty", "名称为空"),
            code="value-missing",
            hint=Text("give name_en or name_zh", "给出 name_en 或 name_zh"),
        )
    return name


def _one_of(
    row: Mapping[str, str], column: str, allowed: tuple[str, ...], *, default: str | None = None
) -> str:
    value = row.get(column, "")
    if not value and default is not None:
        return default
    if value not in allowed:
        raise ColumnError(
            column,
            Text(f"{column} is {value!r}", f"{column} 为 {value!r}") if value else _empty(column),
            code="value-unknown" if value else "value-missing",
            hint=Text(
                f"use one of: {', '.join(filter(None, allowed))}",
                f"使用以下之一：{'、'.join(filter(None, allowed))}",
            ),
        )
    return value


def number(text: str) -> float | None:
    """Read a finite number; None for empty text.

    Raises
    ------
    ValueError
        For anything that is no finite number.
    """
    if not text:
        return None
    value = float(text)
    if value - value != 0.0:
        raise ValueError(text)
    return value


def _number(row: Mapping[str, str], column: str) -> float | None:
    text = row.get(column, "")
    try:
        return number(text)
    except ValueError:
        raise ColumnError(
            column,
            Text(f"{text!r} is no number", f"{text!r} 不是数字"),
            code="number-invalid",
            hint=Text("write a plain number such as 4.1", "写普通数字，如 4.1"),
        ) from None


def _year(text: str) -> int | None:
    if not text:
        return None
    if not (text.isdigit() and 1950 <= int(text) <= 2100):
        raise ColumnError(
            "year",
            Text(f"{text!r} is no year", f"{text!r} 不是年份"),
            code="year-invalid",
            hint=Text("write four digits, such as 2024", "写四位数字，如 2024"),
        )
    return int(text)


def _share(text: str) -> float | None:
    value = _number({"primary_data_share": text}, "primary_data_share")
    if value is not None and not 0.0 <= value <= 1.0:
        raise ColumnError(
            "primary_data_share",
            Text(f"{text} is no share", f"{text} 不是份额"),
            code="number-invalid",
            hint=Text("use 0 to 1", "使用 0 至 1"),
        )
    return value


@cache
def _list(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split(";") if item.strip()) if text else ()


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for item in _list(text):
        system, colon, code = item.partition(":")
        if not (colon and system and code):
            raise ColumnError(
                "classification",
                Text(f"{item!r} is no code", f"{item!r} 不是代码"),
                code="value-unknown",
                hint=Text("write system:code, as HS:7408", "写作 体系:代码，如 HS:7408"),
            )
        pairs.append((system.strip(), code.strip()))
    return tuple(pairs)


def _gases(text: str) -> tuple[GasAmount, ...]:
    amounts = []
    for item in _list(text):
        gas, _, rest = item.partition(":")
        origin, _, mass = rest.partition(":")
        if origin not in ORIGINS:
            raise ColumnError(
                "gases",
                Text(f"{item!r} has no origin", f"{item!r} 没有来源"),
                code="value-unknown",
                hint=Text(
                    "write gas:origin:mass, as co2:fossil:3.1", "写作 气体:来源:质量，如 co2:fossil:3.1"
                ),
            )
        value = _number({"gases": mass}, "gases")
        if value is None:
            raise ColumnError(
                "gases",
                Text(f"{item!r} has no mass", f"{item!r} 没有质量"),
                code="value-missing",
                hint=Text("write gas:origin:mass", "写作 气体:来源:质量"),
            )
        if gas not in gases():
            raise ColumnError(
                "gases",
                Text(f"there is no greenhouse gas {gas!r}", f"没有温室气体 {gas!r}"),
                code="gas-unknown",
                hint=Text("use an identifier of the gas table", "使用气体表中的标识符"),
            )
        amounts.append(GasAmount(gas, origin, value))
    return tuple(amounts)


@cache
def _pedigree(text: str) -> Pedigree | None:
    if not text:
        return None
    if len(text) != 6 or not text.isdigit():
        raise ColumnError(
            "pedigree",
            Text(f"{text!r} is no pedigree", f"{text!r} 不是数据质量评分"),
            code="pedigree-invalid",
            hint=Text("six digits from 1 to 5", "六个 1 至 5 的数字"),
        )
    try:
        return Pedigree(*(int(digit) for digit in text))
    except InputError as error:
        raise ColumnError("pedigree", error.message, code=error.code, hint=error.hint) from error


@cache
def _distribution(text: str) -> Distribution | None:
    if not text:
        return None
    kind, _, rest = text.partition(":")
    try:
        values = [float(value) for value in rest.split(":")]
    except ValueError:
        values = []
    try:
        if kind == "lognormal" and len(values) == 1:
            return Distribution("lognormal", gsd=values[0])
        if kind == "normal" and len(values) == 1:
            return Distribution("normal", sd=values[0])
        if kind in {"uniform", "triangular"} and len(values) == 2:
            return Distribution(cast("Kind", kind), low=values[0], high=values[1])
    except InputError as error:
        raise ColumnError("uncertainty", error.message, code=error.code, hint=error.hint) from error
    raise ColumnError(
        "uncertainty",
        Text(f"{text!r} is no uncertainty", f"{text!r} 不是不确定性"),
        code="distribution-invalid",
        hint=Text(
            "write lognormal:1.2, normal:0.3, uniform:2.0:4.5 or triangular:2.0:4.5",
            "写作 lognormal:1.2、normal:0.3、uniform:2.0:4.5 或 triangular:2.0:4.5",
        ),
    )


def row_from_dataset(dataset: Dataset) -> dict[str, str]:
    """The row of text from which `dataset_from_row` makes the same dataset; all columns in order."""
    climate, source = dataset.climate, dataset.source
    by_origin: dict[str, str] = dict.fromkeys(ORIGINS, "")
    if climate.origins_known:
        by_origin = {o: _text(v) if v else "" for o, v in zip(ORIGINS, climate.co2e, strict=True)}
        if not any(by_origin.values()):
            by_origin["fossil"] = "0"
    return {
        "id": dataset.id,
        "name_en": dataset.name.en,
        "name_zh": dataset.name.zh,
        "category": dataset.category,
        "unit": dataset.unit,
        "calorific_basis": dataset.calorific_basis,
        "kgco2e": "" if climate.origins_known else _text(climate.co2e[0]),
        **by_origin,
        "gwp_set": climate.gwp_set,
        "gases_complete": "yes" if climate.gases_complete else "no",
        "gases": ";".join(f"{a.gas}:{a.origin}:{_text(a.mass)}" for a in climate.gases),
        "geography": dataset.geography,
        "year": str(dataset.year or ""),
        "boundary": dataset.boundary,
        "purpose": dataset.purpose,
        "kind": dataset.kind,
        "technology": dataset.technology,
        "status": dataset.status,
        "source": source.document,
        "source_place": source.place,
        "url": source.url,
        "licence": dataset.licence,
        "pedigree": "".join(map(str, dataset.pedigree.scores)) if dataset.pedigree else "",
        "uncertainty": _distribution_text(dataset.uncertainty),
        "alternatives": ";".join(dataset.alternatives),
        "concepts": ";".join(dataset.concepts),
        "synonyms": ";".join(dataset.synonyms),
        "classification": ";".join(f"{system}:{code}" for system, code in dataset.classification),
        "primary_data_share": "" if dataset.primary_data_share is None else _text(dataset.primary_data_share),
        "note": dataset.note,
    }


def _text(value: float) -> str:
    return repr(value).removesuffix(".0")


def _distribution_text(distribution: Distribution | None) -> str:
    if distribution is None:
        return ""
    values = (distribution.gsd, distribution.sd, distribution.low, distribution.high)
    return ":".join([distribution.kind, *(_text(v) for v in values if v is not None)])


def digest_of(datasets: Iterable[Dataset]) -> str:
    """``sha256:...`` over the canonical JSON (RFC 8785) of the rows, sorted by id.

    The rows hold text only, for which sorted, compact JSON without escapes beyond the needed ones is the canonical
    form; so the digest does not depend on how the file was written.
    """
    rows = sorted((row_from_dataset(dataset) for dataset in datasets), key=itemgetter("id"))
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
