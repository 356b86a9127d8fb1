"""Save a study, and go back to an earlier version of it."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import Product, Study, Version
from cradlemark.registry.writing import writing


def begin(product: Product, document: str, *, by: Actor, time: datetime.datetime) -> Version:
    """Begin a study of a product with a first version."""
    with writing():
        study = Study.objects.create(product=product, begun=time)
        record("studies:study:begin", str(study.pk), by=by, time=time)
        return Version.objects.create(study=study, number=1, document=document, author=by.user, time=time)


def save(
    study: Study, document: str, *, seen: int, by: Actor, time: datetime.datetime, restores: int | None = None
) -> Version:  # fmt: skip
    """Save a new version.

    Parameters
    ----------
    document : str
        Study document (TOML).
    seen : int
        Number of the version that was changed.
    restores : int, optional
        Number of the version that is brought back.

    Raises
    ------
    StateError
        ``study-newer`` when somebody else has saved in between; nothing is overwritten.
    """
    with writing():
        last = latest(study)
        if last.number != seen:
            raise StateError(
                Text(f"the study was saved in between: version {last.number}, not {seen}", f"研究在此期间已被保存：版本 {last.number}，而不是 {seen}"), code="study-newer",
                where=f"study {study.pk}", hint=Text("open the newest version and make the change again", "打开最新版本后再次修改"),
            )  # fmt: skip
        if last.document == document:
            return last
        return Version.objects.create(
            study=study, number=seen + 1, document=document, author=by.user, time=time, restores=restores
        )


def undo(study: Study, *, seen: int, by: Actor, time: datetime.datetime) -> Version:
    """Go back one change; an undone change can be brought back by undoing to its version.

    Raises
    ------
    StateError
        ``nothing-to-undo``, ``study-newer``
    """
    before = _before(study, seen)
    if before is None:
        raise StateError(
            Text("there is no earlier version", "没有更早的版本"),
            code="nothing-to-undo",
            hint=Text("go on editing", "继续编辑"),
        )
    return save(study, before.document, seen=seen, by=by, time=time, restores=before.number)


def _before(study: Study, number: int) -> Version | None:
    """What stood before the change that led to a version, past everything that was undone since."""
    version = study.versions.filter(number=number).first()
    while version is not None and version.restores is not None:
        version = study.versions.filter(number=version.restores).first()
    return study.versions.filter(number=version.number - 1).first() if version else None


def latest(study: Study) -> Version:
    """The last version.

    Raises
    ------
    NotFoundError
        ``study-unsaved``
    """
    found = study.versions.order_by("-number").first()
    if found is None:
        raise NotFoundError(
            Text(f"study {study.pk} has no version", f"研究 {study.pk} 没有版本"),
            code="study-unsaved",
            hint=Text("begin it anew", "重新开始"),
        )
    return found
