"""Properties of the product formulas over random physical inputs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.product.allocation import allocation_shares
from cradlemark.product.electricity import ContractedAmount, coverage
from cradlemark.product.end_of_life import (
    EnergyExport,
    circular_footprint_formula,
    cut_off,
    module_d,
    route_shares,
    waste_treatment,
    weighted_sum,
)
from cradlemark.product.mass_balance import balance, chain, gross_input
from cradlemark.product.models import MODELS
from cradlemark.product.study import Contract, Value
from cradlemark.product.transport import tonne_kilometres
from cradlemark.product.use import LoadShare, joule_energy

SHARE = st.floats(0.0, 1.0)
POSITIVE = st.floats(1e-6, 1e6)
INTENSITY = st.floats(-50.0, 50.0)
MATERIAL = ("virgin", "recycled_in", "recycling_eol", "substituted", "disposal")
EXTENSIVE = {
    "injection_moulding": ("part_mass", "runner_mass", "cycle_time", "clamping_energy"),
    "stamping": ("part_mass", "strip_mass", "cut_length", "stroke_time"),
    "die_casting": ("part_mass", "cycle_time", "trim_energy", "air_volume"),
    "forging": ("part_mass", "billet_mass", "press_energy", "fixture_mass", "heating_time", "other_losses"),
    "machining": ("part_mass", "blank_mass", "total_time", "ready_time", "cutting_time", "cutting_fluid"),
    "machining_specific": ("part_mass", "blank_mass", "removed_volume"),
    "arc_welding": ("seam_length", "standby_time"),
    "laser_welding": ("beam_time", "standby_time", "gas_mass"),
    "resistance_welding": ("spots", "cycle_time"),
    "electroplating": ("area",),
    "heat_treatment": ("part_mass", "fixture_mass", "furnace_time", "opening_losses", "nitrogen"),
    "powder_coating": ("part_mass", "area", "oven_time_per_part", "hanger_mass"),
    "drying": ("dry_mass", "drying_time"),
    "compressed_air": ("air_volume",),
    "injection_moulding_screening": ("part_mass", "gross_mass"),
    "stamping_screening": ("part_mass", "gross_mass"),
    "forging_gas_screening": ("part_mass", "gross_mass"),
    "forging_induction_screening": ("part_mass", "gross_mass"),
    "carburising_screening": ("part_mass", "gross_mass"),
    "spot_welding_screening": ("spots",),
    "zinc_plating_screening": ("area",),
    "powder_coating_screening": ("area",),
}
"""Inputs that grow with the amount of work; twice all of them is twice the result."""
CONTAINERS = ("strip_mass", "billet_mass", "blank_mass", "gross_mass")


def usual(item):
    low = 0.0 if item.low is None else item.low
    high = 1.0 if item.high is None else item.high
    return st.floats(low, high)


def complete(model):
    """Random usual inputs that obey the mass balance and never cool or wet the goods."""

    def mend(values):
        for name in CONTAINERS:
            if name in values:
                values[name] = values["part_mass"] * (1.1 + values[name] / (1.0 + values[name]))
        if "moisture_out" in values:
            values["moisture_out"] = values["moisture_in"] * values["moisture_out"]
        values["ambient_temperature"] = 20.0
        names = {item.name for item in model.inputs}
        return {name: value for name, value in values.items() if name in names}

    return st.fixed_dictionaries({item.name: usual(item) for item in model.inputs}).map(mend)


def amounts(result):
    """Every amount of a result by name; a carrier that is not used is zero."""
    named = {f"energy {carrier}": result.carrier(carrier) for carrier in ("electricity", "natural_gas")}
    named |= {f"input {item.name}": item.amount for item in result.auxiliaries}
    named |= {f"waste {item.name}": item.amount for item in result.wastes}
    named |= {f"emission {item.gas}": item.amount for item in result.emissions}
    if result.material_input is not None:
        named["material input"] = result.material_input
    return named | {"scrap": result.scrap, "loss": result.loss, "minimum": result.minimum}


@pytest.mark.parametrize("name", list(MODELS))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_draws_equal_scalars_one_by_one(name, data):
    model = MODELS[name]
    first, second = data.draw(complete(model)), data.draw(complete(model))
    together = amounts(model.compute({key: np.array([first[key], second[key]]) for key in first}))
    for place, values in enumerate((first, second)):
        alone = amounts(model.compute(values))
        assert together.keys() == alone.keys()
        for key, amount in alone.items():
            found = np.broadcast_to(together[key], (2,))[place]
            assert found == pytest.approx(amount, rel=1e-12, abs=1e-15), key


@pytest.mark.parametrize("name", list(MODELS))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_twice_the_work_is_twice_the_result(name, data):
    model = MODELS[name]
    values = data.draw(complete(model))
    twice = values | {key: 2.0 * values[key] for key in EXTENSIVE[name]}
    single, double = model.compute(values), model.compute(twice)
    expected = {key: 2.0 * amount for key, amount in amounts(single).items()}
    assert amounts(double) == pytest.approx(expected, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", list(MODELS))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_half_the_yield_is_twice_the_energy(name, data):
    model = MODELS[name]
    values = data.draw(complete(model))
    single, double = model.compute(values), model.compute(values | {"yield": values["yield"] / 2.0})
    assert double.total_energy == pytest.approx(2.0 * single.total_energy, rel=1e-12)
    assert double.minimum == pytest.approx(2.0 * single.minimum, rel=1e-12)


STATED = ("compressed_air", "machining_specific")
"""Physical models whose energy is itself stated by the user, so that it can be below the minimum."""


@pytest.mark.parametrize(
    "name", [name for name, model in MODELS.items() if model.level == "physical" and name not in STATED]
)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_no_process_needs_less_than_its_minimum(name, data):
    result = MODELS[name].compute(data.draw(complete(MODELS[name])))
    assert 0.0 <= result.minimum <= result.total_energy * (1.0 + 1e-12)


@pytest.mark.parametrize("name", list(MODELS))
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_steps_sum_to_the_flow_and_masses_balance(name, data):
    values = data.draw(complete(MODELS[name]))
    result = MODELS[name].compute(values)
    for flow in result.energy:
        assert sum(amount for _, amount in flow.steps) == pytest.approx(flow.amount, rel=1e-12)
    if result.material_input is not None:
        outputs = values["part_mass"] + result.scrap + result.loss
        assert outputs == pytest.approx(result.material_input, rel=1e-12)


@given(st.dictionaries(st.text(min_size=1), st.tuples(POSITIVE, POSITIVE), min_size=1, max_size=30))
def test_allocation_shares_sum_to_one(products):
    shares = allocation_shares(
        quantities={name: pair[0] for name, pair in products.items()},
        weights={name: pair[1] for name, pair in products.items()},
    )
    assert abs(sum(share for _, share in shares) - 1.0) <= 1e-9
    assert [name for name, _ in shares] == list(products)


@given(POSITIVE, st.lists(st.floats(0.01, 1.0), max_size=8))
def test_a_chain_without_measured_error_has_no_residual(net, yields):
    gross = gross_input(net=net, yields=yields)
    scrap = sum(step.scrap for step in chain(net=net, yields=yields))
    assert balance(gross=gross, net=net, scrap=max(scrap, 0.0)).relative_residual == pytest.approx(
        0.0, abs=1e-9
    )
    assert gross >= net


@given(POSITIVE, POSITIVE, st.floats(1.0, 3.0), SHARE)
def test_transport_work_is_linear(mass, distance, factor, empty):
    once = tonne_kilometres(mass=mass, distance=distance, mass_factor=factor, empty_return=empty)
    assert tonne_kilometres(mass=2 * mass, distance=3 * distance, mass_factor=factor, empty_return=empty) == (
        pytest.approx(6 * once, rel=1e-12)
    )


@given(st.floats(1e-6, 1.0), st.floats(0.1, 1000.0), SHARE, SHARE, st.floats(0.1, 50.0))
def test_losses_grow_with_the_square_of_the_current(resistance, current, time, share, life):
    def energy(rated):
        point = LoadShare(time, share)
        return joule_energy(resistance=resistance, rated_current=rated, profile=(point,), service_life=life)

    assert energy(3.0 * current) == pytest.approx(9.0 * energy(current), rel=1e-12)


@given(POSITIVE, st.lists(st.floats(0.0, 1e6), max_size=6))
def test_contracts_and_residual_mix_cover_the_use(used, contracted):
    contracts = tuple(
        ContractedAmount(
            Contract(str(place), "certificates", Value(amount, "kWh"), "", "", *[True] * 5), amount
        )
        for place, amount in enumerate(contracted)
    )
    result = coverage(used=used, contracts=contracts)
    assert sum(result.shares.values()) + result.residual_share == pytest.approx(1.0, abs=1e-12)
    covered = sum(item.energy for item in result.covered)
    assert covered == pytest.approx(min(used, sum(contracted)), rel=1e-12)
    assert covered + result.surplus == pytest.approx(sum(contracted), rel=1e-12)


@given(SHARE, SHARE, st.fixed_dictionaries(dict.fromkeys(MATERIAL, INTENSITY)))
def test_f7a_factor_one_is_the_cut_off(content, recycled, intensities):
    formula = circular_footprint_formula(
        recycled_content=content, recycled=recycled, energy_recovered=0.0, allocation_factor=1.0
    )
    cut = cut_off(recycled_content=content, recycled=recycled, energy_recovered=0.0)
    assert weighted_sum(formula, intensities) == pytest.approx(
        weighted_sum(cut, intensities), rel=1e-12, abs=1e-12
    )


@given(SHARE, SHARE, SHARE, INTENSITY, INTENSITY)
def test_f7c_closed_loop_is_the_same_for_every_factor(content, factor, quality, virgin, recycling):
    terms = circular_footprint_formula(
        recycled_content=content, recycled=content, energy_recovered=0.0, allocation_factor=factor,
        quality_in=quality, quality_out=quality,
    )  # fmt: skip
    material = [term for term in terms if term.part == "material"]
    same = {"virgin": virgin, "substituted": virgin, "recycled_in": recycling, "recycling_eol": recycling}
    expected = (1.0 - content) * virgin + content * recycling
    assert weighted_sum(material, same) == pytest.approx(expected, rel=1e-9, abs=1e-9)


@given(st.tuples(SHARE, SHARE, SHARE, SHARE).filter(lambda parts: sum(parts) > 1e-3), SHARE, SHARE)
def test_treated_waste_is_all_of_the_material(parts, content, factor):
    total = sum(parts)
    recycling, energy, incineration, landfill = (part / total for part in parts)
    shares = route_shares(
        recycling=recycling, energy_recovery=energy, incineration=incineration, landfill=landfill
    )
    assert sum(term.coefficient for term in waste_treatment(shares)) == pytest.approx(1.0)
    terms = circular_footprint_formula(
        recycled_content=content, recycled=shares.recycling, energy_recovered=shares.energy_recovery,
        allocation_factor=factor, quality_in=1.0, quality_out=1.0, energy_export=EnergyExport(20.0, 0.3, 0.2),
    )  # fmt: skip
    supply = sum(term.coefficient for term in terms if term.role in {"virgin", "recycled_in"})
    assert supply == pytest.approx(1.0)


@given(SHARE, SHARE, SHARE, INTENSITY, INTENSITY)
def test_module_d_turns_its_sign_with_the_net_flow(given_back, used, quality, recycling, virgin):
    intensities = {"recycling_eol": recycling, "substituted": virgin}
    forward = module_d(secondary_in=used, secondary_out=given_back, quality_out=quality)
    backward = module_d(secondary_in=given_back, secondary_out=used, quality_out=quality)
    assert weighted_sum(forward.terms, intensities) == pytest.approx(
        -weighted_sum(backward.terms, intensities)
    )
    assert all(term.part == "beyond" for term in forward.terms)
