"""Organisation factors and transport-only values stay out of where they do harm."""

from __future__ import annotations

import attrs
import pytest

from cradlemark.core.errors import RuleError
from cradlemark.inventory.admission import refuse_as_treatment, refuse_for_product
from cradlemark.inventory.starter import starter_database

DATASETS = starter_database().datasets


@pytest.mark.parametrize("identity", ["el-cn-co2-2023", "el-cn-gd-co2-2023", "el-cn-co2-2023-exmkt"])
def test_chinese_organisation_factor_is_refused_with_both_numbers(identity):
    with pytest.raises(RuleError) as caught:
        refuse_for_product(DATASETS[identity])
    assert caught.value.code == "factor-organisation"
    assert "0.5306" in caught.value.message.en
    assert "0.5777" in caught.value.message.en
    assert "el-cn-cf-2024" in caught.value.hint.en


def test_other_organisation_factors_are_refused_with_their_own_reason():
    for identity in ("el-us-ca-egrid2023", "el-gb-desnz-2025", "fu-cn-mee-heat"):
        with pytest.raises(RuleError) as caught:
            refuse_for_product(DATASETS[identity])
        assert "0.5777" not in caught.value.message.en


def test_own_electricity_factor_of_generation_only_is_refused():
    own = attrs.evolve(DATASETS["el-de-ember"], boundary="generation")
    with pytest.raises(RuleError) as caught:
        refuse_for_product(own)
    assert caught.value.code == "factor-generation-only"


@pytest.mark.parametrize(
    "identity", ["el-cn-cf-2024", "el-cn-td-2024-incl", "el-de-ember", "x-cu-cathode-ica"]
)
def test_product_factors_are_let_in(identity):
    refuse_for_product(DATASETS[identity])


def test_transport_to_the_plant_is_not_a_treatment():
    refused = [d for d in DATASETS.values() if d.boundary == "treatment_transport_only"]
    assert len(refused) == 42
    for dataset in refused:
        with pytest.raises(RuleError) as caught:
            refuse_as_treatment(dataset)
        assert caught.value.code == "factor-transport-only"
    refuse_as_treatment(DATASETS["der-incin-pa66"])
    refuse_as_treatment(DATASETS["wa-gb-2025-plastics-average-plastics-landfill"])


@pytest.mark.parametrize(("polymer", "value"), [("pa66", 2.33), ("pc", 2.77), ("pe", 3.14)])
def test_incineration_is_the_stoichiometry(polymer, value):
    assert DATASETS[f"der-incin-{polymer}"].climate.total == pytest.approx(value, abs=0.005)
