"""What matching finds, refuses, prefers and says."""

import time

import attrs
import pytest
from tests.machine import within

from cradlemark.core.language import Text
from cradlemark.inventory.database import Database, Inventory
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching import ACCEPT, Matcher, Query, search
from cradlemark.inventory.starter import default_inventory, starter_database


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(default_inventory())


def own_database(**changes: dict[str, object]) -> Inventory:
    """An imported database: names only, no table knows its ids."""
    model = starter_database().datasets["x-cu-cathode-ica"]
    datasets: dict[str, Dataset] = {}
    for key, change in changes.items():
        datasets[key] = attrs.evolve(
            model, id=key, database="own", concepts=(), synonyms=(), year=2022, **change
        )
    return Inventory((Database("own", "1", "sha256:0", "own", "own", datasets),))


@pytest.mark.parametrize(
    ("text", "dataset"),
    [
        ("PA66-GF30 V0", "mem-glo-pa66-fr"),
        ("CuZn37", "der-cuzn37-primary"),
        ("H62黄铜", "der-cuzn37-primary"),
        ("1.4310", "cn-cpcd-41265x0332021b"),
        ("SUS301弹簧带", "cn-cpcd-41265x0332021b"),
        ("镀锡铜带", "cn-cpcd-41511x0012015a"),
        ("瓦楞纸箱", "cn-cpcd-32151x0012019c"),
    ],
)
def test_finds_the_lines_of_the_brief(matcher: Matcher, text: str, dataset: str) -> None:
    best = matcher.best(Query(text, unit="kg", place="CN"))
    assert best is not None
    assert best.dataset == dataset
    assert best.score >= ACCEPT


@pytest.mark.parametrize(
    ("texts", "concept"),
    [
        (("CuZn37", "CW508L", "C27200", "C2720", "2.0321", "H62", "h62", "Ｈ６２", "C2680R-1/2H"), "cuzn37"),
        (("CuSn6", "CW452K", "C51900", "C5191", "QSn6.5-0.1", "QSn 6.5-0.1", "qsn6.5-0.1"), "cusn6"),
        (
            ("1.4310", "X10CrNi18-8", "X10CrNi 18-8", "SUS301", "12Cr17Ni7", "AISI 301", "SUS 301-CSP"),
            "stainless_austenitic",
        ),
        (("Q235B", "S235JR", "SS400", "1.0038"), "carbon_steel"),
        (("DC01", "SPCC", "冷轧板", "冷軋板".replace("軋", "轧")), "cold_rolled_steel"),
        (("ADC12", "AlSi9Cu3(Fe)", "EN AC-46000", "A380", "YZAlSi9Cu4"), "aluminium_casting_alloy"),
        (("Zamak 3", "ZnAl4", "ZA4-1", "锌合金"), "zinc_alloy"),
        (("PA66", "PA 66", "PA6.6", "尼龙66", "Nylon 6.6", "Zytel 101"), "pa66"),
        (("HT200", "GG25", "EN-GJL-250", "FC250", "灰铸铁"), "cast_iron"),
        (("CuZn33Pb7",), "brass_leaded"),
        (("X7CrNi23-14",), "stainless_austenitic"),
    ],
)
def test_designations_of_all_standards_mean_the_same(
    matcher: Matcher, texts: tuple[str, ...], concept: str
) -> None:
    for text in texts:
        found = matcher.find(Query(text, unit="kg"))
        assert found, text
        assert found[0].concept == concept, text


@pytest.mark.parametrize(
    "text",
    [
        "2002-1201",
        "A-304-1234-REV.B",
        "M3x8",
        "0.5mm",
        "φ12*300",
        "RAL 7035",
        "",
        "   ",
        "-",
        "???",
        "3RT2015-1BB41",
        "1",
        "铁" * 0,
    ],
)
def test_part_numbers_dimensions_and_nothing_are_left_open(matcher: Matcher, text: str) -> None:
    assert matcher.best(Query(text, unit="kg")) is None


