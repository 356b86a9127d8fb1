"""Report a problem, without an account."""

from __future__ import annotations

import datetime
import hmac
import secrets

import attrs

from cradlemark.core.errors import CradlemarkError, InputErrors, Problem, StateError
from cradlemark.core.language import Text
from cradlemark.label.number import DIGITS, read_number
from cradlemark.registry.audit.record import record
from cradlemark.registry.complaints.models import KINDS, Complaint
from cradlemark.registry.labels.models import Label
from cradlemark.registry.writing import writing

PER_HOUR = 5
"""Reports of one sender in an hour."""
ALL_PER_HOUR = 200
"""Reports of everybody in an hour: more are a flood, not readers."""
LONGEST_TEXT, LONGEST_CONTACT, LONGEST_NUMBER = 4000, 254, 60
TICKET = 8


@attrs.frozen
class Report:
    """What somebody reports.

    Parameters
    ----------
    key : str
        Idempotency key of the form.
    number : str
        Of the label, as typed; may be empty.
    kind : str
        Of `KINDS`.
    text : str
    contact : str
        How to reach the person; may be empty.
    sender : str
        From `sender_of`.
    """

    key: str
    number: str
    kind: str
    text: str
    contact: str
    sender: str


def sender_of(address: str, *, day: datetime.date, secret: str) -> str:
    """Keyed digest of an address and a day: counts reports, and cannot be traced without the key or beyond the day."""
    return hmac.digest(secret.encode(), f"complaint {day} {address}".encode(), "sha256").hex()


def report(given: Report, *, time: datetime.datetime) -> Complaint:
    """Write down a report and give it a ticket; the same key gives the same ticket.

    Raises
    ------
    InputErrors
        ``complaint-text``, ``complaint-kind``, ``complaint-long``: everything that is wrong at once.
    StateError
        ``complaint-limit`` for too many reports in an hour.
    """
    found = tuple(_problems(given))
    if found:
        raise InputErrors(found)
    with writing():
        before = Complaint.objects.filter(request=given.key).first()
        if before is not None:
            return before
        _refuse_floods(given.sender, time)
        made = Complaint.objects.create(
            ticket="P" + "".join(secrets.choice(DIGITS) for _ in range(TICKET)), request=given.key,
            label=_label(given.number), number=given.number.strip(), kind=given.kind, text=given.text.strip(),
            contact=given.contact.strip(), sender=given.sender, received=time,
        )  # fmt: skip
        record(
            "public:complaint:report", made.ticket, by=None, time=time, detail={"label": made.label_id or ""}
        )
    return made


def _problems(given: Report) -> list[Problem]:
    found = []
    if not given.text.strip():
        found.append(
            Problem(
                "",
                "complaint-text",
                Text("the problem is not described", "没有描述问题"),
                Text("write one sentence at least", "请至少写一句话"),
            )
        )
    if given.kind not in KINDS or not 0 < len(given.key) <= 100:
        found.append(
            Problem(
                "",
                "complaint-kind",
                Text("the kind of problem is not chosen", "没有选择问题类型"),
                Text("choose one of the list", "请从列表中选择"),
            )
        )
    limits = ((given.text, LONGEST_TEXT), (given.contact, LONGEST_CONTACT), (given.number, LONGEST_NUMBER))
    for text, longest in limits:
        if len(text) > longest:
            found.append(
                Problem(
                    "",
                    "complaint-long",
                    Text(f"a text has {len(text)} characters", f"有一段文字长 {len(text)} 个字符"),
                    Text(f"use at most {longest}", f"最多 {longest} 个"),
                )
            )
    return found


def _refuse_floods(sender: str, time: datetime.datetime) -> None:
    recent = Complaint.objects.filter(received__gt=time - datetime.timedelta(hours=1))
    if recent.filter(sender=sender).count() >= PER_HOUR or recent.count() >= ALL_PER_HOUR:
        raise StateError(
            Text("too many reports came from this address in the last hour", '过去一小时内来自此地址的报告过多'), code="complaint-limit",
            hint=Text("send it again in an hour, or write to the programme", '请一小时后再提交，或写信给计划方'),
        )  # fmt: skip


def _label(number: str) -> Label | None:
    try:
        return Label.objects.filter(number=str(read_number(number))).first()
    except CradlemarkError:
        return None
