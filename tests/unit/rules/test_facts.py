"""Facts of a study, from the study itself: right numbers, unknown is not zero, paths as in the study."""

from datetime import date

import attrs
import pytest

from cradlemark.core.language import Text
from cradlemark.core.periods import Period
from cradlemark.engine.pedigree import Pedigree
from cradlemark.product.study import (
    Component,
    Contract,
    CutOff,
    Electricity,
    EndOfLife,
    EndOfLifeRoute,
    EnergyUse,
    Evidence,
    GridYear,
    JouleLosses,
    Leg,
    LoadPoint,
    Market,
    Material,
    Meter,
    Operation,
    Organisation,
    Packaging,
    Parameter,
    Product,
    Site,
    SiteProduct,
    Study,
    Unit,
    Use,
    UseMode,
    Value,
)  # fmt: skip
from cradlemark.product.system import Gap, MassBalance, Note, ProcessCheck, System
from cradlemark.rules.catalogue import catalogue
from cradlemark.rules.check import check
from cradlemark.rules.facts import study_facts
from cradlemark.rules.pack import load_pack


def value(magnitude, unit="1", **more):
    return Value(magnitude, unit, **more)


HOUSING = Component(
    "100-10", Text("housing", "壳体"), value(1, "piece"),
    materials=(
        Material(
            "PA66 V0", value(3.6, "g"), yields=(value(0.9), value(95, "%")), recycled_content=value(20, "%"),
            legs=(Leg(value(300, "km"), "truck >32 t"),), supplier="Supplier A", data_kind="supplier",
        ),
    ),
)  # fmt: skip
CLAMP = Component(
    "100-20", Text("clamp", "夹片"), value(2, "piece"),
    children=(
        Component("100-21", Text("spring"), value(1, "piece"), materials=(Material("1.4310", value(0.3, "g")),)),
        Component("100-22", Text("bar"), value(0.5, "piece"), materials=(Material("CuSn6", value(2.3, "g")),)),
    ),
)  # fmt: skip
STUDY = Study(
    id="block", title=Text("Block"), boundary="cradle_to_grave", rule_pack="iso-14067-2018", place="CN-ZJ",
    product=Product(Text("Block"), Organisation(Text("Example Works")), value(6.5, "g"), service_life=value(20, "year")),
    unit=Unit(value(1, "piece"), Text("conduct 24 A")),
    period=Period(date(2025, 1, 1), date(2025, 12, 31)),
    components=(HOUSING, CLAMP),
)  # fmt: skip


def items(study, scope, system=None):
    return {item.path: item.facts for item in study_facts(study, system).scopes[scope]}


def fact(study, name, system=None):
    return study_facts(study, system).value(name)


def test_identity():
    facts = study_facts(STUDY)
    assert facts.value("boundary_is_cradle_to_grave") is True
    assert facts.value("boundary_is_cradle_to_gate") is False
    assert facts.value("product_mass_kg") == pytest.approx(0.0065)
    assert facts.value("service_life_years") == 20.0
    assert facts.value("period_months") == 12.0
    assert facts.value("has_functional_unit") is True
    assert facts.value("has_functional_amount") is False
    assert facts.value("pcr_exists") is None


def test_mass_of_nested_components():
    # 3.6 g + 2 * (0.3 g + 0.5 * 2.3 g) = 6.5 g
    assert fact(STUDY, "component_mass_kg") == pytest.approx(0.0065)
    assert fact(STUDY, "component_mass_ratio") == pytest.approx(1.0)


def test_paths_are_those_of_the_compiled_study():
    assert list(items(STUDY, "materials")) == [
        "components[100-10].materials[PA66 V0]",
        "components[100-20].children[100-21].materials[1.4310]",
        "components[100-20].children[100-22].materials[CuSn6]",
    ]
    assert list(items(STUDY, "components")) == [
        "components[100-10]", "components[100-20]", "components[100-20].children[100-21]",
        "components[100-20].children[100-22]",
    ]  # fmt: skip
    assert list(items(STUDY, "legs")) == ["components[100-10].materials[PA66 V0].legs[0]"]


def test_material():
    facts = items(STUDY, "materials")["components[100-10].materials[PA66 V0]"]
    assert facts["amount"] == 3.6
    assert facts["net_kg"] == pytest.approx(0.0036)
    assert facts["yield_product"] == pytest.approx(0.855)
    assert facts["gross_amount"] == pytest.approx(3.6 / 0.855)
    assert facts["has_scrap"] is True
    assert facts["recycled_content"] == pytest.approx(0.2)
    assert facts["has_legs"] is True
    assert facts["material_is_supplier_data"] is True
    spring = items(STUDY, "materials")["components[100-20].children[100-21].materials[1.4310]"]
    assert spring["has_scrap"] is False
    assert spring["recycled_content"] is None
    assert spring["has_recycled_content"] is False
    assert spring["has_legs"] is False