@pytest.mark.parametrize(
    "text", ["铜" * 3000, "a" * 20000, "1.4310 " * 2000, "\x00\x01", "𠀀𠀁", "%s{}<b>", "İıŞ"]
)
def test_hostile_text_does_no_harm(matcher: Matcher, text: str) -> None:
    started = time.process_time()
    matcher.best(Query(text, unit="kg"))
    assert within(time.process_time() - started, 5.0)


def test_reason_names_designation_standard_family_place_year_and_status(matcher: Matcher) -> None:
    best = matcher.best(Query("CuZn40 strip", unit="kg", place="DE"))
    assert best is not None
    for words in ("'CuZn40'", "EN symbol", "Germany", "2018", "computed"):
        assert words in best.reason.en
    for words in ("“CuZn40”", "EN symbol", "德国", "2018", "推算"):
        assert words in best.reason.zh


def test_reason_says_closest_family(matcher: Matcher) -> None:
    best = matcher.best(Query("42CrMo4", unit="kg"))
    assert best is not None
    assert "closest family is steel" in best.reason.en
    assert "采用最接近的类别钢" in best.reason.zh


def test_plating_is_said_not_to_be_covered(matcher: Matcher) -> None:
    best = matcher.best(Query("镀锡铜带", unit="kg", place="CN"))
    assert best is not None
    assert best.concept == "copper"
    assert "coating (tin) is not covered" in best.reason.en
    assert "锡" in best.reason.zh


def test_filler_is_said_not_to_be_modelled(matcher: Matcher) -> None:
    best = matcher.best(Query("PA66-GF30", unit="kg"))
    assert best is not None
    assert "30 %" in best.reason.en


def test_spelling_is_corrected_and_said(matcher: Matcher) -> None:
    best = matcher.best(Query("polypropelene", unit="kg"))
    assert best is not None
    assert best.concept == "pp"
    assert "correcting the spelling" in best.reason.en


@pytest.mark.parametrize("words", ["PP", "HDPE", "aluminium", "纸板", "copper"])
def test_recycled_only_where_the_line_says_so(matcher: Matcher, words: str) -> None:
    recycled = {"recycled", "closed", "rec"}
    plain = matcher.best(Query(words, unit="kg", place="GB"))
    asked = matcher.best(Query(f"{words} recycled", unit="kg", place="GB"))
    assert plain is not None
    assert asked is not None
    assert not recycled & set(plain.dataset.split("-"))
    assert recycled & set(asked.dataset.split("-"))


def test_unit_that_does_not_convert_is_never_taken(matcher: Matcher) -> None:
    assert matcher.best(Query("CuZn37", unit="item")) is None
    found = matcher.find(Query("CuZn37", unit="item"))
    assert "does not convert" in found[0].reason.en
    assert "无法换算" in found[0].reason.zh
    taken = matcher.best(Query("CuZn37", unit="t"))
    assert taken is not None


def test_unknown_unit_is_not_guessed(matcher: Matcher) -> None:
    assert matcher.best(Query("CuZn37", unit="furlong-ish")) is None


def test_organisation_factors_are_never_offered_for_a_product(matcher: Matcher) -> None:
    inventory = matcher.inventory
    for place in ("CN", "CN-ZJ", "GB", "US", "US-CA"):
        for match in matcher.find(Query("电力", unit="kWh", place=place, role="electricity"), 50):
            assert inventory[match.dataset].purpose == "product"
    own = matcher.find(
        Query("电力", unit="kWh", place="CN-ZJ", role="electricity", purpose="organisation"), 50
    )
    assert any(inventory[match.dataset].purpose == "organisation" for match in own)


def test_electricity_of_another_country_is_no_stand_in(matcher: Matcher) -> None:
    home = matcher.best(Query("electricity", unit="kWh", place="CN-ZJ", role="electricity"))
    assert home is not None
    assert home.dataset == "el-cn-cf-2024"
    inventory = own_database(
        e={"name": Text("electricity grid mix"), "category": "electricity", "unit": "kWh", "geography": "FR"}
    )
    assert Matcher(inventory).best(Query("electricity", unit="kWh", place="CN", role="electricity")) is None


