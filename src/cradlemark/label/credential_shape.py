"""Whether a credential has the members that the standards ask for, with values of the right kind; every fault is reported.

Verifiable Credentials 2.0, section 4; Digital Conformity Credential of UNTP 0.7.0; Bitstring Status List 1.0, section 2. Written
here anew from the standards: the published schema files judge the same documents in our tests.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text

Check = Callable[[Any], bool]
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
ASSESSORS = frozenset({"self", "commercial", "buyer", "membership", "unspecified", "3rdParty", "hybrid"})
LEVELS = frozenset({
    "authority-benchmark", "authority-mandate", "authority-globalmra", "authority-peer", "authority-extended-mra",
    "scheme-self", "scheme-cab", "no-endorsement",
})  # fmt: skip
ATTESTATIONS = frozenset({
    "certification", "declaration", "inspection", "testing", "verification", "validation", "calibration",
})  # fmt: skip
MOST_PROBLEMS = 100
PURPOSES = frozenset({"refresh", "revocation", "suspension", "message"})


def is_text(value: Any) -> bool:
    """Whether it is a text with something in it."""
    return isinstance(value, str) and bool(value)


def is_uri(value: Any) -> bool:
    """Whether it is an identifier with a scheme."""
    return isinstance(value, str) and bool(_URI.fullmatch(value))


def is_number(value: Any) -> bool:
    """Whether it is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_index(value: Any) -> bool:
    """Whether it is a place in a status list, as a number (UNTP) or as text (W3C)."""
    if isinstance(value, str):
        return bool(re.fullmatch(r"0|[1-9][0-9]{0,17}", value))
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def moment(value: Any) -> datetime.datetime | None:
    """Time with its zone; None when it is no such text."""
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        time = datetime.datetime.fromisoformat(value)
    except ValueError:
        return None
    return time if time.tzinfo is not None else None


def _is_moment(value: Any) -> bool:
    return moment(value) is not None


