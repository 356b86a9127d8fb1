"""Identifiers that others give (GTIN, CAS number, URN) and that we make (slug, UUID)."""

from __future__ import annotations

import json
import re
import unicodedata
import uuid

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

LONGEST_URN = 2000
"""Longest URN that is read [characters]."""
LONGEST_SLUG = 80
"""Longest slug that is made [characters]."""
NAMESPACE = uuid.UUID("5d2b1a4e-6f0c-4b7e-9a35-0c7c1d8e42f1")
"""Name space of the version 5 UUIDs made here; never changes."""

_SEPARATORS = re.compile(r"[\s\-‐‑–]+")
_CAS = re.compile(r"(\d{2,7})-(\d{2})-(\d)")
_PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_URN = re.compile(
    r"urn:(?P<nid>[A-Za-z0-9][A-Za-z0-9-]{0,30}[A-Za-z0-9])"
    rf":(?P<nss>{_PCHAR}(?:{_PCHAR}|/)*)"
    rf"(?:\?\+(?P<resolution>{_PCHAR}(?:{_PCHAR}|[/?])*?))?"
    rf"(?:\?=(?P<query>{_PCHAR}(?:{_PCHAR}|[/?])*))?"
    rf"(?:\#(?P<fragment>(?:{_PCHAR}|[/?])*))?",
    re.IGNORECASE,
)


def gtin_check_digit(digits: str) -> int:
    """Compute the check digit of a GTIN.

    Parameters
    ----------
    digits : str
        All digits but the check digit, 7, 11, 12 or 13 of them (any number works).

    Returns
    -------
    int
        0 to 9; weights 3 and 1 alternate from the right (GS1 General Specifications, section 7.9).

    Examples
    --------
    >>> gtin_check_digit("629104150021")
    3
    """
    if not digits.isascii() or not digits.isdigit():
        raise InputError(
            Text(f"{digits!r} has other characters than digits", f"{digits!r} 含有数字以外的字符"),
            code="gtin-format",
        )
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10