def test_transport_to_the_waste_plant_is_never_a_treatment(matcher: Matcher) -> None:
    query = Query("food waste composting", unit="kg", place="GB", role="waste")
    found = matcher.find(query)
    assert matcher.inventory[found[0].dataset].boundary == "treatment_transport_only"
    assert matcher.best(query) is None


def test_waste_without_treatment_is_left_open(matcher: Matcher) -> None:
    assert matcher.best(Query("废塑料", unit="kg", place="CN", role="waste")) is None
    assert matcher.best(Query("废塑料 焚烧", unit="kg", place="CN", role="waste")) is not None


def test_boundary_that_is_asked_for_goes_first(matcher: Matcher) -> None:
    burnt = matcher.best(Query("diesel", unit="kg", place="GB", role="energy"))
    supplied = matcher.best(Query("diesel", unit="kg", place="GB", role="energy", boundary=("well_to_tank",)))
    assert burnt is not None
    assert supplied is not None
    assert matcher.inventory[burnt.dataset].boundary == "combustion"
    assert matcher.inventory[supplied.dataset].boundary == "well_to_tank"


def test_nearer_place_goes_first() -> None:
    inventory = own_database(
        a={"name": Text("brass"), "category": "metal", "geography": "US"},
        b={"name": Text("brass"), "category": "metal", "geography": "RER"},
        c={"name": Text("brass"), "category": "metal", "geography": "DE"},
    )
    ranked = [match.dataset for match in Matcher(inventory).find(Query("CuZn40", place="DE"))]
    assert ranked == ["c", "b", "a"]


def test_nearer_year_goes_first() -> None:
    inventory = own_database(
        a={"name": Text("brass"), "category": "metal"}, b={"name": Text("brass"), "category": "metal"}
    )
    older = attrs.evolve(inventory["a"], year=2010)
    database = attrs.evolve(inventory.databases[0], datasets={"a": older, "b": inventory["b"]})
    matcher = Matcher(Inventory((database,)))
    assert matcher.find(Query("brass", year=2011))[0].dataset == "a"
    assert matcher.find(Query("brass", year=2022))[0].dataset == "b"


def test_new_derived_number_before_an_old_verified_one_is_said() -> None:
    inventory = own_database(
        old={"name": Text("brass"), "category": "metal", "status": "verified"},
        new={"name": Text("brass"), "category": "metal", "status": "derived"},
    )
    old = attrs.evolve(inventory["old"], year=2005)
    database = attrs.evolve(inventory.databases[0], datasets={"old": old, "new": inventory["new"]})
    first = Matcher(Inventory((database,))).find(Query("brass", year=2024))[0]
    assert first.dataset == "new"
    assert "A verified number exists (old, 2005)" in first.reason.en
    same_age = Matcher(inventory).find(Query("brass", year=2024))[0]
    assert same_age.dataset == "old"


def test_a_database_nobody_prepared_is_matched_by_its_names() -> None:
    inventory = own_database(
        brass={"name": Text("brass production | brass | Cutoff, U"), "category": "Metals/Copper"},
        nylon={"name": Text("market for nylon 6-6, glass-filled"), "category": ""},
        pp={"name": Text(zh="聚丙烯颗粒"), "category": "塑料"},
        pps={"name": Text("polyphenylene sulfide (PPS) granulate"), "category": ""},
        soap={"name": Text("sodium lauryl ether sulfate", "月桂醇聚醚硫酸酯钠"), "category": ""},
        lorry={
            "name": Text("transport, freight, lorry >32 metric ton, EURO6"),
            "category": "Transport",
            "unit": "tkm",
        },
    )
    matcher = Matcher(inventory)
    for text, role, wanted in (
        ("CuZn37", "material", "brass"),
        ("PA66-GF30", "material", "nylon"),
        ("polypropylene", "material", "pp"),
        ("PPS-GF40 Fortron", "material", "pps"),
        ("聚苯硫醚", "material", "pps"),
        ("sodium lauryl ether sulphate 70%", "material", "soap"),
        ("articulated lorry 40 t", "transport", "lorry"),
    ):
        best = matcher.best(Query(text, place="GLO", role=role))
        assert best is not None, text
        assert best.dataset == wanted, text
    assert matcher.best(Query("zinc")) is None


