"""Known numbers: use stage (F6), circular footprint formula (F7), electrolysis, thermodynamic minima."""

import pytest
from scipy.constants import physical_constants

from cradlemark.product.end_of_life import circular_footprint_formula, cut_off, weighted_sum
from cradlemark.product.models import MODELS, plausibility
from cradlemark.product.models.constants import constant
from cradlemark.product.models.electroplating import ampere_hours_per_kilogram
from cradlemark.product.models.materials import heating_minimum, material_properties
from cradlemark.product.use import LoadShare, joule_energy, resistance

RATED = 32.0


def losses(current_share, time_share):
    path = resistance(voltage_drop=3.2e-3, test_current=0.1 * RATED)
    profile = (LoadShare(time_share, current_share),)
    return joule_energy(resistance=path, rated_current=RATED, profile=profile, service_life=20.0, paths=1.0)


def test_f6a_resistance_from_the_type_test_limit():
    assert resistance(voltage_drop=3.2e-3, test_current=3.2) == pytest.approx(1e-3, rel=1e-15)


@pytest.mark.parametrize(
    ("current_share", "time_share", "energy"),
    [
        pytest.param(0.5, 0.3, 13.5, id="f6b"),
        pytest.param(0.3, 0.3, 4.8, id="f6c"),
        pytest.param(0.5, 1.0, 44.9, id="f6d"),
    ],
)
def test_f6_energy_over_twenty_years(current_share, time_share, energy):
    assert round(losses(current_share, time_share), 1) == energy


def test_f6e_emission_at_half_a_kilogram_per_kwh():
    assert round(losses(0.3, 0.3) * 0.5, 1) == 2.4
    assert round(losses(0.5, 1.0) * 0.5) == 22


@pytest.mark.parametrize(
    ("current", "share", "years", "energy", "emission"),
    [(1.0, 0.7, 30.0, 0.147, 0.085), (12.0, 0.3, 20.0, 6.05, 3.5)],
)
def test_feed_through_block_of_0_8_milliohm(current, share, years, energy, emission):
    found = joule_energy(
        resistance=0.8e-3, rated_current=24.0, profile=(LoadShare(share, current / 24.0),), service_life=years
    )
    assert found == pytest.approx(energy, rel=5e-3)
    assert found * 0.5777 == pytest.approx(emission, rel=5e-3)


def formula(allocation_factor, **changes):
    values = {
        "recycled_content": 0.4,
        "recycled": 0.6,
        "energy_recovered": 0.0,
        "quality_in": 0.9,
        "quality_out": 0.7,
    }
    return circular_footprint_formula(allocation_factor=allocation_factor, **(values | changes))


INTENSITIES = {"virgin": 4.0, "recycled_in": 1.0, "recycling_eol": 1.5, "substituted": 3.0, "disposal": 0.2}


def test_f7a_factor_one_is_the_cut_off():
    expected = cut_off(recycled_content=0.4, recycled=0.6, energy_recovered=0.0)
    assert formula(1.0) == expected
    assert weighted_sum(formula(1.0), INTENSITIES) == pytest.approx(0.6 * 4.0 + 0.4 * 1.0 + 0.4 * 0.2)


def test_f7b_factor_zero_is_end_of_life_recycling():
    expected = 0.6 * 4.0 + 0.4 * 4.0 * 0.9 + 0.6 * (1.5 - 3.0 * 0.7) + 0.4 * 0.2
    assert weighted_sum(formula(0.0), INTENSITIES) == pytest.approx(expected, rel=1e-14)


def test_f7b_the_recycled_content_does_not_count_at_equal_quality():
    results = {
        round(weighted_sum(formula(0.0, recycled_content=content, quality_in=1.0), INTENSITIES), 12)
        for content in (0.0, 0.3, 1.0)
    }
    assert len(results) == 1


@pytest.mark.parametrize("allocation_factor", [0.0, 0.2, 0.5, 1.0])
def test_f7c_closed_loop_is_the_same_for_every_factor(allocation_factor):
    intensities = {"virgin": 4.0, "substituted": 4.0, "recycled_in": 0.8, "recycling_eol": 0.8}
    terms = formula(allocation_factor, recycled_content=0.5, recycled=0.5, quality_in=1.0, quality_out=1.0)
    material = [term for term in terms if term.part == "material"]
    assert weighted_sum(material, intensities) == pytest.approx(0.5 * 4.0 + 0.5 * 0.8, rel=1e-14)
    assert weighted_sum(material, intensities) == pytest.approx(2.4, rel=1e-14)


@pytest.mark.parametrize(
    ("metal", "ampere_hours"),
    [("Zn", 819.9), ("Ni", 913.3), ("Sn(II)", 451.5), ("Cu(II)", 843.5), ("Ag", 248.5), ("Cr(VI)", 3092.7)],
)
def test_charge_per_kilogram_of_deposit(metal, ampere_hours):
    found = material_properties(metal)
    charge = ampere_hours_per_kilogram(
        charge_number=found.get("charge_number"), atomic_mass=found.get("atomic_mass")
    )
    assert round(charge, 1) == ampere_hours


def test_faraday_constant_is_the_one_of_codata():
    assert constant("faraday") == pytest.approx(physical_constants["Faraday constant"][0], rel=1e-10)


@pytest.mark.parametrize(
    ("material", "temperature", "megajoules"),
    [
        ("Al", 700.0, 1.05),
        ("Zn", None, 0.28),
        ("brass", 1000.0, 0.56),
        ("steel", 1200.0, 0.80),
        ("PA66", 290.0, 0.63),
    ],
)
def test_thermodynamic_minima(material, temperature, megajoules):
    found = heating_minimum(material_properties(material), temperature=temperature)
    assert round(found, 2) == megajoules


def test_minimum_of_aluminium_and_polyamide_in_kilowatt_hours():
    assert round(heating_minimum(material_properties("Al")) / 3.6, 2) == 0.29
    assert heating_minimum(material_properties("PA66")) / 3.6 == pytest.approx(0.175, abs=1e-3)


@pytest.mark.parametrize(
    ("stated", "verdict"), [(0.161, "below_minimum"), (0.613, "plausible"), (5.0, "unusually_high")]
)
def test_measured_injection_moulding_per_kilogram_of_polyamide(stated, verdict):
    given = {"part_mass": 1.0, "runner_mass": 0.0, "cavities": 1.0, "yield": 1.0}
    assert plausibility(MODELS["injection_moulding"], given, stated, material="PA66").verdict == verdict
