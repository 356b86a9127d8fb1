"""Ask a supplier for the data of one material by a link; what comes back is taken into the study by its practitioner."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from cradlemark.core.errors import InputError, NotFoundError, StateError, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.readers.study_document import Decoder
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.schema import study_schema
from cradlemark.product.study import Component, Material
from cradlemark.product.writers.study_toml import write_study_toml
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import Study, SupplierRequest, Version
from cradlemark.registry.studies.save import latest, save
from cradlemark.registry.writing import writing

LONGEST_DAYS = 90
"""Longest time that a link holds [d]."""
ASKED = ("amount", "recycled_content", "origin")
"""Fields of the material that a supplier may state."""
LONGEST_REMARK, LONGEST_NUMBER, LONGEST_MATERIAL = 2000, 200, 400


@attrs.frozen
class Asked:
    """A material of the study that a supplier can be asked about."""

    part_number: str
    part: str
    material: str
    supplier: str


def materials_of(document: str) -> list[Asked]:
    """Materials of a study, each with the supplier that it names."""
    return list(_materials(parse_study_toml(document).components))


def _materials(components: Sequence[Component]) -> list[Asked]:
    found: list[Asked] = []
    for component in components:
        name = component.name.zh or component.name.en
        found += [Asked(component.part_number, name, one.text, one.supplier) for one in component.materials]
        found += _materials(component.children)
    return found


def ask(
    study: Study, asked: Asked, *, supplier: str, message: str, days: int, by: Actor, time: datetime.datetime
) -> tuple[SupplierRequest, str]:
    """Make a request; the token of its link is returned once and not kept.

    Raises
    ------
    InputError
        ``field-missing`` without a supplier, ``value-range`` for a time that is not 1 to 90 days, ``text-too-long`` for a
        line whose part number or material has no room.
    """
    if not supplier.strip():
        raise InputError(
            Text("the request names no supplier", "请求中没有供应商名称"),
            code="field-missing",
            where="supplier",
            hint=Text("name it", "请填写名称"),
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise InputError(
            Text(f"a link holds 1 to {LONGEST_DAYS} days", f"链接的有效期为 1 至 {LONGEST_DAYS} 天"),
            code="value-range",
            where="days",
            hint=Text("choose fewer days", "请选择较少的天数"),
        )
    for text, most in ((asked.part_number, LONGEST_NUMBER), (asked.material, LONGEST_MATERIAL)):
        if len(text) > most:
            raise InputError(
                Text(f"{text[:40]!r}... has {len(text):,} characters", f"{text[:40]!r}……有 {len(text):,} 个字符"), code="text-too-long",
                where="line", hint=Text(f"shorten it in the study, to at most {most}", f"请在研究中缩短，至多 {most} 个字符"),
            )  # fmt: skip
    token = secrets.token_urlsafe(32)
    with writing():
        made = SupplierRequest.objects.create(
            study=study, author=by.user, time=time, expires=time + datetime.timedelta(days=days),
            supplier=supplier.strip()[:200], part_number=asked.part_number, material=asked.material,
            message=message.strip()[:2000], token=_hashed(token),
        )  # fmt: skip
        record("studies:request:ask", str(made.pk), by=by, time=time, detail={"supplier": made.supplier})
    return made, token


def by_token(token: str, *, time: datetime.datetime) -> SupplierRequest:
    """The request of a link.

    Raises
    ------
    NotFoundError
        ``request-invalid`` for a link that is not known, has expired, or was answered; which of them is not told.
    """
    found = SupplierRequest.objects.filter(token=_hashed(token), expires__gt=time, answered=None).first()
    if found is None:
        raise NotFoundError(
            Text("this link is not valid", "此链接无效"),
            code="request-invalid",
            hint=Text("ask for a new link", "请索取新链接"),
        )
    return found


def answer(token: str, sent: Mapping[str, str], *, time: datetime.datetime) -> SupplierRequest:
    """Keep what a supplier states; the link is used up.

    Raises
    ------
    NotFoundError
        ``request-invalid``
    InputErrors
        Values that cannot be read, all at once.
    """
    stated = {key: sent.get(key, "").strip() for key in ASKED}
    kept: dict[str, str] = {key: text for key, text in stated.items() if text}
    _read(kept)
    if not kept:
        raise InputError(
            Text("no value is stated", "没有填写任何数值"),
            code="field-missing",
            where="amount",
            hint=Text("state one at least", "请至少填写一项"),
        )
    kept |= {
        "who": sent.get("who", "").strip()[:200],
        "remark": sent.get("remark", "").strip()[:LONGEST_REMARK],
    }
    with writing():
        found = SupplierRequest.objects.select_for_update().get(pk=by_token(token, time=time).pk)
        if found.answer is not None:
            raise NotFoundError(
                Text("this link is not valid", "此链接无效"),
                code="request-invalid",
                hint=Text("ask for a new link", "请索取新链接"),
            )
        found.answer, found.answered = kept, time
        found.save(update_fields=["answer", "answered"])
        record(
            "studies:request:answer", str(found.pk), by=None, time=time, detail={"supplier": found.supplier}
        )
    return found


def use_answer(found: SupplierRequest, *, by: Actor, time: datetime.datetime) -> Version:
    """Take an answer into a new version of the study.

    Raises
    ------
    StateError
        ``request-invalid`` for one that is open or was used.
    InputErrors
        What the study cannot take.
    """
    if found.answer is None or found.version_id is not None:
        raise StateError(
            Text("there is no answer to use", "没有可用的答复"),
            code="request-invalid",
            hint=Text("wait for the answer", "请等待答复"),
        )
    before = latest(found.study)
    study = parse_study_toml(before.document)
    components, count = _changed(study.components, found)
    if not count:
        raise StateError(
            Text(f"the study has no {found.material!r} in {found.part_number} any more", f'研究的 {found.part_number} 中已没有 {found.material!r}'), code="request-invalid",
            hint=Text("put the values in by hand", '请手工填入数值'),
        )  # fmt: skip
    document = write_study_toml(attrs.evolve(study, components=components))
    parse_study_toml(document)
    with writing():
        version = save(found.study, document, seen=before.number, by=by, time=time)
        found.version = version
        found.save(update_fields=["version"])
        record("studies:request:use", str(found.pk), by=by, time=time, detail={"version": version.number})
    return version


def _read(stated: Mapping[str, str]) -> dict[str, Any]:
    table, decoder = study_schema()["Material"], Decoder()
    found = {key: decoder.field(table.by_key[key], stated[key], (key,)) for key in ASKED if key in stated}
    raise_if_any(decoder.problems)
    return found


def _changed(components: Sequence[Component], found: SupplierRequest) -> tuple[tuple[Component, ...], int]:
    changed: list[Component] = []
    count = 0
    for component in components:
        children, below = _changed(component.children, found)
        materials = component.materials
        if component.part_number == found.part_number:
            fits = [one.text == found.material for one in materials]
            below += sum(fits)
            materials = tuple(
                _stated(one, found) if fit else one for one, fit in zip(materials, fits, strict=True)
            )
        count += below
        changed.append(attrs.evolve(component, children=children, materials=materials))
    return tuple(changed), count


def _stated(material: Material, found: SupplierRequest) -> Material:
    given: dict[str, str] = found.answer or {}
    day = found.answered.date().isoformat() if found.answered else ""
    source = f"{found.supplier}, {given.get('who', '')}, {day}: {given.get('remark', '')}".strip(" :")
    note = "; ".join(part for part in (material.note, source) if part)
    return attrs.evolve(material, **_read(given), supplier=found.supplier, note=note)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