def test_packaged_ids_do_not_lend_their_meaning_to_other_databases() -> None:
    inventory = own_database(
        **{"der-cuzn37-primary": {"name": Text("sodium chloride"), "category": "chemical"}}
    )
    assert Matcher(inventory).best(Query("CuZn37")) is None


def test_empty_inventory_leaves_everything_open() -> None:
    matcher = Matcher(Inventory(()))
    assert matcher.find(Query("CuZn37")) == ()
    assert matcher.best(Query("CuZn37")) is None
    assert search(Inventory(()), "黄铜") == ()


def test_two_unrelated_materials_are_left_open(matcher: Matcher) -> None:
    assert matcher.best(Query("steel / polypropylene / glass", unit="kg")) is None


def test_search_finds_everything_by_free_words(matcher: Matcher) -> None:
    assert matcher.search("黄铜")[0].dataset == "der-cuzn37-primary"
    assert any(match.dataset.startswith("el-") for match in matcher.search("electricity france", 5))
    assert all(
        match.dataset.startswith("tr-") or "651" in match.dataset
        for match in matcher.search("lorry", 5, role="transport")
    )
    assert len(matcher.search("steel", 3)) == 3
    assert search(matcher.inventory, "seau introuvable xyzzy") == ()


def test_scores_and_order(matcher: Matcher) -> None:
    found = matcher.find(Query("steel", unit="kg"), 20)
    scores = [match.score for match in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 100.0 for score in scores)
    assert all(match.reason.complete for match in found)
    assert len({match.dataset for match in found}) == len(found)
    assert matcher.find(Query("steel", unit="kg"), 20) is found


def test_speed_of_index_and_of_many_lines(matcher: Matcher) -> None:
    started = time.process_time()
    fresh = Matcher(matcher.inventory)
    built = time.process_time() - started
    started = time.process_time()
    texts = [
        f"{text} {number}x{number + 3}"
        for number in range(20)
        for text in ("CuZn37", "PA66-GF30", "冷轧板", "纸箱", "M3 screw")
    ]
    for text in texts * 10:
        fresh.best(Query(text, unit="kg", place="CN"))
    matched = time.process_time() - started
    assert within(built, 0.4)  # 0.02 s on a quiet machine
    assert within(matched, 1.0)  # 1,000 lines, 100 texts: 0.06 s on a quiet machine


def test_burning_names_the_supply_of_the_fuel(matcher: Matcher) -> None:
    best = matcher.best(Query("柴油", unit="kg", place="CN", role="energy"))
    assert best is not None
    assert matcher.inventory[best.dataset].boundary == "combustion"
    assert "burning only" in best.reason.en
    assert "仅包含燃烧" in best.reason.zh


@pytest.mark.parametrize(
    "text",
    [
        "PcfRuleName",
        "Platform",
        "timer",
        "worker",
        "grave",
        "missing",
        "Calibri",
        "leads",
        "亚硫酸",
        "钢琴",
        "纸巾",
        "银河",
    ],
)
def test_words_that_only_look_like_materials_are_left_open(matcher: Matcher, text: str) -> None:
    assert matcher.best(Query(text, unit="kg", place="CN")) is None


@pytest.mark.parametrize("text", ["PA66G30V0", "PA66GF30V0", "PA66+GF30 V-0", "PA66 FR(40)", "阻燃尼龙66"])
def test_flame_retardant_polyamide_is_told_apart(matcher: Matcher, text: str) -> None:
    assert matcher.find(Query(text, unit="kg"))[0].concept == "pa66_fr"
