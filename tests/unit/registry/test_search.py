"""Search: tokens, full text in two languages, facets, pages, and an index that follows the labels."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from tests.unit.registry.builders import NOW, PRODUCTS, product_claim, sign

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.workflow import workflow
from cradlemark.registry.home import Home
from cradlemark.registry.search.query import Query, read_query
from cradlemark.registry.search.tokens import Phrase, phrases, tokens


@pytest.fixture
def register(home: Home) -> Home:
    """Four labels of three holders."""
    from cradlemark.registry.labels.issue import IssueRequest, issue

    issue(
        [IssueRequest(f"case {n}", product_claim(n)) for n in range(len(PRODUCTS))],
        mark="DEMO",
        time=NOW,
        sign=sign,
    )
    return home


@pytest.fixture(params=["few labels", "many labels"], autouse=True)
def shelf_of_any_size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every question is answered with few labels, where each is looked at, and with many, where values are counted and sets remembered."""
    from cradlemark.registry.search import shelf

    many = request.param == "many labels"
    monkeypatch.setattr(shelf, "EACH", 1_000_000 if many else 0)
    monkeypatch.setattr(shelf, "MANY", 1 if many else 1_000_000)
    monkeypatch.setattr(shelf, "REMEMBERED", 3)


def models(query: Query) -> list[str]:
    from cradlemark.registry.search.find import find

    return [row.product_models for row in find(query).rows]


def counts(query: Query, facet: Any) -> dict[str, int]:
    from cradlemark.registry.search.find import find

    return {one.value: one.count for one in find(query).facets[facet]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("接线端子", "接线 线端 端子 子"),
        ("排", "排"),
        ("ＰＴ２．５　Ｑuattro", "pt2 5 quattro"),
        ("Gießerei MÜLLER", "giesserei muller"),
        ("UK-5N端子", "uk 5n 端子 子"),
        ("ｶﾞｽ", "カス ス"),
        ("a_b", "a b"),
        ("…!?", ""),
    ],
)
def test_tokens(text: str, expected: str) -> None:
    assert " ".join(tokens([text])) == expected


def test_query_is_cut_into_phrases() -> None:
    assert phrases('uk-5 端子排 "OR" 排') == (
        Phrase(("uk", "5"), True), Phrase(("端子", "子排"), False), Phrase(("or",), True), Phrase(("排",), True),
    )  # fmt: skip