def _is_day(value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(datetime.date.fromisoformat(value)) and len(value) == 10
    except ValueError:
        return False


def _one_of(names: frozenset[str]) -> Check:
    return lambda value: isinstance(value, str) and value in names


Rule = tuple[Text, Check | dict[str, "Rule"] | list[Any], bool]
"""(what it has to be, how that is found out or what is inside, whether it has to be there)"""


def _text(*, needed: bool = True) -> Rule:
    return (Text("a text", "文字"), is_text, needed)


def _uri(*, needed: bool = True) -> Rule:
    return (Text("an identifier with a scheme", "带方案的标识符"), is_uri, needed)


def _named(*, needed: bool = True) -> Rule:
    return (
        Text("an object with id and name", "含 id 和 name 的对象"),
        {"id": _uri(), "name": _text()},
        needed,
    )


_MEASURE: dict[str, Rule] = {
    "value": (Text("a number", "数字"), is_number, True),
    "unit": _text(),
    "upperTolerance": (Text("a number", "数字"), is_number, False),
    "lowerTolerance": (Text("a number", "数字"), is_number, False),
}
_ASSESSMENT: dict[str, Rule] = {
    "id": _uri(),
    "name": _text(),
    "assessmentDate": (Text("a date", "日期"), _is_day, True),
    "assessmentCriteria": (Text("a list", "列表"), [_named()], True),
    "conformityTopic": (Text("a list", "列表"), [_named()], True),
    "assessedPerformance": (
        Text("a list", "列表"),
        [
            (
                Text("an object", "对象"),
                {"metric": _named(needed=False), "measure": (Text("an object", "对象"), _MEASURE, False)},
                True,
            )
        ],
        True,
    ),
    "assessedProduct": (
        Text("a list", "列表"),
        [(Text("an object", "对象"), {"product": _named()}, True)],
        False,
    ),
    "assessedOrganisation": _named(needed=False),
}
_ATTESTATION: dict[str, Rule] = {
    "id": _uri(),
    "name": _text(),
    "assessorLevel": (Text("one of the levels of UNTP", "UNTP 的级别之一"), _one_of(ASSESSORS), True),
    "assessmentLevel": (Text("one of the levels of UNTP", "UNTP 的级别之一"), _one_of(LEVELS), True),
    "attestationType": (Text("one of the types of UNTP", "UNTP 的类型之一"), _one_of(ATTESTATIONS), True),
    "issuedToParty": _named(),
    "referenceScheme": _named(),
    "referenceProfile": _named(needed=False),
    "conformityAssessment": (Text("a list", "列表"), [(Text("an object", "对象"), _ASSESSMENT, True)], False),
}
_ENTRY: dict[str, Rule] = {
    "id": _uri(needed=False),
    "type": (Text("BitstringStatusListEntry"), lambda value: value == "BitstringStatusListEntry", True),
    "statusPurpose": (Text("a purpose of the standard", "标准中的用途"), _one_of(PURPOSES), True),
    "statusListIndex": (Text("a number from 0", "从 0 起的数字"), is_index, True),
    "statusListCredential": _uri(),
}
_ENVELOPE: dict[str, Rule] = {
    "id": _uri(),
    "validFrom": (Text("a time with its zone", "带时区的时间"), _is_moment, True),
    "validUntil": (Text("a time with its zone", "带时区的时间"), _is_moment, False),
}
CONFORMITY: dict[str, Rule] = {
    **_ENVELOPE,
    "name": _text(),
    "issuer": _named(),
    "credentialSubject": (Text("an object", "对象"), _ATTESTATION, True),
}
"""A Digital Conformity Credential."""
STATUS_LIST: dict[str, Rule] = {
    **_ENVELOPE,
    "issuer": (
        Text("an identifier or an object with one", "标识符或含标识符的对象"),
        lambda value: is_uri(issuer_of(value)),
        True,
    ),
    "credentialSubject": (
        Text("an object", "对象"),
        {
            "type": (Text("BitstringStatusList"), lambda value: value == "BitstringStatusList", True),
            "statusPurpose": (Text("a purpose of the standard", "标准中的用途"), _one_of(PURPOSES), True),
            "encodedList": _text(),
        },
        True,
    ),
}
"""A credential of a status list."""


def issuer_of(value: Any) -> str:
    """Identifier of an issuer that is written as text or as an object; empty when there is none."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""


def status_entries(document: Mapping[str, Any]) -> list[Any]:
    """Entries of the status lists, in either way to write them."""
    listed = document.get("credentialStatus", [])
    entries = list(listed) if isinstance(listed, list) else [listed]
    return entries + ([document["revocationStatus"]] if "revocationStatus" in document else [])


def shape_problems(
    document: Mapping[str, Any], rules: Mapping[str, Rule], *, kind: str, contexts: tuple[str, ...]
) -> list[Problem]:
    """What is wrong with the shape of a credential, up to `MOST_PROBLEMS`.

    Parameters
    ----------
    document : mapping
    rules : mapping
        `CONFORMITY` or `STATUS_LIST`.
    kind : str
        Type that it has to have besides ``VerifiableCredential``.
    contexts : tuple of str
        Contexts that stand first, in this order.
    """
    found = list(islice(_faults(document, rules, "$"), MOST_PROBLEMS))
    types = document.get("type")
    if not isinstance(types, list) or not {"VerifiableCredential", kind} <= set(map(str, types)):
        found.append(
            _problem(
                "$.type",
                Text(f"has to hold VerifiableCredential and {kind}", f"须含 VerifiableCredential 和 {kind}"),
            )
        )
    told = document.get("@context")
    if not isinstance(told, list) or tuple(told[: len(contexts)]) != contexts or not all(map(is_uri, told)):
        found.append(
            _problem(
                "$.@context",
                Text(
                    f"has to begin with {', '.join(contexts)} and name only addresses",
                    f"须以 {'、'.join(contexts)} 开头，且只含地址",
                ),
            )
        )
    for place, entry in enumerate(status_entries(document)[:MOST_PROBLEMS]):
        found.extend(
            _value_faults(entry, (Text("an object", "对象"), _ENTRY, True), f"$.credentialStatus[{place}]")
        )
    return found


def _faults(document: Mapping[str, Any], rules: Mapping[str, Rule], path: str) -> Iterator[Problem]:
    for name, rule in rules.items():
        if name in document:
            yield from _value_faults(document[name], rule, f"{path}.{name}")
        elif rule[2]:
            yield _problem(f"{path}.{name}", Text("is missing", "缺失"))


def _value_faults(value: Any, rule: Rule, path: str) -> Iterator[Problem]:
    words, inner, _ = rule
    if isinstance(inner, dict):
        if isinstance(value, dict):
            yield from _faults(value, inner, path)
        else:
            yield _problem(path, Text(f"has to be {words.en}", f"须为{words['zh']}"))
    elif isinstance(inner, list):
        if isinstance(value, list):
            for place, item in enumerate(value):
                yield from _value_faults(item, inner[0], f"{path}[{place}]")
        else:
            yield _problem(path, Text(f"has to be {words.en}", f"须为{words['zh']}"))
    elif not inner(value):
        yield _problem(path, Text(f"has to be {words.en}", f"须为{words['zh']}"))


def _problem(path: str, words: Text) -> Problem:
    return Problem(
        path,
        "credential-shape",
        Text(f"{path} {words.en}", f"{path} {words.zh}"),
        Text("ask the issuer for a right one", "向签发者索取正确的一份"),
    )