def test_default_legs_count_for_bought_materials():
    study = attrs.evolve(STUDY, inbound=(Leg(value(100, "km"), "truck"),))
    assert all(facts["has_legs"] for facts in items(study, "materials").values())


def test_measured_gross_has_precedence_over_yields():
    material = Material("PA66", value(3.6, "g"), gross=value(0.0035, "kg"), yields=(value(0.5),))
    study = attrs.evolve(STUDY, components=(attrs.evolve(HOUSING, materials=(material,)),))
    facts = next(iter(items(study, "materials").values()))
    assert facts["gross_amount"] == pytest.approx(3.5)
    assert "gross-not-below-net" in {
        finding.rule for finding in check(load_pack("iso-14067-2018"), study_facts(study))
    }


def test_formulas_use_the_parameters():
    study = attrs.evolve(
        STUDY,
        parameters=(Parameter("rib", value(1.2, "g")), Parameter("double", Value(None, "g", "rib * 2"))),
        product=attrs.evolve(STUDY.product, mass=Value(None, "g", "double + rib")),
    )
    assert fact(study, "product_mass_kg") == pytest.approx(0.0036)


@pytest.mark.parametrize("formula", ["nothing * 2", "1 / 0", "2 +", "service_life"])
def test_a_number_that_cannot_be_read_is_not_known(formula):
    study = attrs.evolve(STUDY, product=attrs.evolve(STUDY.product, mass=Value(None, "g", formula)))
    facts = study_facts(study)
    assert facts.value("product_mass_kg") is None
    assert facts.value("component_mass_ratio") is None
    found = {(finding.rule, finding.severity) for finding in check(load_pack("iso-14067-2018"), facts)}
    assert {("product-mass", "note"), ("composition-complete", "note")} <= found


def test_wrong_parameters_do_not_hide_plain_numbers():
    study = attrs.evolve(
        STUDY, parameters=(Parameter("a", Value(None, "1", "b")), Parameter("b", Value(None, "1", "a")))
    )
    assert fact(study, "product_mass_kg") == pytest.approx(0.0065)


def test_unknown_share_makes_the_sum_unknown():
    known = CutOff(Text("glue"), "A1", value(0.5, "%"), "mass", Text("below 0.1 g"))
    unknown = attrs.evolve(known, share=Value(None, "1", "nothing"))
    assert fact(attrs.evolve(STUDY, cut_offs=(known,)), "cut_off_share_total") == pytest.approx(0.005)
    assert fact(attrs.evolve(STUDY, cut_offs=(known, unknown)), "cut_off_share_total") is None
    assert fact(STUDY, "cut_off_share_total") == 0.0


def test_use_of_a_passive_product():
    profile = (LoadPoint(value(30, "%"), value(0.5)), LoadPoint(value(0.1), value(1.2)))
    losses = JouleLosses(
        value(24, "A"), voltage_drop=value(3.2, "mV"), test_current=value(2.4, "A"), profile=profile
    )
    facts = study_facts(attrs.evolve(STUDY, use=Use(place="CN", losses=losses)))
    assert facts.value("is_passive") is True
    assert facts.value("load_time_share_sum") == pytest.approx(0.4)
    assert facts.value("resistance_is_measured") is False
    assert facts.value("has_use_grid") is True
    assert [item.facts["current_share"] for item in facts.scopes["load_points"]] == [0.5, 1.2]


@pytest.mark.parametrize(("unit", "hours"), [("h/year", 8760.0), ("h", 8760.0)])
def test_use_of_an_active_product(unit, hours):
    modes = (
        UseMode(Text("on"), value(2, "W"), value(8000, unit)),
        UseMode(Text("off"), value(0, "W"), value(760, unit)),
    )
    use = Use(modes=modes, grid=(GridYear(value(0.5), "a"), GridYear(value(0.4), "b")))
    facts = study_facts(attrs.evolve(STUDY, use=use))
    assert facts.value("mode_hours_sum") == hours
    assert facts.value("is_passive") is False
    assert facts.value("use_grid_share_sum") == pytest.approx(0.9)


