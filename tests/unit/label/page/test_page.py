"""The page of a label: what it says of every state and kind of claim, in both languages, and what it never does."""

from __future__ import annotations

import itertools
import re
from urllib.parse import urlsplit

import attrs
import pytest
from tests.unit.label.artwork.orders import GRADE, PROGRAMME, REDUCTION
from tests.unit.label.page.document import Page, told
from tests.unit.label.page.labels import (
    AFTER,
    ARTWORK,
    BEFORE,
    MARKED,
    REASONS,
    STATES,
    claims,
    gate_claim,
    named,
    published,
    richest,
    terminal,
)

from cradlemark.core.language import LANGUAGES, Language, Text
from cradlemark.label.claim import Value
from cradlemark.label.credential import label_address
from cradlemark.label.number import LabelNumber
from cradlemark.label.page.record import PublicLabel
from cradlemark.label.page.render import label_page, missing_page
from cradlemark.label.page.wording import TAGS, word
from cradlemark.label.workflow import workflow

ACME = str(LabelNumber("ACME", 0))
LARGEST = 15_000
"""Longest page as it goes over the wire [byte]."""
ORDER = [
    "figure",
    "product",
    "position",
    "stages",
    "reduction",
    "verification",
    "check",
    "history",
    "limits",
    "report",
]
"""Sections behind the banner, as the reference lists them."""
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \"'>&amp; {{ 7*7 }} {% raw %} javascript:alert(3)"
)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_state = pytest.mark.parametrize("state", STATES)
every_kind = pytest.mark.parametrize("kind", list(claims()))


def page(label: PublicLabel, language: Language) -> Page:
    return Page(label_page(label, language))


def link(number: str) -> str:
    return f"{label_address('../..', number)}/"


# ---- state ------------------------------------------------------------------------------------------------------------------


@every_language
@every_state
def test_banner_says_the_state_first(state: str, language: Language) -> None:
    made = page(published(state), language)
    main = made.by_id("content")
    banner = list(main)[1]
    assert "banner" in banner.get("class", "")
    title = workflow().states["label"][state].title[language]
    assert told(banner).startswith(title)
    assert title in told(made.all("title")[0])
    allowed = word("mark_yes" if state in MARKED else "mark_no")[language]
    assert allowed in told(banner)


@every_language
@every_state
def test_mark_is_shown_only_while_it_may_be_used(state: str, language: Language) -> None:
    made = page(published(state), language)
    sources = {image.get("src") for image in made.all("img")}
    links = {anchor.get("href") for anchor in made.all("a")}
    if state in MARKED:
        assert sources == {f"full.{language}.light.svg"}
        assert set(ARTWORK) <= links
    else:
        assert sources == set()
        assert not set(ARTWORK) & links


@pytest.mark.parametrize(
    ("state", "tone"),
    [("active", "valid"), ("recognised", "valid"), ("watch", "note"), ("renewal_open", "note"), ("scope_reduced", "note"),
     ("suspended", "stopped"), ("revoked", "stopped"), ("expired", "ended"), ("withdrawn", "ended"), ("superseded", "ended")],
)  # fmt: skip
def test_tone_follows_the_state(state: str, tone: str) -> None:
    made = page(published(state), "en")
    assert made.by_class("banner")[0].get("class") == f"banner {tone}"
    assert made.by_class("icon")


@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_red_banner_gives_reason_and_date(state: str) -> None:
    english, chinese = (
        told(page(published(state), language).by_class("banner")[0]) for language in LANGUAGES
    )
    assert REASONS[state] in english
    assert REASONS[state] in chinese
    assert "2 March 2027" in english
    assert "2027年3月2日" in chinese


def test_dates_of_valid_and_expired_labels_are_those_of_the_claim() -> None:
    assert "Valid until 27 November 2028." in page(published("active"), "en").text
    assert "有效期至2028年11月27日" in page(published("watch"), "zh").text
    assert "Its last day was 27 November 2028." in page(published("expired"), "en").text


def test_reason_of_a_change_that_is_over_is_not_in_the_banner() -> None:
    back = attrs.evolve(published("suspended"), state="active")
    assert REASONS["suspended"] not in told(page(back, "en").by_class("banner")[0])
    assert REASONS["suspended"] in told(page(back, "en").by_class("history")[0])


