import uuid

import pytest

from cradlemark.core.errors import InputError
from cradlemark.core.identifiers import (
    LONGEST_SLUG,
    LONGEST_URN,
    check_cas,
    check_gtin,
    gtin_check_digit,
    parse_urn,
    slug,
    uuid5_of,
)


@pytest.mark.parametrize(
    ("text", "gtin"),
    [
        ("6291041500213", "06291041500213"),
        ("4006381333931", "04006381333931"),
        ("96385074", "00000096385074"),
        ("012345678905", "00012345678905"),
        ("00012345600012", "00012345600012"),
        ("6 291041-500213", "06291041500213"),
        ("６２９１０４１５００２１３", "06291041500213"),
    ],
)
def test_gtin_is_written_with_14_digits(text, gtin):
    assert check_gtin(text) == gtin


@pytest.mark.parametrize(
    ("text", "code", "word"),
    [
        ("6291041500214", "gtin-check", "must be 3"),
        ("6921041500213", "gtin-check", "must be"),
        ("12345678905", "gtin-format", "leading zeros"),
        ("6.29104E+12", "gtin-format", "as text"),
        ("6291041500213.0", "gtin-format", "as text"),
        ("ABC", "gtin-format", "digits"),
        ("", "gtin-format", "digits"),
        ("00000000", "gtin-format", "zeros"),
        ("٦٢٩١٠٤١٥٠٠٢١٣", "gtin-format", "digits"),
    ],
)
def test_wrong_gtin_is_refused(text, code, word):
    with pytest.raises(InputError) as caught:
        check_gtin(text, where="row 5")
    assert (caught.value.code, caught.value.where) == (code, "row 5")
    assert word in str(caught.value)


def test_every_single_wrong_digit_is_found():
    good = "6291041500213"
    for place in range(13):
        for digit in "0123456789":
            if digit != good[place]:
                with pytest.raises(InputError):
                    check_gtin(good[:place] + digit + good[place + 1 :])


def test_check_digit_needs_digits():
    with pytest.raises(InputError):
        gtin_check_digit("12a")


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("7732-18-5", "7732-18-5"),
        ("58-08-2", "58-08-2"),
        ("CAS No. 7440-50-8", "7440-50-8"),
        ("CAS: 7440-50-8", "7440-50-8"),
        ("007440-50-8", "7440-50-8"),
        ("7440–50–8", "7440-50-8"),
    ],
)
def test_cas_number(text, number):
    assert check_cas(text) == number


@pytest.mark.parametrize(
    ("text", "code"), [("7732-18-4", "cas-check"), ("7732185", "cas-format"), ("", "cas-format")]
)
def test_wrong_cas_number_is_refused(text, code):
    with pytest.raises(InputError) as caught:
        check_cas(text, where="row 5")
    assert (caught.value.code, caught.value.where) == (code, "row 5")


# RFC 8141, section 3.2: examples of URN-equivalence.
EQUIVALENT = [
    [
        "urn:example:a123,z456",
        "URN:example:a123,z456",
        "urn:EXAMPLE:a123,z456",
        "urn:example:a123,z456?+abc",
        "urn:example:a123,z456?=xyz",
        "urn:example:a123,z456#789",
    ],
    ["urn:example:a123,z456/foo"],
    ["urn:example:a123,z456/bar"],
    ["urn:example:a123,z456/baz"],
    ["urn:example:a123%2Cz456", "URN:EXAMPLE:a123%2cz456"],
    ["urn:example:A123,z456"],
    ["urn:example:a123,Z456"],
]


def test_equivalence_of_the_specification():
    groups = {frozenset(parse_urn(text) for text in texts) for texts in EQUIVALENT}
    assert all(len(group) == 1 for group in groups)
    assert len(groups) == len(EQUIVALENT)


def test_components_of_the_specification():
    urn = parse_urn("urn:example:foo-bar-baz-qux?+CCResolve:cc=uk?=op=map&lat=39#part/1")
    assert (urn.nid, urn.nss, urn.resolution) == ("example", "foo-bar-baz-qux", "CCResolve:cc=uk")
    assert (urn.query, urn.fragment) == ("op=map&lat=39", "part/1")
    assert str(urn) == "urn:example:foo-bar-baz-qux?+CCResolve:cc=uk?=op=map&lat=39#part/1"
    assert urn.name == "urn:example:foo-bar-baz-qux"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "urn:",
        "urn:a:b",
        "urn:-ab:c",
        "urn:ab-:c",
        "urn:example:",
        "urn:example:/a",
        "urn:example:a b",
        "urn:example:端子",
        "urn:example:%zz",
        f"urn:{'a' * 33}:b",
        "http://example.org",
    ],
)
def test_what_is_no_urn_is_refused(text):
    with pytest.raises(InputError) as caught:
        parse_urn(text)
    assert caught.value.code == "urn-format"


def test_longest_urn():
    head = "urn:example:"
    assert parse_urn(head + "a" * (LONGEST_URN - len(head))).nid == "example"
    with pytest.raises(InputError) as caught:
        parse_urn(head + "a" * (LONGEST_URN - len(head) + 1))
    assert len(caught.value.message.en) < 200


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("Klemme Ø 2,5 mm² (grau)", "klemme-2-5-mm2-grau"),
        ("  Push-in  terminal block ", "push-in-terminal-block"),
        ("Größe", "grosse"),
        ("接线端子 UT 2.5", "ut-2-5"),
        ("a" * 200, "a" * LONGEST_SLUG),
    ],
)
def test_slug(text, made):
    assert slug(text) == made


@pytest.mark.parametrize("text", ["", "端子", "---", " "])
def test_slug_of_nothing_is_refused(text):
    with pytest.raises(InputError) as caught:
        slug(text)
    assert caught.value.code == "slug-empty"


def test_uuid_is_the_same_everywhere_and_keeps_boundaries():
    assert uuid5_of("process", "db", "steel") == uuid.UUID("aecdcd48-6fb8-54c9-bbf0-e94bf19659d2")
    assert uuid5_of("process", "ab", "c") != uuid5_of("process", "a", "bc")
    assert uuid5_of("process", "端子").version == 5
