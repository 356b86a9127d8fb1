import pytest

from cradlemark.core.errors import InputError
from cradlemark.core.units import (
    HIGHEST_POWER,
    LONGEST_UNIT,
    normalise_unit,
    unit_atoms,
    unit_powers,
    unit_text,
)

SPELLINGS = {
    "kg": ["kg", "KG", "Kg", "kgs", "千克", "公斤", "kilogram", "KGM", "㎏", " kg ", "(kg)", "[kg]"],
    "g": ["g", "G", "克", "gram", "Gramm", "GRM"],
    "mg": ["mg", "毫克"],
    "t": ["t", "T", "吨", "公吨", "tonne", "metric ton", "Metric Tons", "TNE"],
    "kWh": ["kWh", "kwh", "KWH", "Kwh", "度", "千瓦时", "kilowatt hour", "kW*h", "kW·h", "kW h", "h*kW"],
    "MWh": ["MWh", "MWH", "Mwh", "兆瓦时"],
    "万kWh": ["万千瓦时", "万度"],
    "MJ": ["MJ", "Mj", "兆焦"],
    "GJ": ["GJ", "gj", "吉焦"],
    "L": ["L", "l", "升", "litre", "LTR"],
    "mL": ["mL", "ml", "毫升"],
    "m3": ["m3", "M3", "m³", "立方米", "m^3", "m**3", "cbm", "㎥", "m*m2"],
    "Nm3": ["Nm3", "NM3", "标方", "标准立方米", "Nm³"],
    "m2": ["m2", "㎡", "m²", "平方米", "sqm"],
    "m": ["m", "米", "metre", "Meter"],
    "mm": ["mm", "MM", "毫米"],
    "um": ["um", "μm", "µm", "微米"],
    "tkm": ["tkm", "TKM", "t·km", "t*km", "吨公里", "t km", "km*t", "tonne-kilometre", "metric ton*km"],
    "piece": [
        "piece",
        "件",
        "个",
        "只",
        "支",
        "pcs",
        "PCS",
        "pcs.",
        "pc",
        "PC",
        "ea",
        "EA",
        "each",
        "PCE",
        "Stück",
        "Stk.",
        "Item(s)",
        "H87",
        "C62",
    ],
    "set": ["set", "套", "SET", "sets"],
    "pair": ["pair", "对", "pairs"],
    "kpcs": ["kpcs", "千只"],
    "h": ["h", "hour", "小时", "hrs"],
    "year": ["year", "a", "年", "yr", "years"],
    "tce": ["tce", "TCE", "吨标准煤"],
    "kgce": ["kgce", "千克标准煤"],
    "mohm": ["mohm", "mΩ", "毫欧"],
    "uohm": ["uohm", "µΩ", "μΩ"],
    "degC": ["degC", "°C", "℃"],
    "%": ["%", "％", "percent", "pct"],
    "1": ["1", "kg/kg", "dimensionless"],
    "kg/piece": ["kg/piece", "KG/PCS", "kg per piece", "千克/件", "kg·piece^-1", "kg/(piece)"],
    "g/cm3": ["g/cm3", "g/cm³", "g·cm⁻³", "g*cm^-3"],
    "W/K/m2": ["W/(m2*K)", "W/m2/K", "W/(K*m^2)"],
    "kg*km": ["kg*km", "km*kg"],
    "1/h": ["1/h", "h^-1"],
    "CNY/kWh": ["元/度", "RMB/kWh"],
}


@pytest.mark.parametrize(
    ("spelling", "canonical"), [(text, unit) for unit, texts in SPELLINGS.items() for text in texts]
)
def test_spelling_leads_to_its_unit(spelling, canonical):
    assert normalise_unit(spelling) == canonical


@pytest.mark.parametrize(("small", "large"), [("mW", "MW"), ("mg", "Mt"), ("mm", "km"), ("g", "kg")])
def test_small_and_large_stay_apart(small, large):
    assert normalise_unit(small) == small
    assert normalise_unit(large) == large


@pytest.mark.parametrize(
    "text",
    [
        "M",
        "mw",
        "Mw",
        "mwh",
        "mWh",
        "mj",
        "mJ",
        "ML",
        "MG",
        "Mg",
        "MA",
        "MV",
        "MOHM",
        "Mm",
        "mt",
        "MT",
        "mpa",
    ],
)
def test_milli_and_mega_are_never_confused(text):
    with pytest.raises(InputError) as caught:
        normalise_unit(text)
    assert caught.value.code == "unit-unknown"
    assert caught.value.hint.en


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("ton", "short_ton"),
        ("TON", "short_ton"),
        ("gallon", "US"),
        ("箱", "pieces"),
        ("kgCO2e", "CO2e"),
        ("kg CO2eq/kWh", "CO2e"),
        ("month", "differ"),
    ],
)
def test_ambiguous_unit_is_refused_with_the_reason(text, word):
    with pytest.raises(InputError) as caught:
        normalise_unit(text, where="bom.xlsx, row 3")
    assert word in caught.value.hint.en
    assert caught.value.where == "bom.xlsx, row 3"


@pytest.mark.parametrize(
    ("text", "meant"), [("killogram", "kg"), ("kWhh", "kWh"), ("piecs", "piece"), ("k", "K")]
)
def test_unknown_unit_offers_what_may_be_meant(text, meant):
    with pytest.raises(InputError) as caught:
        normalise_unit(text)
    assert meant in caught.value.hint.en


def test_denominator_that_reads_in_two_ways_is_refused():
    with pytest.raises(InputError, match="two ways") as caught:
        normalise_unit("W/m2*K")
    assert "brackets" in caught.value.hint.en


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "/",
        "kg/",
        "*kg",
        "kg//m",
        "(kg",
        "kg)",
        "()",
        "kg/()",
        "kg^",
        "2kg",
        "100 km",
        "kg;m",
        "\x00",
    ],
)
def test_what_is_no_unit_is_refused(text):
    with pytest.raises(InputError) as caught:
        normalise_unit(text)
    assert caught.value.code == "unit-unknown"


def test_longest_unit():
    assert normalise_unit("kg" + " " * (LONGEST_UNIT - 2)) == "kg"
    with pytest.raises(InputError, match="characters"):
        normalise_unit("kg" + " " * (LONGEST_UNIT - 1))


def test_highest_power():
    assert normalise_unit(f"kg^{HIGHEST_POWER}") == f"kg^{HIGHEST_POWER}"
    with pytest.raises(InputError):
        normalise_unit(f"kg^{HIGHEST_POWER + 1}")
    with pytest.raises(InputError):
        normalise_unit(f"kg^{HIGHEST_POWER}*kg")


def test_deep_brackets_do_no_harm():
    assert normalise_unit("(" * 50 + "kg" + ")" * 50) == "kg"


def test_every_canonical_unit_is_its_own_spelling():
    for atom in unit_atoms():
        assert normalise_unit(atom) == atom
        assert unit_text(unit_powers(atom)) == atom
