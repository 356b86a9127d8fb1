"""A bill of materials on its way into a study: upload, columns, matches, and the version that it becomes."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.errors import InputError, StateError, raise_if_any
from cradlemark.core.language import Language, Text
from cradlemark.product.readers.study_document import NOTHING, Decoder
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.schema import study_schema
from cradlemark.product.study import Choice, Component, Study
from cradlemark.product.writers.starter import starter_toml
from cradlemark.product.writers.study_toml import write_study_toml
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import BillImport, Product, Version
from cradlemark.registry.studies.models import Study as StudyRow
from cradlemark.registry.studies.reading import file_name, read_limited
from cradlemark.registry.studies.save import begin, latest, save
from cradlemark.registry.writing import writing


def upload(
    name: str, content: bytes, *, by: Actor, time: datetime.datetime, study: StudyRow | None = None
) -> BillImport:
    """Read an uploaded bill of materials and keep it.

    Raises
    ------
    InputError, InputErrors
        When the file cannot be read at all; single bad rows are in ``reading["problems"]``.
    """
    reading = read_limited("bill", name, content)
    with writing():
        kept = BillImport.objects.create(
            organisation=by.organisation, study=study, author=by.user, time=time, name=file_name(name),
            content=content, digest=f"sha256:{hashlib.sha256(content).hexdigest()}", reading=reading,
        )  # fmt: skip
        record("studies:import:upload", str(kept.pk), by=by, time=time, detail={"digest": kept.digest})
    return kept


def read_again(
    kept: BillImport, mapping: Mapping[str, Any], *, sheet: str, by: Actor, time: datetime.datetime
) -> BillImport:
    """Read the kept file with other columns.

    Raises
    ------
    InputError, InputErrors
        What is wrong with the mapping; the former reading stays.
    """
    refuse_applied(kept)
    kept.reading = read_limited("bill", kept.name, bytes(kept.content), mapping=mapping, sheet=sheet)
    with writing():
        kept.save(update_fields=["reading"])
        record("studies:import:columns", str(kept.pk), by=by, time=time)
    return kept


def choose(kept: BillImport, chosen: Mapping[str, str], *, by: Actor, time: datetime.datetime) -> BillImport:
    """Take datasets for texts of the bill; an empty dataset takes the choice back."""
    refuse_applied(kept)
    with writing():
        kept.refresh_from_db(fields=["choices"])
        kept.choices = {text: dataset for text, dataset in {**kept.choices, **chosen}.items() if dataset}
        kept.save(update_fields=["choices"])
        record("studies:import:choose", str(kept.pk), by=by, time=time, detail={"texts": len(chosen)})
    return kept


def refuse_applied(kept: BillImport) -> None:
    """Refuse to change what is in a study already.

    Raises
    ------
    StateError
        ``import-applied``
    """
    if kept.version_id is not None:
        raise StateError(
            Text("this bill of materials is in its study already", '此物料清单已在其研究中'), code="import-applied",
            hint=Text("change the study, or upload the file anew", '请修改研究，或重新上传文件'),
        )  # fmt: skip


def components_of(kept: BillImport) -> tuple[Component, ...]:
    """Components of a bill as it was read last.

    Raises
    ------
    InputErrors
        Everything that a study cannot take.
    """
    decoder = Decoder()
    field = study_schema()["Study"].by_key["components"]
    found = decoder.field(field, kept.reading.get("components", []), ("components",))
    raise_if_any(decoder.problems)
    if found is NOTHING or not found:
        raise InputError(
            Text("the bill has no line that can be used", '清单中没有可用的行'), code="bom-empty", where=kept.name,
            hint=Text("say which columns hold part, quantity and mass", '请指明零件、数量和质量所在的列'),
        )  # fmt: skip
    assert isinstance(found, tuple)
    return found


def apply(kept: BillImport, *, name: Text, language: Language, by: Actor, time: datetime.datetime) -> Version:
    """Make a version of a study of what was read and chosen; without a study, product and study are begun.

    Raises
    ------
    InputErrors
        What does not fit together in the study.
    StateError
        ``import-applied``, ``study-newer``
    """
    with writing():
        kept = BillImport.objects.select_for_update().get(pk=kept.pk)
        refuse_applied(kept)
        if kept.study is None:
            version = _begun(kept, name, language, by, time)
        else:
            before = latest(kept.study)
            document = _merged(parse_study_toml(before.document), kept, by, time)
            version = save(kept.study, document, seen=before.number, by=by, time=time)
        kept.version, kept.content = version, b""
        kept.save(update_fields=["version", "content"])
        record("studies:import:apply", str(kept.pk), by=by, time=time, detail={"study": version.study_id})
    return version


def _begun(kept: BillImport, name: Text, language: Language, by: Actor, time: datetime.datetime) -> Version:
    if not name:
        raise InputError(
            Text("the product has no name", "产品没有名称"),
            code="field-missing",
            where="name",
            hint=Text("give it a name", "请填写名称"),
        )
    document = starter_toml(
        f"study-{kept.pk}", year=time.year - 1, language=language, components=components_of(kept), title=name
    )
    study = parse_study_toml(document)
    if kept.choices:
        document = write_study_toml(attrs.evolve(study, choices=_choices(study, kept, by, time)))
        parse_study_toml(document)
    product = Product.objects.create(organisation=by.organisation, name_en=name.en, name_zh=name.zh)
    return begin(product, document, by=by, time=time)


def _merged(study: Study, kept: BillImport, by: Actor, time: datetime.datetime) -> str:
    changed = attrs.evolve(study, components=components_of(kept), choices=_choices(study, kept, by, time))
    document = write_study_toml(changed)
    parse_study_toml(document)
    return document


def _choices(study: Study, kept: BillImport, by: Actor, time: datetime.datetime) -> tuple[Choice, ...]:
    others = tuple(choice for choice in study.choices if choice.text.strip() not in kept.choices)
    chosen = (
        Choice(text=text, dataset=dataset, confirmed_by=str(by.user), confirmed_on=time.date())
        for text, dataset in kept.choices.items()
    )
    return (*others, *chosen)


def drop(kept: BillImport, *, by: Actor, time: datetime.datetime) -> None:
    """Throw an import away; what is in a study stays."""
    refuse_applied(kept)
    with writing():
        record("studies:import:drop", str(kept.pk), by=by, time=time, detail={"digest": kept.digest})
        kept.delete()
