import numpy as np
import pytest

from cradlemark.core.errors import InputErrors, MissingDataErrors, RuleError
from cradlemark.product.end_of_life import (
    EnergyExport,
    circular_footprint_formula,
    cut_off,
    module_d,
    recycled_output,
    route_shares,
    split_disposal,
    waste_treatment,
    weighted_sum,
)

INTENSITIES = {
    "virgin": 4.1, "recycled_in": 0.9, "recycling_eol": 0.8, "substituted": 3.5, "energy_recovery": 2.4,
    "heat_credit": 0.06, "electricity_credit": 0.16, "disposal": 0.05,
}  # fmt: skip
EXPORT = EnergyExport(heating_value=30.0, heat_efficiency=0.3, electricity_efficiency=0.2)


def test_formula_is_reproduced_term_by_term():
    terms = circular_footprint_formula(
        recycled_content=0.3, recycled=0.5, energy_recovered=0.2, allocation_factor=0.5,
        energy_allocation_factor=0.1, quality_in=0.9, quality_out=0.8, energy_export=EXPORT,
    )  # fmt: skip
    material = 0.7 * 4.1 + 0.3 * (0.5 * 0.9 + 0.5 * 4.1 * 0.9) + 0.5 * 0.5 * (0.8 - 3.5 * 0.8)
    energy = 0.9 * 0.2 * (2.4 - 30 * 0.3 * 0.06 - 30 * 0.2 * 0.16)
    disposal = 0.3 * 0.05
    for part, expected in (("material", material), ("energy", energy), ("disposal", disposal)):
        chosen = [term for term in terms if term.part == part]
        assert weighted_sum(chosen, INTENSITIES) == pytest.approx(expected, rel=1e-12)
    assert weighted_sum(terms, INTENSITIES) == pytest.approx(material + energy + disposal, rel=1e-12)
    assert len({term.name for term in terms}) == len(terms)
    assert {term.unit for term in terms if term.role.endswith("_credit")} == {"MJ"}


def test_terms_that_are_zero_need_no_intensity():
    terms = circular_footprint_formula(
        recycled_content=0.0, recycled=0.0, energy_recovered=0.0, allocation_factor=0.2
    )
    assert [term.role for term in terms] == ["virgin", "disposal"]


def test_quality_and_energy_that_are_needed_are_asked_for_together():
    with pytest.raises(MissingDataErrors) as caught:
        circular_footprint_formula(
            recycled_content=0.1, recycled=0.5, energy_recovered=0.2, allocation_factor=0.5, where="route pa"
        )
    assert len(caught.value.problems) == 3
    assert {p.where for p in caught.value.problems} == {"route pa"}


@pytest.mark.parametrize(("recycled", "recovered"), [(0.7, 0.4), (-0.1, 0.2), (0.5, float("nan"))])
def test_impossible_fractions_are_refused(recycled, recovered):
    for method in (cut_off, circular_footprint_formula):
        more = {} if method is cut_off else {"allocation_factor": 1.0}
        with pytest.raises(InputErrors):
            method(recycled_content=0.0, recycled=recycled, energy_recovered=recovered, **more)


def test_route_shares_sum_to_one():
    route_shares(recycling=0.5, energy_recovery=0.2, incineration=0.2, landfill=0.1)
    with pytest.raises(InputErrors) as caught:
        route_shares(recycling=0.5, energy_recovery=0.2, incineration=0.2, landfill=0.2, where="eol")
    assert caught.value.code == "shares-sum"
    with pytest.raises(InputErrors):
        route_shares(recycling=np.array([0.5, 0.4]), energy_recovery=0.2, incineration=0.2, landfill=0.1)


def test_waste_treatment_charges_what_enters_recycling():
    shares = route_shares(recycling=0.5, energy_recovery=0.2, incineration=0.2, landfill=0.1)
    assert {term.name: term.coefficient for term in waste_treatment(shares)} == {
        "recycling_eol": 0.5, "energy_recovery": 0.2, "incineration": 0.2, "landfill": 0.1,
    }  # fmt: skip
    assert recycled_output(recycling=0.5, recovery_efficiency=0.9) == 0.45


def test_disposal_by_kind_holds_what_the_recycler_loses():
    shares = route_shares(recycling=0.5, energy_recovery=0.2, incineration=0.2, landfill=0.1)
    terms = split_disposal(shares=shares, recycled=0.45)
    assert {term.name: term.coefficient for term in terms} == pytest.approx(
        {"incineration": 0.2, "landfill": 0.1, "recycling_loss": 0.05}
    )
    whole = cut_off(recycled_content=0.0, recycled=0.45, energy_recovered=0.2)[-1]
    assert sum(term.coefficient for term in terms) == pytest.approx(whole.coefficient)
    with pytest.raises(InputErrors):
        split_disposal(shares=shares, recycled=0.6)


def test_module_d_counts_the_net_flow():
    result = module_d(secondary_in=0.2, secondary_out=0.9, quality_out=0.8)
    assert result.net_flow == pytest.approx(0.7)
    assert weighted_sum(result.terms, INTENSITIES) == pytest.approx(0.7 * (0.8 - 3.5 * 0.8))


def test_module_d_of_a_net_consumer_is_a_burden():
    result = module_d(secondary_in=0.9, secondary_out=0.4, quality_out=1.0)
    assert result.net_flow == pytest.approx(-0.5)
    assert weighted_sum(result.terms, INTENSITIES) == pytest.approx(0.5 * (3.5 - 0.8))


def test_module_d_holds_exported_energy():
    result = module_d(secondary_in=0.0, secondary_out=0.0, energy_recovered=0.5, energy_export=EXPORT)
    assert weighted_sum(result.terms, INTENSITIES) == pytest.approx(-0.5 * 30 * (0.3 * 0.06 + 0.2 * 0.16))


def test_module_d_is_never_netted():
    shares = cut_off(recycled_content=0.0, recycled=0.9, energy_recovered=0.0)
    beyond = module_d(secondary_in=0.0, secondary_out=0.9, quality_out=1.0)
    assert {term.part for term in beyond.terms} == {"beyond"}
    with pytest.raises(RuleError):
        weighted_sum((*shares, *beyond.terms), INTENSITIES)


def test_module_d_asks_for_what_it_needs():
    with pytest.raises(MissingDataErrors) as caught:
        module_d(secondary_in=0.0, secondary_out=0.9, energy_recovered=0.1)
    assert len(caught.value.problems) == 2
    with pytest.raises(InputErrors):
        module_d(secondary_in=0.0, secondary_out=0.95, quality_out=1.0, energy_recovered=0.1)


def test_missing_intensities_are_named():
    with pytest.raises(MissingDataErrors) as caught:
        weighted_sum(cut_off(recycled_content=0.5, recycled=0.0, energy_recovered=0.0), {"virgin": 1.0})
    assert [p.message.en for p in caught.value.problems] == [
        "there is no intensity for recycled_in",
        "there is no intensity for disposal",
    ]