@every_language
def test_superseded_label_leads_to_its_successor(language: Language) -> None:
    made = page(published("superseded", followers=(AFTER,)), language)
    assert link(AFTER) in {anchor.get("href") for anchor in made.by_class("banner")[0].iter("a")}


@every_language
def test_label_that_is_not_public_shows_nothing_but_its_state(language: Language) -> None:
    made = page(published("registered"), language)
    assert word("hidden")[language] in made.text
    assert "51.5" not in made.text
    assert not made.by_class("rows")


# ---- content ----------------------------------------------------------------------------------------------------------------


PAGES = [(state, "footprint") for state in STATES] + [("active", kind) for kind in claims()]


@every_language
@pytest.mark.parametrize(("state", "kind"), PAGES)
def test_every_page_is_valid_html_within_its_size(state: str, kind: str, language: Language) -> None:
    made = page(published(state, claims()[kind]), language)
    assert made.packed <= LARGEST
    assert made.root.get("lang") == TAGS[language]
    ids = [element.get("id") for element in made.elements() if element.get("id")]
    assert len(ids) == len(set(ids))


@every_language
def test_page_with_everything_is_within_its_size(language: Language) -> None:
    assert page(richest(), language).packed <= LARGEST * 0.6  # room for long names and long histories


@every_language
@every_kind
def test_order_of_elements(kind: str, language: Language) -> None:
    made = page(published("active", claims()[kind]), language)
    order = [heading.get("id") for heading in made.all("h2")]
    assert order == [f"h-{name}" for name in ORDER]


@every_language
def test_figure_has_unit_boundary_and_interval(language: Language) -> None:
    made = page(published(), language)
    figure = told(made.by_class("figure")[0])
    assert "51.5 g CO2e" in figure
    assert "A1–C4" in figure
    assert "44.1 – 60.2" in figure
    assert "49.1 g CO2e" in figure
    assert {"en": "per 1 piece", "zh": "每 1 件"}[language] in figure


@every_language
def test_partial_footprint_says_so(language: Language) -> None:
    made = page(published("active", gate_claim()), language)
    assert {"en": "partial footprint", "zh": "部分碳足迹"}[language] in told(made.by_class("figure")[0])
    assert "B6" in word("stages_uncovered", stages="B6")[language]
    assert {"en": "Not covered by this label: A4", "zh": "本标签未涵盖：A4"}[language] in made.text


@every_language
def test_what_is_not_known_is_said(language: Language) -> None:
    plain = terminal(product=attrs.evolve(terminal().product, gtin=""))
    vague = attrs.evolve(
        plain, values=attrs.evolve(plain.values, life_cycle=Value(0.05, None, None, "50.0", "g")),
        quality=attrs.evolve(plain.quality, rating=None, cut_off_share=None),
    )  # fmt: skip
    text = page(published("active", vague), language).text
    assert word("interval_unknown")[language] in text
    assert word("position_none")[language] in text
    assert word("reduction_none")[language] in text
    assert word("no_picture")[language] in text
    assert {"en": "Not stated: GTIN", "zh": "未声明：全球贸易项目代码"}[language] in text
    assert text.count({"en": "unknown", "zh": "未知"}[language]) == 2


@every_language
def test_unverified_factors_stand_beside_the_figure(language: Language) -> None:
    plain = terminal()
    made = attrs.evolve(plain, quality=attrs.evolve(plain.quality, unverified_share=0.158))
    assert "15.8 %" in told(page(published("active", made), language).by_class("figure")[0])
    clean = attrs.evolve(plain, quality=attrs.evolve(plain.quality, unverified_share=0.0))
    assert not page(published("active", clean), language).by_class("caution")


@every_language
def test_rules_that_nobody_checked_against_the_published_text_say_so(language: Language) -> None:
    from cradlemark.rules.pack import load_pack

    plain, pack = terminal(), load_pack("iso-14067-2018")
    basis = attrs.evolve(plain.basis, rule_pack=pack.id, rule_pack_digest=pack.digest)
    told_ = page(published("active", attrs.evolve(plain, basis=basis)), language).text
    assert pack.title[language] in told_
    assert {"en": "not checked against the published text", "zh": "未与正式发布文本核对"}[language] in told_


