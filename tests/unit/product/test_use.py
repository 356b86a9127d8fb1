import numpy as np
import pytest

from cradlemark.core.errors import InputErrors, MissingDataError
from cradlemark.product.use import LoadShare, ModeHours, active_energy, joule_energy, joule_power, resistance


def energy(profile, **changes):
    values = {"resistance": 1e-3, "rated_current": 32.0, "service_life": 20.0} | changes
    return joule_energy(profile=profile, **values)


def test_losses_of_a_profile_are_the_sum_of_its_points():
    both = energy((LoadShare(0.3, 0.5), LoadShare(0.4, 0.2)))
    assert both == pytest.approx(energy((LoadShare(0.3, 0.5),)) + energy((LoadShare(0.4, 0.2),)), rel=1e-15)


def test_number_of_paths_multiplies():
    assert joule_power(resistance=1e-3, rated_current=10.0, current_share=0.5, paths=3.0) == pytest.approx(
        0.075
    )


def test_time_shares_above_one_are_refused():
    with pytest.raises(InputErrors) as caught:
        energy((LoadShare(0.7, 0.5), LoadShare(0.4, 0.2)), where="use.losses")
    assert [(p.code, p.where) for p in caught.value.problems] == [("time-shares-above-one", "use.losses")]


def test_time_shares_may_sum_to_one_with_rounding():
    assert energy(tuple(LoadShare(0.1, 0.5) for _ in range(10))) == pytest.approx(
        energy((LoadShare(1.0, 0.5),))
    )


def test_time_shares_are_checked_in_every_draw():
    with pytest.raises(InputErrors) as caught:
        energy((LoadShare(np.array([0.5, 0.9]), 0.5), LoadShare(0.2, 0.5)))
    assert caught.value.code == "time-shares-above-one"


def test_no_profile_is_missing_not_zero():
    with pytest.raises(MissingDataError) as caught:
        energy(())
    assert caught.value.code == "load-profile-missing"


def test_all_wrong_values_are_reported_together():
    with pytest.raises(InputErrors) as caught:
        energy((LoadShare(-0.1, 50.0),), resistance=float("nan"), service_life=0.0)
    assert [problem.code for problem in caught.value.problems] == [
        "value-not-finite", "value-out-of-range", "value-out-of-range", "value-out-of-range",
    ]  # fmt: skip
    assert "profile row 1" in caught.value.problems[-1].where


def test_resistance_needs_a_test_current():
    with pytest.raises(InputErrors, match="test current"):
        resistance(voltage_drop=3.2e-3, test_current=0.0)


def test_active_modes_add_up_over_the_life():
    modes = (ModeHours(10.0, 1000.0), ModeHours(0.4, 7760.0))
    assert active_energy(modes=modes, service_life=20.0) == pytest.approx(20 * (10.0 + 3.104), rel=1e-15)


def test_modes_cannot_fill_more_than_a_year():
    with pytest.raises(InputErrors) as caught:
        active_energy(modes=(ModeHours(1.0, 8000.0), ModeHours(1.0, 1000.0)), service_life=1.0)
    assert caught.value.code == "mode-hours-above-year"


def test_no_mode_is_missing_not_zero():
    with pytest.raises(MissingDataError):
        active_energy(modes=(), service_life=10.0)