def check_gtin(text: str, *, where: str = "") -> str:
    """Check a GTIN-8, -12, -13 or -14 and write it with 14 digits.

    Parameters
    ----------
    text : str
        Digits; spaces and hyphens between them are dropped.
    where : str
        Place in the user's document, for the message.

    Returns
    -------
    str
        Fourteen digits, filled with zeros on the left.

    Raises
    ------
    InputError
        ``gtin-format`` or ``gtin-check``.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if not re.fullmatch(r"[0-9]+", digits):
        damaged = re.fullmatch(r"[\d.,]+([eE]\+?\d+|[.,]0+)", digits)
        hint = Text(
            "the spreadsheet has turned it into a number; format the column as text and enter it again",
            "电子表格把它变成了数字；将该列设为文本格式后重新输入",
        )
        raise InputError(
            Text(f"{text!r} is not a GTIN", f"{text!r} 不是 GTIN"),
            code="gtin-format",
            where=where,
            hint=hint if damaged else Text("a GTIN has digits only", "GTIN 只含数字"),
        )
    if len(digits) not in {8, 12, 13, 14}:
        raise InputError(
            Text(
                f"{text!r} has {len(digits)} digits; a GTIN has 8, 12, 13 or 14",
                f"{text!r} 有 {len(digits)} 位；GTIN 为 8、12、13 或 14 位",
            ),
            code="gtin-format",
            where=where,
            hint=Text(
                "a spreadsheet may have dropped leading zeros; enter it as text",
                "电子表格可能丢失了前导零；以文本输入",
            ),
        )
    expected = gtin_check_digit(digits[:-1])
    if int(digits[-1]) != expected:
        raise InputError(
            Text(
                f"the check digit of {text!r} is {digits[-1]}, but must be {expected}",
                f"{text!r} 的校验位为 {digits[-1]}，应为 {expected}",
            ),
            code="gtin-check",
            where=where,
            hint=Text("compare the number with the packaging", "与包装核对"),
        )
    if not digits.strip("0"):
        raise InputError(
            Text("a GTIN of zeros names nothing", "全为零的 GTIN 不代表任何产品"),
            code="gtin-format",
            where=where,
        )
    return digits.zfill(14)


def cas_check_digit(digits: str) -> int:
    """Compute the check digit of a CAS number from all its other digits.

    Formula: the sum of the digits, each times its place from the right, modulo 10 (CAS, "Check Digit Verification of
    CAS Registry Numbers").

    Examples
    --------
    >>> cas_check_digit("744050")
    8
    """
    return sum(place * int(digit) for place, digit in enumerate(reversed(digits), start=1)) % 10


def check_cas(text: str, *, where: str = "") -> str:
    """Check a CAS Registry Number, for example ``7440-50-8`` for copper.

    Returns
    -------
    str
        Without leading zeros.

    Raises
    ------
    InputError
        ``cas-format`` or ``cas-check``.
    """
    plain = re.sub(r"[‐‑–−]", "-", unicodedata.normalize("NFKC", text)).strip()
    plain = re.sub(r"^CAS(?:\s*(?:No|RN)\.?)?\s*:?\s*", "", plain, flags=re.IGNORECASE).lstrip("0")
    found = _CAS.fullmatch(plain)
    if not found or not plain.isascii():
        raise InputError(
            Text(f"{text!r} is not a CAS number", f"{text!r} 不是 CAS 号"),
            code="cas-format",
            where=where,
            hint=Text("it looks like 7440-50-8", "形如 7440-50-8"),
        )
    expected = cas_check_digit(found.group(1) + found.group(2))
    if int(found.group(3)) != expected:
        raise InputError(
            Text(
                f"the check digit of {text!r} is {found.group(3)}, but must be {expected}",
                f"{text!r} 的校验位为 {found.group(3)}，应为 {expected}",
            ),
            code="cas-check",
            where=where,
            hint=Text("compare the number with its source", "与来源核对"),
        )
    return plain


@attrs.frozen
class Urn:
    """A uniform resource name after RFC 8141.

    Parameters
    ----------
    nid : str
        Name space, lower case.
    nss : str
        Name in that name space; hexadecimal digits after ``%`` in upper case.
    resolution, query, fragment : str
        Optional components; they do not take part in equivalence and so not in ``==`` (section 3).
    """

    nid: str
    nss: str
    resolution: str = attrs.field(default="", eq=False)
    query: str = attrs.field(default="", eq=False)
    fragment: str = attrs.field(default="", eq=False)

    @property
    def name(self) -> str:
        """The assigned name: without the optional components, the same text for equivalent URNs."""
        return f"urn:{self.nid}:{self.nss}"

    def __str__(self) -> str:
        parts = (("?+", self.resolution), ("?=", self.query), ("#", self.fragment))
        return self.name + "".join(mark + value for mark, value in parts if value)


def parse_urn(text: str, *, where: str = "") -> Urn:
    """Read a URN.

    Raises
    ------
    InputError
        ``urn-format``.

    Examples
    --------
    >>> parse_urn("URN:Example:a%2cb") == parse_urn("urn:example:a%2Cb#part")
    True
    """
    found = _URN.fullmatch(text.strip()) if len(text) <= LONGEST_URN and text.isascii() else None
    if not found:
        shown = text if len(text) <= 80 else f"{text[:80]} ..."
        raise InputError(
            Text(f"{shown!r} is not a URN", f"{shown!r} 不是 URN"),
            code="urn-format",
            where=where,
            hint=Text(
                "it looks like urn:example:name; other characters are written as %XX",
                "形如 urn:example:name；其他字符写作 %XX",
            ),
        )
    nss = re.sub("%[0-9a-fA-F]{2}", lambda code: code.group().upper(), found["nss"])
    return Urn(
        found["nid"].lower(), nss, found["resolution"] or "", found["query"] or "", found["fragment"] or ""
    )


def slug(text: str, *, where: str = "") -> str:
    """Make an id of lower-case ASCII letters, digits and hyphens.

    Accents are dropped. Other scripts have no letters here, so a purely Chinese text is refused rather than
    transcribed in one of several ways.

    Raises
    ------
    InputError
        ``slug-empty`` if nothing is left.

    Examples
    --------
    >>> slug("Klemme  Ø 2,5 mm² (grau)")
    'klemme-2-5-mm2-grau'
    """
    plain = unicodedata.normalize("NFKD", text).replace("ß", "ss").encode("ascii", "ignore").decode().lower()
    words = "-".join(re.findall(r"[a-z0-9]+", plain))[:LONGEST_SLUG].strip("-")
    if not words:
        raise InputError(
            Text(f"no id can be made of {text!r}", f"无法由 {text!r} 生成编号"),
            code="slug-empty",
            where=where,
            hint=Text("give an id of Latin letters and digits", "给出由拉丁字母和数字组成的编号"),
        )
    return words


def uuid5_of(kind: str, *parts: str) -> uuid.UUID:
    """Make the UUID (version 5, RFC 9562) of a thing from what identifies it; the same always gives the same.

    Parameters
    ----------
    kind : str
        Kind of thing, for example ``process``.
    *parts : str
        What identifies it, in order. Boundaries count: ("ab", "c") is not ("a", "bc").
    """
    return uuid.uuid5(NAMESPACE, json.dumps([kind, *parts], ensure_ascii=True))
