"""Change the state of labels by the steps of the programme; each change has its entry in the log."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import attrs

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.label.workflow import Step, take_step
from cradlemark.registry.audit.record import record
from cradlemark.registry.labels.models import Change, Label
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.registry.search.keep import renew_states
from cradlemark.registry.writing import writing

LONGEST_REASON = 500
EXPIRED = "The last day of validity is over. 有效期已届满。"
"""What the public reads of a label that has expired."""


@attrs.frozen
class ChangeRequest:
    """A wanted change of state.

    Parameters
    ----------
    key : str
        Idempotency key.
    number : str
        Of the label.
    step : str
        Of the programme's steps.
    role, actor : str
        Who does it, in which role.
    reason : str
        For the public.
    by : Actor or None
        Who does it, when it is somebody with an account.
    """

    key: str
    number: str
    step: str
    role: str
    actor: str
    reason: str
    by: Actor | None = None


def change_state(request: ChangeRequest, *, steps: Mapping[str, Step], time: datetime.datetime) -> Label:
    """Change the state of a label, once for a key, with its entries in the log and in the audit trail.

    Raises
    ------
    NotFoundError
        ``label-unknown``
    StateError
        ``step-...`` of the machine; ``request-conflict`` for a key that was used for something else.
    InputError
        ``reason-missing``
    """
    if not request.reason.strip() or len(request.reason) > LONGEST_REASON:
        raise InputError(
            Text("a change of state needs a reason", "变更状态需要理由"),
            code="reason-missing",
            hint=Text(
                f"one sentence, at most {LONGEST_REASON} characters", f"一句话，最多 {LONGEST_REASON} 个字符"
            ),
        )
    with writing():
        done = Change.objects.filter(request=request.key).first()
        if done is not None:
            return _again(done, request)
        label = Label.objects.filter(number=request.number).first()
        if label is None:
            raise NotFoundError(
                Text(f"there is no label {request.number}", f"没有标签 {request.number}"),
                code="label-unknown",
                hint=Text("check the number", "检查编号"),
            )
        state = take_step(steps, label.state, request.step, role=request.role)
        content = {"step": request.step, "state": state, "reason": request.reason, "role": request.role}
        (entry,) = append([Record("state", label.number, content)], time=time)
        Change.objects.create(
            label=label, step=request.step, state=state, role=request.role, actor=request.actor,
            reason=request.reason, request=request.key, entry=entry,
        )  # fmt: skip
        detail = {"state": state, "reason": request.reason} | ({} if request.by else {"actor": request.actor})
        record(f"labels:label:{request.step}", label.number, by=request.by, time=time, detail=detail)
        label.state = state
        label.save(update_fields=["state"])
        renew_states([label])
        enqueue("label", [label.number])
    return label


def expire_due(*, today: datetime.date, steps: Mapping[str, Step], time: datetime.datetime) -> list[Label]:
    """Expire every label whose last day is over; nobody has to act."""
    sources = steps["expire"].source
    due = Label.objects.filter(valid_until__lt=today, state__in=sources).values_list("number", flat=True)
    expired = []
    for number in list(due):
        request = ChangeRequest(f"expire {number}", number, "expire", "system", "timer", EXPIRED)
        with writing():
            # Somebody may have revoked it meanwhile.
            if due.filter(number=number).exists():
                expired.append(change_state(request, steps=steps, time=time))
    return expired


def _again(done: Change, request: ChangeRequest) -> Label:
    if (done.label_id, done.step, done.reason) != (request.number, request.step, request.reason):
        raise StateError(
            Text(
                f"request {request.key} was made for another change before",
                f"请求 {request.key} 此前用于另一变更",
            ),
            code="request-conflict",
            hint=Text("use a new key", "使用新的键"),
        )
    return done.label
