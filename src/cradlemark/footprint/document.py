"""The footprint as a JSON document: published schema, digest, byte-identical when recomputed, and back."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import attrs

from cradlemark.core.canonical import digest_bytes, read_json
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.core.system_reasons import system_reason
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.inventory.characterisation import gwp_sets
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.study import STAGES

SCHEMA = "cradlemark-footprint/1"
LARGEST = 500_000_000
"""Largest result document that is read [bytes]."""
_EMPTY = b'"digest":""'
"""Stands in the bytes whose digest is taken, where the digest itself will stand."""


def to_document(footprint: Footprint) -> dict[str, Any]:
    """Return the document: the footprint's fields and its totals by stage and origin.

    Datasets and links stand once, in tables of their own; lines name them by id and text. The totals are made from
    the lines and repeated for readers that do not add up; every number is in kg CO2e per declared unit unless its
    name says otherwise.
    """
    document: dict[str, Any] = _plain(attrs.evolve(footprint, lines=()))
    datasets = {line.dataset.id: line.dataset for line in footprint.lines if line.dataset}
    links = {
        _link_key(line.link.text, line.dataset.id): line.link
        for line in footprint.lines
        if line.link and line.dataset
    }
    document["datasets"] = {key: _plain(use) for key, use in datasets.items()}
    document["links"] = {key: _plain(link) for key, link in links.items()}
    document["lines"] = [_line(line) for line in footprint.lines]
    return {"schema": SCHEMA, **document, "totals": totals(footprint)}


def _line(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {name: getattr(line, name) for name in _fields(Line)}
    row["label"] = {"en": line.label.en, "zh": line.label.zh}
    row["factors"] = [
        {"name": factor.name, "value": float(factor.value), "unit": factor.unit, "path": factor.path}
        for factor in line.factors
    ]
    row["dataset"] = line.dataset.id if line.dataset else None
    row["link"] = _link_key(line.link.text, line.dataset.id) if line.link and line.dataset else None
    return row


def _link_key(text: str, dataset: str) -> str:
    return f"{text} -> {dataset}"


def totals(footprint: Footprint) -> dict[str, Any]:
    """Totals of a footprint [kg CO2e per declared unit], on both electricity bases."""
    result: dict[str, Any] = {
        "origins": list(ORIGINS),
        "cradle_to_gate": footprint.cradle_to_gate,
        "life_cycle": footprint.life_cycle if footprint.subject.boundary == "cradle_to_grave" else None,
        "beyond_boundary": footprint.beyond_boundary,
        "total": footprint.total,
    }
    for basis in ("location", "market"):
        by_stage = footprint.by_stage(basis=basis)
        result[f"{basis}_based"] = {
            stage: [by_stage[stage][origin] for origin in ORIGINS] for stage in STAGES
        }
    return result


def seal(footprint: Footprint) -> tuple[Footprint, bytes]:
    """Return the footprint with its digest, and its document as bytes.

    The bytes are UTF-8 JSON with sorted keys and no spaces, the same for the same footprint; the digest is the SHA-256
    of these bytes with an empty ``digest`` field.
    """
    document = to_document(attrs.evolve(footprint, digest=""))
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False, separators=(",", ":"))
    data = text.encode() + b"\n"
    stated = digest_bytes(data)
    return attrs.evolve(footprint, digest=stated), data.replace(_EMPTY, f'"digest":"{stated}"'.encode(), 1)


def to_bytes(footprint: Footprint) -> bytes:
    """Return the sealed document of a footprint."""
    return seal(footprint)[1]


def from_bytes(data: bytes, *, where: str = "") -> Footprint:
    """Read a document and check its digest.

    Raises
    ------
    InputError
        ``result-unreadable`` when it is not such a document.
    TrustError
        ``result-changed`` when its content does not match its digest.
    """
    if len(data) > LARGEST:
        raise _unreadable(Text("it is larger than any result", "比任何结果都大"), where)
    try:
        document = read_json(data, where=where)
    except InputError as error:
        raise _unreadable(error.message, where) from None
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise _unreadable(Text(f"it is not a {SCHEMA} document", f"不是 {SCHEMA} 文档"), where)
    stated = str(document.pop("digest", ""))
    if digest_bytes(data.replace(f'"digest":"{stated}"'.encode(), _EMPTY, 1)) != stated:
        raise TrustError(
            Text(
                "the result was changed after it was calculated: its digest does not match",
                "结果在计算后被改动：其摘要不符",
            ),
            code="result-changed",
            where=where,
            hint=Text("calculate it again from the study", "由研究重新计算"),
        )
    footprint = _structured(document, stated, where)
    wrong = next(_inconsistencies(footprint, data), None)
    if wrong:
        raise _unreadable(wrong, where)
    return footprint


def _inconsistencies(footprint: Footprint, data: bytes) -> Iterator[Text]:
    """Give what does not follow from the lines' own factors; anybody can put a fitting digest under a wrong result."""
    if footprint.draws < 0 or footprint.seed < 0:
        yield Text("draws and seed are never below 0", "抽样次数和种子不能小于 0")
    if footprint.gwp_set not in gwp_sets():
        yield Text(
            f"there is no GWP set {footprint.gwp_set[:20]!r}", f"没有 GWP 集 {footprint.gwp_set[:20]!r}"
        )
    for line in footprint.lines:
        if len(line.intensity) != len(ORIGINS) or len(line.climate) != len(ORIGINS):
            yield Text(
                f"line {line.path[:80]} has no number for each origin",
                f"行 {line.path[:80]} 没有各来源的数值",
            )
        elif line.climate != tuple(line.amount * value for value in line.intensity):
            yield Text(
                f"the climate effect of line {line.path[:80]} is not amount times intensity",
                f"行 {line.path[:80]} 的气候影响不等于数量乘强度",
            )
        elif not math.isclose(line.amount, math.prod(factor.value for factor in line.factors), rel_tol=1e-9):
            yield Text(
                f"the amount of line {line.path[:80]} is not the product of its factors",
                f"行 {line.path[:80]} 的数量不等于各因子之积",
            )
    try:
        again = to_bytes(footprint)
    except (ArithmeticError, ValueError):
        again = b""
    if again != data:
        yield Text(
            "a field is of the wrong kind, or the totals are not the sums of the lines",
            "某字段类型不对，或合计不等于各行之和",
        )


