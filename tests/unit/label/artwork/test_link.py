"""What the code says, and how it is read back."""

from __future__ import annotations

import pytest
from tests.unit.label.artwork.orders import terminal_claim

from cradlemark.core.errors import InputError
from cradlemark.label.artwork.code import DOT, code_of
from cradlemark.label.artwork.link import LabelLink, label_link, read_link

SHORT = "HTTPS://LABEL.EXAMPLE/L/DEMO-00001Z-2K"
DIGITAL = "https://label.example/01/09506000134352?label=DEMO-00001Z-2K"


def test_link_of_a_claim() -> None:
    assert str(label_link(terminal_claim(gtin=""), host="label.example")) == SHORT
    assert str(label_link(terminal_claim(), host="label.example")) == DIGITAL


@pytest.mark.parametrize("text", [SHORT, DIGITAL])
def test_reading_back(text: str) -> None:
    found = read_link(text)
    assert (found.host, found.number, str(found)) == ("label.example", "DEMO-00001Z-2K", text)


@pytest.mark.parametrize(
    "text",
    ["", "HTTPS://LABEL.EXAMPLE/L/", "http://label.example/L/DEMO-00001Z-2K", DIGITAL + "&x=1", SHORT + "\n",
     "https://label.example/01/09506000134352"],
)  # fmt: skip
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="link-unreadable"):
        read_link(text)


def test_a_wrong_gtin_is_refused() -> None:
    with pytest.raises(InputError, match="gtin-check"):
        read_link(DIGITAL.replace("352?", "353?"))


@pytest.mark.parametrize(
    "host", ["", "label", "https://label.example", "LABEL.example", "a/b.example", "x" * 70 + ".cn", "-a.cn"]
)
def test_hosts(host: str) -> None:
    with pytest.raises(InputError, match="host-invalid"):
        label_link(terminal_claim(), host=host)


def test_short_addresses_fit_the_smaller_code() -> None:
    """38 characters of the alphanumeric mode are the most that version 2 holds at level M."""
    assert (len(SHORT), code_of(SHORT).size, code_of(SHORT + "A").size) == (38, 25, 29)


def test_sizes_of_codes() -> None:
    """Modules as ISO/IEC 18004 gives them: 38 characters of the alphanumeric mode are version 2, 60 bytes version 4."""
    assert (code_of(SHORT).size, code_of(DIGITAL).size) == (25, 33)
    code = code_of(DIGITAL)
    assert code.side(5) == pytest.approx(41 * 5 * DOT)
    assert [code.fitting(room) for room in (18.0, 17.0, 12.0, 10.0)] == [5, 4, 3, 0]
    assert LabelLink("a.cn", "DEMO-00001Z-2K").gtin == ""