@every_language
def test_demonstration_is_marked_and_other_programmes_are_not(language: Language) -> None:
    made = page(published(), language)
    assert PROGRAMME.notice[language] in told(made.by_class("demonstration")[0])
    plain = terminal()
    real = attrs.evolve(plain, programme=attrs.evolve(plain.programme, demonstration=False))
    assert not page(published("active", real), language).by_class("demonstration")


@every_language
def test_grade_has_a_picture_and_its_table(language: Language) -> None:
    made = page(published("active", terminal(grade=GRADE)), language)
    (strip,) = made.by_class("strip")
    for part in ("43", "31 %", "24", "40"):
        assert part in strip.get("aria-label", "")
    assert {"p10", "p90", "A", "B", "E"} <= {
        told(text) for text in strip.iter() if str(text.tag).endswith("text")
    }
    needle = next(element for element in strip.iter() if element.get("class") == "needle")
    assert needle.get("x") == "31.00%"
    assert "B" in told(made.by_class("total")[0])


@every_language
def test_reduction_gives_baseline_parts_and_what_does_not_count(language: Language) -> None:
    reduction = attrs.evolve(
        REDUCTION, baseline=BEFORE, low=0.1, high=0.15, parts={"mass": -0.0082, "grid": 0.001}
    )
    made = page(published("active", terminal(reduction=reduction)), language)
    text = told(
        next(section for section in made.all("section") if section.get("aria-labelledby") == "h-reduction")
    )
    for part in ("12.3 %", "10.0", "15.0", "−8.2", "1.0", "−7.2", BEFORE):
        assert part in text
    assert {"en": "electricity grid (not counted)", "zh": "电网 (不计入)"}[language] in text
    assert link(BEFORE) in {anchor.get("href") for anchor in made.all("a")}


@every_language
def test_baseline_of_another_programme_or_statement_is_named_without_a_link(language: Language) -> None:
    for reduction in (attrs.evolve(REDUCTION, baseline=ACME),
                      attrs.evolve(REDUCTION, baseline="Report 7", baseline_kind="statement")):  # fmt: skip
        made = page(published("active", terminal(reduction=reduction)), language)
        assert reduction.baseline in made.text
        assert not {anchor.get("href") for anchor in made.all("a")} & {link(BEFORE), link(ACME)}


@every_language
def test_bars_and_table_say_the_same(language: Language) -> None:
    made = page(published(), language)
    drawn = [told(text) for text in made.by_class("bars")[0].iter() if str(text.tag).endswith("text")]
    section = next(one for one in made.all("section") if one.get("aria-labelledby") == "h-stages")
    rows = [[told(cell) for cell in row] for row in section.iter("tr")][1:]
    assert drawn == list(itertools.chain.from_iterable((row[0], f"{row[-1]} g") for row in rows))
    for table in made.all("table"):
        assert table.find("caption") is not None
        assert all(cell.get("scope") in ("row", "col") for cell in table.iter("th"))


def test_credits_are_drawn_to_the_left_of_zero() -> None:
    plain = terminal()
    none = (0.0,) * len(plain.values.origins)
    stages = {"A1": (0.06, *none[1:]), "C4": (-0.02, *none[1:])}
    made = page(
        published("active", attrs.evolve(plain, values=attrs.evolve(plain.values, by_stage=stages))), "en"
    )
    bars = {bar.get("class"): (bar.get("x"), bar.get("width")) for bar in made.by_class("bar")}
    assert bars == {"bar A": ("25.00%", "75.00%"), "bar C negative": ("0.00%", "25.00%")}


def test_nothing_at_all_makes_no_picture() -> None:
    plain = terminal()
    none = dict.fromkeys(plain.values.by_stage, (0.0,) * len(plain.values.origins))
    made = page(
        published("active", attrs.evolve(plain, values=attrs.evolve(plain.values, by_stage=none))), "en"
    )
    assert not made.by_class("bars")


