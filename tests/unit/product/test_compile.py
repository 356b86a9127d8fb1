"""A compiled study: unfolded again and again, with numbers overridden, every line with a path of its own."""

from __future__ import annotations

import re

import numpy as np
import pytest
from tests.unit.footprint.builders import formula, grave, kg, material, model, part, rich_study, study, val

from cradlemark.core.errors import InputErrors
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution
from cradlemark.product.study import EnergyUse, Leg, Market, Material, Operation, Parameter, Use, UseMode
from cradlemark.product.study.later_stages import GridYear, JouleLosses, LoadPoint

NORMAL = Distribution("normal", sd=0.1)


def test_unfolding_twice_gives_the_same_system() -> None:
    ready = model(study(part("A", material("plastic", 1.0))))
    assert ready.compiler.system() == ready.compiler.system()


def test_overrides_replace_values_and_arrays_stay_arrays() -> None:
    ready = model(study(part("A", material("plastic", 1.0), quantity=2.0)))
    path = "components[A].materials[plastic].amount"
    system, _ = ready.compiler.system({path: np.array([1.0, 3.0])})
    assert list(np.asarray(system.activities[0].amount)) == [2.0, 6.0]
    assert ready.climate({path: 5.0}).sum() == pytest.approx(20.0)


def test_uncertain_values_that_are_used_are_named_once() -> None:
    twice = part("B", material("plastic", 0.1), quantity=1.0)
    step = Operation(
        "op",
        Text("Step", "工序"),
        "B",
        energy=(EnergyUse("electricity", val(1.0, "kWh", distribution=NORMAL)),),
    )
    wanted = study(
        part("A", children=(twice,)), part("C", children=(twice,)), operations=(step,),
        parameters=(Parameter("unused", val(1.0, "kg", distribution=NORMAL)),),
    )  # fmt: skip
    _, uncertain = model(wanted).compiler.system()
    assert sorted(uncertain) == ["operations[op].energy[0].amount", "parameters[unused].value"]


def test_all_paths_differ() -> None:
    again = part("A", material("plastic", 1.0, legs=(Leg(val(1.0, "km"), "truck"),)))
    system, _ = model(study(again, again)).compiler.system()
    paths = [activity.path for activity in system.activities]
    assert len(paths) == len(set(paths)) == 4


def test_draws_outside_the_physical_range_are_moved_and_reported() -> None:
    wide = Distribution("normal", sd=0.5)
    ready = model(study(part("A", material("plastic", 1.0, yields=(val(0.9, distribution=wide),)))))
    path = "components[A].materials[plastic].yields[0]"
    system, _ = ready.compiler.system({path: np.array([0.9, 1.4, 2.0, 0.5])})
    assert list(np.asarray(system.activities[0].amount)) == pytest.approx([1 / 0.9, 1.0, 1.0, 2.0])
    assert [(note.code, note.path) for note in system.notes if note.code == "draws-clipped"] == [
        ("draws-clipped", path)
    ]
    assert "50.000%" in next(note.message.en for note in system.notes if note.code == "draws-clipped")


def test_shares_that_are_drawn_stay_shares() -> None:
    losses = JouleLosses(
        val(10.0, "A"), val(1.0, "mohm"),
        profile=(LoadPoint(val(0.5, distribution=NORMAL), val(1.0)), LoadPoint(val(0.5), val(0.5))),
    )  # fmt: skip
    wanted = grave(
        part("A", material("plastic", 1.0)),
        markets=(
            Market("CN", val(0.6, distribution=NORMAL), (Leg(val(1000.0, "km"), "truck"),)),
            Market("DE", val(0.4), (Leg(val(1000.0, "km"), "truck"),)),
        ),
        use=Use(losses=losses),
    )
    system, _ = model(wanted).compiler.system(
        {"markets[CN].share": np.array([0.6, 0.9]), "use.losses.profile[0].time_share": np.array([0.5, 0.7])}
    )
    found = {activity.path: np.asarray(activity.amount) for activity in system.activities}
    # 1 kg x 1000 km = 1 tkm however the shares fall
    total = found["markets[CN].legs[0]"] + found["markets[DE].legs[0]"]
    assert list(total) == pytest.approx([1.0, 1.0])
    full = 8760 * 20 * 0.1 / 1000
    half = found["use.losses.profile[1]"]
    assert list(half) == pytest.approx([0.5 * full / 4, 0.5 / 1.2 * full / 4])


def test_grid_shares_that_are_drawn_stay_shares() -> None:
    use = Use(
        modes=(UseMode(Text("on", "运行"), val(5.0, "W"), val(1000.0, "h")),),
        grid=(GridYear(val(0.5, distribution=NORMAL), "el-cn-cf-2024"), GridYear(val(0.5), "mix-2035")),
    )
    system, _ = model(grave(part("A", material("plastic", 1.0)), use=use)).compiler.system(
        {"use.grid[0].share": np.array([0.5, 1.0])}
    )
    energy = sum(np.asarray(item.amount) for item in system.activities if item.stage == "B6")
    assert list(np.asarray(energy)) == pytest.approx([100.0, 100.0])


def test_wrong_formulas_are_reported_with_their_place() -> None:
    with pytest.raises(InputErrors) as refused:
        model(study(part("A", Material("plastic", formula("rib * 2", "kg"))))).compiler.system()
    assert refused.value.problems[0].where == "components[A].materials[plastic].amount"


def test_formulas_of_wrong_dimension_are_refused() -> None:
    wanted = study(
        part("A", Material("plastic", formula("rib", "kg"))), parameters=(Parameter("rib", val(1.0, "m")),)
    )
    with pytest.raises(InputErrors):
        model(wanted).compiler.system()
    assert model(study(part("A", Material("plastic", kg(1.0))))).compiler.system()[0].activities


def test_what_is_kept_between_calculations_changes_no_number() -> None:
    """A model that has been calculated with many other numbers gives what a new one gives, for every single value."""
    used = model(rich_study())
    plain = used.climate()
    paths = sorted({path for section in used.compiler.unfolded().sections for path in section.read})
    paths += [f"parameters[{name}].value" for name in used.compiler.formulas.units]
    assert len(paths) > 20
    moved = 0
    for path in paths:
        for value in (0.05, 0.5):
            try:
                fresh = model(rich_study()).climate({path: value})
            except InputErrors as expected:
                with pytest.raises(InputErrors, match=re.escape(expected.message.en)):
                    used.climate({path: value})
                continue
            np.testing.assert_array_equal(used.climate({path: value}), fresh, err_msg=path)
            moved += not np.array_equal(fresh, plain)
    assert moved > len(paths) / 2
    np.testing.assert_array_equal(used.climate(), plain)


def test_paths_are_the_same_whether_parts_were_kept_or_not() -> None:
    used = model(rich_study())
    first = [activity.path for activity in used.compiler.system()[0].activities]
    path = "components[A].materials[copper].amount"
    changed = [activity.path for activity in used.compiler.system({path: 0.1})[0].activities]
    assert first == changed == [activity.path for activity in used.compiler.system()[0].activities]