def test_end_of_life():
    route = EndOfLifeRoute(
        "metal", recycling=value(85, "%"), landfill=value(0.1), recycling_dataset="shredding"
    )
    study = attrs.evolve(STUDY, end_of_life=EndOfLife(technology_year=2012, routes=(route,)))
    facts = items(study, "end_of_life_routes")["end_of_life.routes[metal]"]
    assert facts["route_share_sum"] == pytest.approx(0.95)
    assert facts["recycling_share"] == pytest.approx(0.85)
    assert facts["route_has_datasets"] is False
    assert fact(study, "end_of_life_lag_years") == 13.0
    assert fact(STUDY, "end_of_life_lag_years") is None


def test_site_and_allocation():
    def made(name, **more):
        return SiteProduct(name, **more)

    products = (
        made("block", mass=value(1, "t"), revenue=value(10, "CNY"), this=True),
        made("plug", mass=value(2, "t")),
    )
    site = Site(meters=(Meter("electricity", value(5, "MWh")),), products=products, basis="revenue")
    facts = study_facts(attrs.evolve(STUDY, site=site))
    assert facts.value("physical_key_available") is True
    assert facts.value("economic_key_available") is False
    assert facts.value("allocation_basis_is_revenue") is True
    assert facts.value("site_this_count") == 1.0
    assert facts.value("uses_electricity") is True
    rules = {finding.rule for finding in check(load_pack("iso-14067-2018"), facts)}
    assert {"allocation-order", "allocation-reason", "site-production"} <= rules


def test_contracts():
    contract = Contract(
        "ppa", "direct_line", value(2, "MWh"), "wind park", conveys_attributes=True, tracked=True
    )
    power = Electricity(used=value(7200, "MJ"), contracts=(contract,))
    study = attrs.evolve(STUDY, electricity=power)
    facts = items(study, "contracts")["electricity.contracts[ppa]"]
    assert facts["contract_kwh"] == pytest.approx(2000.0)
    assert [facts[name] for name in ("conveys_attributes", "unique_claim", "tracked", "close_in_time", "same_market")] == [
        True, False, True, False, False,
    ]  # fmt: skip
    assert fact(study, "electricity_used_kwh") == pytest.approx(2000.0)
    rules = {finding.rule for finding in check(load_pack("iso-14067-2018"), study_facts(study))}
    assert {"contract-unique", "contract-time", "contract-market", "contract-evidence"} <= rules
    assert "contract-attributes" not in rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("carbon offset certificates", True), ("Carbon Credits 2025", True), ("CCER", True), ("碳抵消", True),
        ("碳信用额度", True), ("offset printing ink", False), ("offset bracket", False), ("offset certificates", True), ("PA66 V0", False), ("creditable zinc", False),
        ("炭黑", False),
    ],
)  # fmt: skip
def test_offsets_are_found_by_their_words(text, expected):
    study = attrs.evolve(
        STUDY, components=(attrs.evolve(HOUSING, materials=(Material(text, value(1, "g")),)),)
    )
    assert next(iter(items(study, "materials").values()))["names_offset"] is expected


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("air freight", True), ("Airfreight", True), ("空运", True), ("long-haul flight", True), ("航空货运", True),
        ("truck >32 t", False), ("repair van", False), ("海运集装箱", False), ("stair lift", False),
    ],
)  # fmt: skip
def test_air_legs_are_found_by_their_words(mode, expected):
    study = attrs.evolve(STUDY, inbound=(Leg(value(1000, "km"), mode),))
    assert fact(study, "has_air_legs") is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("corrugated cardboard", True), ("瓦楞纸箱", True), ("CuSn6", False)]
)
def test_biogenic_materials_are_found_by_their_words(text, expected):
    packing = Packaging(Text("box"), Material(text, value(1, "g")))
    assert fact(attrs.evolve(STUDY, packaging=(packing,)), "claims_biogenic_content") is expected


def test_own_operations():
    moulding = Operation(
        "moulding", Text("moulding"), energy=(EnergyUse("electricity", value(0.02, "kWh")),),
        pedigree=Pedigree(1, 1, 1, 1, 1), evidence=("meter",),
    )  # fmt: skip
    plating = Operation("plating", Text("plating"), own=False, model="electroplating", data_kind="proxy")
    empty = Operation("assembly", Text("assembly"))
    study = attrs.evolve(STUDY, operations=(moulding, plating, empty))
    facts = items(study, "operations")
    assert facts["operations[moulding]"]["operation_is_measured"] is True
    assert facts["operations[plating]"]["uses_model"] is True
    assert facts["operations[assembly]"]["has_amounts"] is False
    assert fact(study, "own_data_rated_share") == 0.5


