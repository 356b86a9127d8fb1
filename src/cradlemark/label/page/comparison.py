"""What is different from the label before: every stated row that changed."""

from __future__ import annotations

import re

import attrs

from cradlemark.core.language import Text
from cradlemark.label.certificate.content import Row, statement
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile

SECTIONS = ("subject", "result", "basis", "quality", "verification")
"""Sections of the statement that are held against each other; dates and digests always differ."""
_DIGEST = re.compile(r"(sha256:[0-9a-f]{8})[0-9a-f]{56}")


@attrs.frozen
class Difference:
    """A row whose value changed; a value that was not stated is empty."""

    name: Text
    before: Text
    now: Text


def differences(previous: Claim, claim: Claim, programme: ProgrammeProfile) -> tuple[Difference, ...]:
    """Rows that are not the same in both claims, in the order of the statement."""
    before, now = _rows(previous, programme), _rows(claim, programme)
    names = dict.fromkeys([*now, *before])
    return tuple(
        Difference(name, before.get(name, Text()), now.get(name, Text()))
        for name in names
        if before.get(name, Text()) != now.get(name, Text())
    )


def short(text: Text) -> Text:
    """A text whose digests are cut to what a person compares."""
    return Text(_DIGEST.sub(r"\1…", text.en), _DIGEST.sub(r"\1…", text.zh))


def _rows(claim: Claim, programme: ProgrammeProfile) -> dict[Text, Text]:
    stated = statement(claim, programme)
    rows: list[Row] = [row for section in SECTIONS for row in stated[section]]
    return {name: short(value) for name, value in rows}