@every_language
def test_both_electricity_bases_are_shown(language: Language) -> None:
    text = page(published(), language).text
    assert {"en": "location-based", "zh": "基于位置"}[language] in text
    assert {"en": "market-based", "zh": "基于市场"}[language] in text


@every_language
def test_revision_is_held_against_the_label_before(language: Language) -> None:
    made = page(richest(), language)
    section = next(one for one in made.all("section") if one.get("aria-labelledby") == "h-history")
    assert {link(BEFORE), link(AFTER)} <= {anchor.get("href") for anchor in section.iter("a")}
    now = terminal()
    heavier = attrs.evolve(
        now, number=BEFORE, values=attrs.evolve(now.values, gate=Value(0.06, None, None, "60.0", "g")),
        quality=attrs.evolve(now.quality, primary_share=0.011),
    )  # fmt: skip
    made = page(
        attrs.evolve(published("active", attrs.evolve(now, previous=BEFORE)), previous=heavier), language
    )
    section = next(one for one in made.all("section") if one.get("aria-labelledby") == "h-history")
    rows = [[told(cell) for cell in row] for row in section.iter("tr")][1:]
    assert len(rows) == 2
    assert (rows[0][1], rows[0][2].split()[0]) == ("60.0 g CO2e", "49.1")
    assert rows[1][1] == "1.1 %"


@every_language
def test_programme_decides_what_is_public(language: Language) -> None:
    fields = tuple(
        name for name in PROGRAMME.public_fields if name not in ("stages", "history", "grade", "documents")
    )
    closed = attrs.evolve(PROGRAMME, public_fields=fields)
    made = page(attrs.evolve(published("active", terminal(grade=GRADE)), programme=closed), language)
    ids = {heading.get("id") for heading in made.all("h2")}
    assert not {"h-stages", "h-history"} & ids
    assert not made.by_class("strip")
    assert not made.by_class("downloads")
    withheld = told(made.all("footer")[0])
    for name in ("stages", "history", "grade"):
        assert workflow().fields[name][language] in withheld
    assert workflow().fields["reduction"][language] not in withheld


@every_language
def test_report_leads_to_the_programme_with_the_number(language: Language) -> None:
    made = page(published(), language)
    assert f"../../problem/?label={terminal().number}" in {anchor.get("href") for anchor in made.all("a")}


# ---- language ---------------------------------------------------------------------------------------------------------------


@every_language
def test_other_language_is_one_click_away(language: Language) -> None:
    made = page(published(), language)
    offered = {
        one.get("hreflang"): one.get("href") for one in made.all("link") if one.get("rel") == "alternate"
    }
    assert offered | {None: ""} == {"en": "en.html", "zh-Hans": "zh.html", "x-default": "./", None: ""}
    nav = made.all("nav")[0]
    (current,) = [anchor for anchor in nav.iter("a") if anchor.get("aria-current")]
    (other,) = [anchor for anchor in nav.iter("a") if not anchor.get("aria-current")]
    assert current.get("href") == f"{language}.html"
    assert other.get("lang") == other.get("hreflang") == ("zh-Hans" if language == "en" else "en")


@every_language
@every_kind
def test_text_in_the_other_language_is_marked(kind: str, language: Language) -> None:
    made = page(published("suspended", claims()[kind]), language)
    for element in made.elements():
        if language == "en" and re.search(r"[㐀-鿿]", (element.text or "")) and element.tag != "title":
            assert lang_of(made, element) == "zh-Hans", element.text


def test_name_in_one_language_only_is_marked() -> None:
    for language, name, tag in (
        ("en", Text(zh="接线端子"), "zh-Hans"),
        ("zh", Text(en="Terminal block"), "en"),
    ):
        made = page(published("active", named(name)), language)  # type: ignore[arg-type]
        (heading,) = made.all("h1")
        (span,) = list(heading)
        assert (span.get("lang"), span.text) == (tag, name.zh or name.en)


def lang_of(made: Page, element: object) -> str:
    parents = {child: parent for parent in made.elements() for child in parent}
    here = element
    while here is not None:
        if here.get("lang"):  # type: ignore[attr-defined]
            return str(here.get("lang"))  # type: ignore[attr-defined]
        here = parents.get(here)  # type: ignore[call-overload]
    return ""