def test_part_number_with_two_meanings():
    def unique(*components):
        found = study_facts(attrs.evolve(STUDY, components=components)).scopes["components"]
        return [item.facts["part_number_is_unique"] for item in found if item.path == "components[100-10]"]

    assert unique(HOUSING, attrs.evolve(CLAMP, part_number="100-10")) == [False, False]
    assert unique(HOUSING, attrs.evolve(HOUSING, quantity=value(3, "piece"))) == [True, True]


def test_evidence_is_used_wherever_a_value_refers_to_it():
    evidence = tuple(Evidence(name, Text(name), digest="sha256:0") for name in ("weight", "bill", "lost"))
    study = attrs.evolve(
        STUDY,
        evidence=evidence,
        product=attrs.evolve(STUDY.product, mass=value(6.5, "g", evidence=("weight",))),
        site=Site(meters=(Meter("gas", value(1, "m3"), evidence=("bill",)),)),
    )
    used = {path: facts["evidence_is_used"] for path, facts in items(study, "evidence").items()}
    assert used == {"evidence[weight]": True, "evidence[bill]": True, "evidence[lost]": False}


def test_markets_and_their_legs():
    markets = (Market("DE", value(60, "%"), (Leg(value(900, "km"), "train"),)), Market("CN", value(0.3)))
    study = attrs.evolve(STUDY, markets=markets)
    assert fact(study, "market_share_sum") == pytest.approx(0.9)
    assert list(items(study, "legs"))[-1] == "markets[DE].legs[0]"
    assert items(study, "markets")["markets[CN]"]["market_has_legs"] is False


SYSTEM = System(
    activities=(),
    balances=(
        MassBalance("m", Text("PA"), 4.0, 3.0, 0.8, 0.2),
        MassBalance("z", Text("nothing"), 0.0, 0.0, 0.0, 0.0),
    ),
    gaps=(Gap("g", Text("ink"), "A1", "ink", "no dataset"),),
    allocation_shares=(("block", 0.6), ("plug", 0.3)),
    process_checks=(
        ProcessCheck("operations[a]", Text("moulding"), "injection_moulding", 0.001, 0.01, "below_minimum"),
    ),
    notes=(
        Note("transport-without-mass", "m", Text("not covered", "未计入")),
        Note("grid-note", "", Text("mix", "组合")),
    ),
)


def test_facts_of_the_compiled_study():
    facts = study_facts(STUDY, SYSTEM)
    assert facts.value("allocation_share_sum") == pytest.approx(0.9)
    assert facts.value("gap_count") == 1.0
    assert [item.facts["balance_residual_share"] for item in facts.scopes["balances"]] == [
        pytest.approx(0.05),
        None,
    ]
    found = check(load_pack("iso-14067-2018"), facts)
    rules = [finding.rule for finding in found if finding.rule != "required-field"]
    assert {"entry-linked", "mass-balance", "energy-minimum", "omission-noted"} <= set(rules)
    assert [finding.message.zh for finding in found if finding.rule == "omission-noted"] == ["未计入：未计入"]
    assert rules.count("omission-noted") == 1


def test_without_the_compiled_study_its_facts_are_not_there():
    facts = study_facts(STUDY)
    assert facts.phases == {"study"}
    assert facts.value("gap_count") is None
    assert "balances" not in facts.scopes


def test_every_fact_of_the_catalogue_is_made():
    facts = study_facts(STUDY, SYSTEM)
    table = catalogue()
    wanted = {fact.name for fact in table.facts.values() if fact.needs != "footprint"}
    assert set(facts.values) == wanted
    assert set(facts.scopes) == {scope.name for scope in table.scopes.values() if scope.needs != "footprint"}
    full = attrs.evolve(
        STUDY,
        operations=(Operation("a", Text("a")),),
        electricity=Electricity(contracts=(Contract("c", "certificates", value(1, "kWh"), "c"),)),
        cut_offs=(CutOff(Text("x"), "A1", value(0.0), "mass", Text()),),
        site=Site(meters=(Meter("gas", value(1, "m3")),)),
        markets=(Market("DE", value(1)),),
        use=Use(losses=JouleLosses(value(1, "A"), profile=(LoadPoint(value(1), value(1)),))),
        end_of_life=EndOfLife(routes=(EndOfLifeRoute("r"),)),
        parameters=(Parameter("p", value(1)),),
        evidence=(Evidence("e", Text("e")),),
    )
    for scope, found in study_facts(full, SYSTEM).scopes.items():
        assert found, scope
        for item in found:
            assert set(item.facts) == set(table.scopes[scope].facts), scope


def test_names_of_facts_are_unique_where_they_meet():
    table = catalogue()
    for scope in table.scopes.values():
        assert not table.facts.keys() & scope.facts.keys()
    assert all(fact.title.complete for fact in table)
