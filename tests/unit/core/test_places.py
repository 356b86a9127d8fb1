import itertools
import re
from collections import Counter

import pytest
from babel import Locale

from cradlemark.core import places
from cradlemark.core.errors import InputError
from cradlemark.core.places import Place, containing, contains, distance, known_place, place_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("CN", "CN"),
        ("cn", "CN"),
        (" cn ", "CN"),
        ("CHN", "CN"),
        ("China", "CN"),
        ("中国", "CN"),
        ("P.R. China", "CN"),
        ("CN-GD", "CN-GD"),
        ("cn_gd", "CN-GD"),
        ("CN-44", "CN-GD"),
        ("广东", "CN-GD"),
        ("广东省", "CN-GD"),
        ("Shanxi", "CN-SX"),
        ("Shaanxi", "CN-SN"),
        ("GLO", "GLO"),
        ("全球", "GLO"),
        ("RER", "RER"),
        ("Europe", "RER"),
        ("RoW", "RoW"),
        ("row", "RoW"),
        ("EU27", "EU"),
        ("UK", "GB"),
        ("EL", "GR"),
        ("USA", "US"),
        ("us-tx", "US-TX"),
        ("DE-BY", "DE-BY"),
        ("Deutschland", "DE"),
        ("德国", "DE"),
        ("Georgia", "GE"),
        ("CN-HK", "HK"),
        ("CN-NorthGrid", "CN-NorthGrid"),
        ("cn-northgrid", "CN-NorthGrid"),
        ("华东电网", "CN-EastGrid"),
    ],
)
def test_place_is_known(text, code):
    assert known_place(text) == code


@pytest.mark.parametrize(
    "text", ["", "156", "ZZ", "XX", "Chna", "CN-XX", "US-usa", "AA-BB", "Korea", "x" * 101, "EU-XX"]
)
def test_unknown_place_is_refused(text):
    with pytest.raises(InputError) as caught:
        known_place(text, where="row 4")
    assert (caught.value.code, caught.value.where) == ("place-unknown", "row 4")
    assert caught.value.hint.en


@pytest.mark.parametrize(("text", "offer"), [("Chna", "CN (China)"), ("Guandong", "CN-GD"), ("Germny", "DE")])
def test_near_names_are_offered(text, offer):
    with pytest.raises(InputError) as caught:
        known_place(text)
    assert offer in caught.value.hint.en


def test_longest_place():
    assert known_place("CN" + " " * (places.LONGEST_PLACE - 2)) == "CN"
    with pytest.raises(InputError, match="characters"):
        known_place("CN" + " " * (places.LONGEST_PLACE - 1))


def test_countries_are_those_of_cldr():
    no_country = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
    territories = {code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code)} - no_country
    assert places._atlas().countries == territories
    assert len(territories) == 250  # the 249 of ISO 3166-1 and XK


def test_every_country_is_in_one_continent_but_antarctica():
    regions = places._atlas().parents
    for country in places._atlas().countries - {"AQ"}:
        assert len(set(regions[country]) & {"RER", "RAF", "RAS", "RLA", "RNA", "OCE"}) == 1, country


def test_european_union_has_27_members_and_all_but_cyprus_are_in_europe():
    members = {code for code in places._atlas().countries if contains("EU", code)}
    assert len(members) == 27
    assert {code for code in members if not contains("RER", code)} == {"CY"}


def test_china_has_its_31_provinces_and_each_one_grid():
    provinces = [code for code in places._atlas().parents if re.fullmatch("CN-[A-Z]{2}", code)]
    grids = Counter(containing(code)[0] for code in provinces)
    assert len(provinces) == 31
    assert grids == {
        "CN-NorthGrid": 6,
        "CN-NortheastGrid": 3,
        "CN-EastGrid": 5,
        "CN-CentralGrid": 4,
        "CN-NorthwestGrid": 5,
        "CN-SouthGrid": 5,
        "CN-SouthwestGrid": 3,
    }
    assert containing("CN-NM")[0] == "CN-NorthGrid"


def test_states_are_51_with_the_district():
    assert sum(code.startswith("US-") for code in places._atlas().parents) == 51


def test_every_place_has_a_name_in_both_languages():
    for code in [*places._atlas().parents, "DE-BY"]:
        name = place_name(code)
        assert name.complete, code
    assert place_name("DE").zh == "德国"
    assert "DE-BY" in place_name("DE-BY").en


def test_every_name_leads_back_to_its_place():
    for code in places._atlas().parents:
        name = place_name(code)
        assert known_place(name.en) == code
        assert known_place(name.zh) == code


@pytest.mark.parametrize(
    ("outer", "inner", "holds"),
    [
        ("GLO", "CN", True),
        ("GLO", "RoW", True),
        ("RoW", "CN", True),
        ("RoW", "GLO", False),
        ("CN", "CN-GD", True),
        ("CN", "CN-SouthGrid", True),
        ("CN-SouthGrid", "CN-GD", True),
        ("CN-EastGrid", "CN-GD", False),
        ("CN-GD", "CN", False),
        ("RER", "DE-BY", True),
        ("RER", "CN", False),
        ("CN", "HK", True),
        ("DE", "DE", True),
    ],
)
def test_containment(outer, inner, holds):
    assert contains(outer, inner) is holds
    assert Place(outer).contains(Place(inner)) is holds


def test_containment_is_transitive():
    sample = [
        "CN-GD",
        "CN-SouthGrid",
        "CN",
        "RAS",
        "GLO",
        "FR",
        "EU",
        "RER",
        "US-TX",
        "US",
        "HK",
        "DE-BY",
        "AQ",
    ]
    for first, second, third in itertools.permutations(sample, 3):
        if contains(first, second) and contains(second, third):
            assert contains(first, third), (first, second, third)


def test_distance_ranks_what_is_offered():
    offers = ["CN-GD", "CN-SouthGrid", "CN", "RAS", "GLO", "RoW", "CN-GX", "CN-JS", "JP", "DE"]
    ranks = [distance("CN-GD", offer) for offer in offers]
    assert ranks == [0, 1, 2, 3, 4, 40, 65, 70, 80, 90]
    assert distance("CN", "CN-GD") == places.DISTANCE_PART
    assert distance("FR", "EU") < distance("FR", "RER") < distance("FR", "GLO") < distance("FR", "RoW")
    assert distance("GLO", "RoW") == places.DISTANCE_PART


def test_place_is_a_value():
    assert Place("china") == Place("CN")
    assert str(Place("china")) == "CN"
    assert Place("CN").name.zh == "中国"