FOUND = (
    ("", ["F-100", "GEH-4711", "UK-5N", "PT-2.5-QUATTRO"]),
    ("terminal", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("TERM", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("block terminal", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("端子", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("接线端子", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("线端", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("子", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("端子 螺钉", ["UK-5N"]),
    ("端接", []),
    ("pt-2.5-quat", ["PT-2.5-QUATTRO"]),
    ("muller", ["GEH-4711"]),
    ("GIESSEREI", ["GEH-4711"]),
    ("越南", ["F-100"]),
    ("海港", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("853690", ["UK-5N", "PT-2.5-QUATTRO"]),
    ("DEMO-000002-", ["GEH-4711"]),
    ("fabric 端子", []),
    ("★ !!", []),
)


def test_text_is_found_in_both_languages(register: Home) -> None:
    assert {text: models(Query(text)) for text, _ in FOUND} == dict(FOUND)


HOSTILE = (
    '"', "'", "\\", "*", "NEAR(a b)", "terminal OR cotton", "terminal NOT block", "-terminal", "tokens:terminal", "^terminal",
    "a AND", '" OR "1"="1', "'; DROP TABLE search_row; --", "(((", "terminal & ! |", "<-> :*", "\x00x", "{tokens}: x", "%s %d {}",
    "端" * 5000, "a " * 5000, "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "\u202egnp.exe", "﷽" * 300,
    )  # fmt: skip


def test_words_of_query_languages_are_only_words(register: Home) -> None:
    from cradlemark.registry.search.find import find
    from cradlemark.registry.search.models import Row

    for text in HOSTILE:
        assert 0 <= find(read_query({"q": [text]})).total < len(PRODUCTS), text
    assert Row.objects.count() == len(PRODUCTS)


def test_facets_count_what_choosing_them_would_find(register: Home) -> None:
    query = Query("", {"holder": ("Harbour Electric",)})
    assert counts(query, "holder") == {"Harbour Electric": 2, "Müller Gießerei": 1, "Delta Textiles": 1}
    assert counts(query, "category") == {"HS 853690": 2, "ECLASS 27-14-11-20": 1}
    assert counts(query, "region") == {"CN-ZJ": 2}
    both = query.toggled("holder", "Delta Textiles").toggled("region", "VN")
    assert models(both) == ["F-100"]
    assert counts(both, "region") == {"CN-ZJ": 2, "VN": 1}
    assert counts(both, "holder") == {"Delta Textiles": 1, "Harbour Electric": 0}
    for facet in ("category", "region", "year", "state", "kind", "rule_pack", "programme"):
        for value, count in counts(query, facet).items():
            assert len(models(query.toggled(facet, value))) == count, (facet, value)


def test_every_facet_has_its_values(register: Home) -> None:
    from cradlemark.registry.search.find import find

    facets = find(Query()).facets
    assert [one.value for one in facets["year"]] == ["2026", "2025", "2024"]
    assert {one.value: one.count for one in facets["state"]} == {"active": 4}
    assert facets["programme"][0].name == Text("Demonstration programme", "演示计划")
    assert facets["grade"] == ()


def test_chosen_value_that_nobody_has_is_shown(register: Home) -> None:
    query = read_query({"region": ["XX", "'; --"], "unknown": ["x"]})
    assert models(query) == []
    assert counts(query, "region") | {"XX": 0, "'; --": 0} == counts(query, "region")


@pytest.mark.parametrize(
    ("sort", "first"), [("newest", "F-100"), ("lowest", "PT-2.5-QUATTRO"), ("highest", "F-100"), ("ending", "PT-2.5-QUATTRO")]
)  # fmt: skip
def test_sorting(register: Home, sort: Any, first: str) -> None:
    assert models(Query(sort=sort))[0] == first


def test_pages(register: Home) -> None:
    from cradlemark.registry.search.find import find

    pages = [find(Query(page=page), size=3) for page in (1, 2, 99)]
    assert [len(one.rows) for one in pages] == [3, 1, 1]
    assert [(one.query.page, one.pages, one.total) for one in pages] == [(1, 2, 4), (2, 2, 4), (2, 2, 4)]


def test_query_survives_the_address() -> None:
    query = Query("端子 a&b=c", {"holder": ("A & B", "C=D"), "year": ("2025",)}, "lowest", 3)
    given: dict[str, list[str]] = {}
    for name, value in query.pairs():
        given.setdefault(name, []).append(value)
    assert read_query(given) == query


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "９", "99999999999999999999", ""])
def test_impossible_page_is_the_first_or_the_last(page: str) -> None:
    assert read_query({"page": [page]}).page == 1


def test_change_of_state_is_found_at_once(register: Home) -> None:
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.labels.models import Label

    assert counts(Query(), "state") == {"active": 4}
    number = str(Label.objects.get(sequence=1).number)
    step = workflow().narrowed("label", ["suspend"])
    change_state(
        ChangeRequest("k", number, "suspend", step["suspend"].role, "x", "Overdue."), steps=step, time=NOW
    )
    assert counts(Query(), "state") == {"active": 3, "suspended": 1}
    assert models(Query("", {"state": ("suspended",)})) == ["UK-5N"]


def test_what_words_found_before_is_asked_anew_after_a_change(home: Home) -> None:
    from cradlemark.registry.labels.issue import IssueRequest, issue

    for n, found in enumerate((["PT-2.5-QUATTRO"], ["UK-5N", "PT-2.5-QUATTRO"])):
        issue([IssueRequest(f"case {n}", product_claim(n))], mark="DEMO", time=NOW, sign=sign)
        assert [models(Query("端子")), models(Query("端子"))] == [found, found]
        assert counts(Query("端子"), "state") == {"active": len(found)}


def test_only_so_many_values_are_described(register: Home) -> None:
    from cradlemark.registry.search.find import find

    query = Query("", {"holder": ("Delta Textiles",)})
    found = find(query, values=1)
    assert {one.value: (one.count, one.chosen) for one in found.facets["holder"]} == {
        "Harbour Electric": (2, False), "Delta Textiles": (1, True),
    }  # fmt: skip
    assert found.left_out["holder"] == 1
    assert [one.value for one in find(Query(), values=2).facets["year"]] == ["2026", "2025"]
    assert find(Query(), values=2).left_out["year"] == 1
    assert set(find(query).left_out.values()) == {0}


def test_label_that_is_not_signed_yet_is_not_found(home: Home) -> None:
    from cradlemark.registry.labels.issue import IssueRequest, finish, issue

    def fail(claim: Claim, index: int) -> str:
        raise RuntimeError("the signer is gone")

    with pytest.raises(RuntimeError):
        issue([IssueRequest("case", product_claim(0))], mark="DEMO", time=NOW, sign=fail)
    assert models(Query()) == []
    finish(sign)
    assert models(Query()) == ["PT-2.5-QUATTRO"]


def test_rolled_back_label_leaves_nothing(home: Home) -> None:
    from django.db import transaction

    from cradlemark.registry.labels.issue import IssueRequest, issue

    with transaction.atomic():
        issue([IssueRequest("case", product_claim(0))], mark="DEMO", time=NOW, sign=sign)
        transaction.set_rollback(True)
    assert models(Query()) == []
    assert models(Query("端子")) == []


def test_index_made_anew_is_the_same(register: Home) -> None:
    from cradlemark.registry.search.keep import rebuild
    from cradlemark.registry.search.models import Row

    def stored() -> list[dict[str, Any]]:
        return [{k: v for k, v in row.items() if k != "clock"} for row in Row.objects.values()]

    before = stored()
    Row.objects.filter(sequence=0).update(tokens="something else", region="XX")
    Row.objects.filter(sequence=3).delete()
    assert models(Query("cotton")) == []
    assert rebuild() == len(PRODUCTS)
    assert stored() == before
    assert models(Query("cotton")) == ["F-100"]
    assert counts(Query(), "region") == {"CN-ZJ": 2, "DE": 1, "VN": 1}


def test_labels_of_before_the_index_are_indexed_by_the_migration(register: Home) -> None:
    from django.core.management import call_command
    from django.db import connection

    with connection.cursor() as cursor:
        for table in ("search_text", "search_row", "search_clock"):
            cursor.execute(
                f"DROP TABLE IF EXISTS {table} {'CASCADE' if connection.vendor == 'postgresql' else ''}"
            )
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS search_row_words")
        cursor.execute("DELETE FROM django_migrations WHERE app = 'search'")
    call_command("migrate", verbosity=0, interactive=False)
    assert models(Query("cotton")) == ["F-100"]
    assert counts(Query(), "year") == {"2026": 1, "2025": 2, "2024": 1}


def test_expired_day_is_a_day(register: Home) -> None:
    from cradlemark.registry.search.models import Row

    assert Row.objects.get(sequence=0).valid_until == datetime.date(2026, 2, 28)
