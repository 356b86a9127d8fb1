"""What the code on a label says: a GS1 Digital Link when the product has a GTIN, else a short address in capitals."""

from __future__ import annotations

import re

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.identifiers import check_gtin
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.number import read_number

LONGEST_HOST = 60
"""Longest host that a code of the strip can hold [characters]."""
NUMBER_KEY = "label"
"""Key of the label number in a GS1 Digital Link: a GTIN names the product, not one of its labels."""
_PART = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_PART}(?:\.{_PART})+")
_NUMBER = r"[A-Z][A-Z0-9]{1,5}-[0-9A-Z]{6,13}-[0-9A-Z]{2}"
_SHORT = re.compile(rf"HTTPS://(?P<host>[A-Z0-9.-]+)/L/(?P<number>{_NUMBER})", re.IGNORECASE)
_DIGITAL = re.compile(
    rf"https://(?P<host>[a-z0-9.-]+)/01/(?P<gtin>[0-9]{{14}})\?{NUMBER_KEY}=(?P<number>{_NUMBER})"
)


@attrs.frozen
class LabelLink:
    """Where a label points to.

    Parameters
    ----------
    host : str
        Host of the programme's pages, lower case.
    number : str
        Number of the label, as it is printed.
    gtin : str
        Fourteen digits; empty when the product has none.
    """

    host: str
    number: str
    gtin: str = ""

    def __str__(self) -> str:
        """The text of the code.

        The short address has capitals only, so that it fits the alphanumeric mode of QR (ISO/IEC 18004); scheme and host
        of an address do not tell small letters from capitals (RFC 3986, section 3).
        """
        if self.gtin:
            return f"https://{self.host}/01/{self.gtin}?{NUMBER_KEY}={self.number}"
        return f"https://{self.host}/L/{self.number}".upper()


def label_link(claim: Claim, *, host: str) -> LabelLink:
    """Where the label of a claim points to.

    Parameters
    ----------
    host : str
        Host of the programme's pages, for example ``label.example``.

    Raises
    ------
    InputError
        ``host-invalid``; ``gtin-format`` or ``gtin-check`` for the GTIN of the product.
    """
    if len(host) > LONGEST_HOST or not _HOST.fullmatch(host):
        raise InputError(
            Text(
                f"{host[:80]!r} is no host for the code of a label", f"{host[:80]!r} 不能作为标签码的主机名"
            ),
            code="host-invalid",
            hint=Text(
                f"give it without https:// and path, in small letters, at most {LONGEST_HOST} characters",
                f"不含 https:// 和路径，用小写字母，最多 {LONGEST_HOST} 个字符",
            ),
        )
    gtin = check_gtin(claim.product.gtin, where="product, GTIN") if claim.product.gtin else ""
    return LabelLink(host, str(read_number(claim.number)), gtin)


def read_link(text: str) -> LabelLink:
    """Read what was scanned.

    Raises
    ------
    InputError
        ``link-unreadable`` when it is no address of a label; ``gtin-check``.
    """
    found = _DIGITAL.fullmatch(text) or _SHORT.fullmatch(text)
    if found is None:
        raise InputError(
            Text(f"{text[:80]!r} is no address of a label", f"{text[:80]!r} 不是标签的地址"),
            code="link-unreadable",
            hint=Text(
                "scan the code of the label, not another one on the product",
                "扫描标签上的码，而不是产品上的其他码",
            ),
        )
    parts = found.groupdict()
    gtin = check_gtin(parts["gtin"]) if parts.get("gtin") else ""
    return LabelLink(parts["host"].lower(), parts["number"].upper(), gtin)