def read_result(path: Path) -> Footprint:
    """Read a result from a file, or from ``result.json`` in a folder."""
    file = path / "result.json" if path.is_dir() else path
    try:
        data = file.read_bytes()
    except OSError as error:
        raise InputError(
            Text("cannot read {file}: {reason}", "无法读取 {file}：{reason}").format(
                file=file, reason=system_reason(error)
            ),
            code="file-unreadable",
            where=str(path),
            hint=Text(
                "make a result with: cradlemark footprint STUDY --output FOLDER",
                "用以下命令生成结果：cradlemark footprint STUDY --output FOLDER",
            ),
        ) from None
    return from_bytes(data, where=str(file))


@cache
def schema() -> dict[str, Any]:
    """Return the published JSON Schema of the document."""
    text = resources.files("cradlemark.footprint").joinpath("result.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(kind))


def _plain(value: Any) -> Any:
    """Values as JSON knows them: attrs values as objects, tuples as lists."""
    kind = type(value)
    if kind in {str, float, int, bool, type(None)}:
        return value
    if kind in {tuple, list}:
        return [_plain(item) for item in value]
    if isinstance(value, float):  # a number of an array
        return float(value)
    return {name: _plain(getattr(value, name)) for name in _fields(kind)}  # type: ignore[arg-type]


def _structured(document: dict[str, Any], stated: str, where: str) -> Footprint:
    import cattrs

    converter = cattrs.Converter(forbid_extra_keys=True)
    try:
        del document["schema"], document["totals"]
        tables = document.pop("datasets"), document.pop("links")
        lines = list(_joined(document["lines"], *tables))
        return converter.structure({**document, "lines": lines, "digest": stated}, Footprint)
    except (
        cattrs.BaseValidationError,
        TypeError,
        ValueError,
        LookupError,
        ArithmeticError,
        AttributeError,
    ) as error:
        raise _unreadable(
            Text(
                f"a field is missing or of the wrong kind ({type(error).__name__})",
                f"某字段缺失或类型不对（{type(error).__name__}）",
            ),
            where,
        ) from error


def _joined(lines: Any, datasets: Any, links: Any) -> Iterable[dict[str, Any]]:
    for line in lines:
        dataset, link = line["dataset"], line["link"]
        yield {
            **line,
            "dataset": None if dataset is None else datasets[dataset],
            "link": None if link is None else links[link],
        }


def _unreadable(why: Text, where: str) -> InputError:
    return InputError(
        Text("the result cannot be read: {why}", "无法读取结果：{why}").format(why=why),
        code="result-unreadable",
        where=where,
        hint=Text(
            "give the result.json that cradlemark footprint wrote",
            "给出 cradlemark footprint 写出的 result.json",
        ),
    )