# ---- what a page never does -------------------------------------------------------------------------------------------------


def hostile_label() -> PublicLabel:
    text = Text(f"{HOSTILE}\u202e\x1b[31m", f"{HOSTILE}恶意")
    plain = terminal(
        reduction=attrs.evolve(REDUCTION, baseline=HOSTILE, excluded=(HOSTILE,), parts={HOSTILE: 1.0})
    )
    made = attrs.evolve(
        plain,
        product=attrs.evolve(plain.product, name=text, models=(HOSTILE,), classification=(HOSTILE,), site=text),
        holder=attrs.evolve(plain.holder, name=text, id=HOSTILE),
        verification=attrs.evolve(plain.verification, verifier=text, accreditation=HOSTILE),
        unit=attrs.evolve(plain.unit, declared_unit=HOSTILE, functional_unit=text),
        basis=attrs.evolve(plain.basis, rule_pack=HOSTILE, databases=((HOSTILE, HOSTILE, HOSTILE),), scenario=HOSTILE),
        limits=(*plain.limits, text), previous=HOSTILE,
    )  # fmt: skip
    label = published("suspended", made)
    changes = (attrs.evolve(label.changes[0], reason=HOSTILE),)
    log = attrs.evolve(label.log, witnesses=(HOSTILE,))
    return attrs.evolve(
        label, changes=changes, log=log, files=(*label.files, f"{HOSTILE}.svg"), followers=(HOSTILE,)
    )


@every_language
@pytest.mark.parametrize("state", ["active", "suspended"])
def test_hostile_texts_are_only_text(state: str, language: Language) -> None:
    made = page(attrs.evolve(hostile_label(), state=state), language)
    (script,) = made.all("script")
    assert script.get("src", "").startswith("../../assets/check.")
    assert not script.text
    assert not {image.get("src") for image in made.all("img")} & {"x"}
    assert "<script>alert(1)</script>" in told(made.all("h1")[0])
    assert "{{ 7*7 }}" in made.text
    assert "\u202e" not in made.content.decode()
    assert "\x1b" not in made.content.decode()


@every_language
@pytest.mark.parametrize("label", [richest(), hostile_label()], ids=["rich", "hostile"])
def test_no_style_no_handler_no_external_address(label: PublicLabel, language: Language) -> None:
    made = page(label, language)
    assert not made.all("style")
    assert not made.all("base")
    for element in made.elements():
        for name, value in element.attrib.items():
            assert name != "style", element.tag
            assert not name.startswith("on"), element.tag
            if name in ("href", "src", "action"):
                parts = urlsplit(value)
                assert (parts.scheme, parts.netloc) == ("", ""), value


def test_the_same_label_gives_the_same_page() -> None:
    assert label_page(richest(), "zh") == label_page(richest(), "zh")


def test_checked_elements_hold_what_the_record_holds() -> None:
    made = page(published(), "en")
    document = terminal().document()
    checked = {
        element.get("data-claim"): told(element) for element in made.elements() if element.get("data-claim")
    }
    assert set(checked) == {
        "number",
        "product.name.en",
        "values.life_cycle.stated",
        "values.life_cycle.stated_unit",
    }
    for path, shown in checked.items():
        value: object = document
        for name in str(path).split("."):
            value = value[name]  # type: ignore[index]
        assert str(value) == shown


# ---- a number that was not issued -------------------------------------------------------------------------------------------


def test_page_for_unknown_numbers_speaks_both_languages() -> None:
    made = Page(missing_page(PROGRAMME, root="/labels/"))
    for language in LANGUAGES:
        assert word("lost_title")[language] in made.text
        assert word("lost_scanned")[language] in made.text
    assert {section.get("lang") for section in made.all("section")} == set(TAGS.values())
    addresses = [element.get("href") or element.get("src") for element in made.elements()]
    assert all(address.startswith(("/labels/", "#")) for address in addresses if address)
    first = attrs.evolve(PROGRAMME, language="zh")
    assert Page(missing_page(first, root="/")).root.get("lang") == "zh-Hans"
