"""Facts that pass every check, and for every check one change that makes exactly that check fail."""

from __future__ import annotations

from cradlemark.core.language import Text
from cradlemark.rules.catalogue import PHASES, catalogue
from cradlemark.rules.fact_values import Fact, Facts, Item

# What a conforming study and its result say. Everything that is not here is true, or 0 for numbers.
GOOD: dict[str, Fact] = {
    "boundary_is_cradle_to_gate": False, "declared_amount": 1.0, "product_mass_kg": 0.0065,
    "service_life_years": 10.0, "period_months": 12.0, "material_count": 3.0, "operation_count": 1.0,
    "component_count": 1.0, "component_mass_kg": 0.0065, "component_mass_ratio": 1.0, "market_share_sum": 1.0,
    "load_time_share_sum": 0.3, "mode_hours_sum": 8760.0, "has_use_grid_years": True, "use_grid_share_sum": 1.0,
    "end_of_life_year": 2024.0, "end_of_life_lag_years": 1.0, "end_of_life_method_is_default": True,
    "end_of_life_method_is_cut_off": False, "end_of_life_method_is_circular_footprint_formula": False,
    "end_of_life_method_is_module_d": False, "cut_off_count": 1.0, "cut_off_share_total": 0.005,
    "site_product_count": 2.0, "site_this_count": 1.0, "allocation_basis_is_mass": True,
    "allocation_basis_is_pieces": False, "allocation_basis_is_machine_hours": False,
    "allocation_basis_is_revenue": False, "contract_count": 1.0, "network_contract_count": 1.0, "contracted_kwh": 100.0,
    "electricity_used_kwh": 1000.0, "has_air_legs": False, "claims_biogenic_content": False,
    "holds_template_examples": False, "assumption_count": 1.0, "evidence_count": 1.0, "own_data_rated_share": 1.0, "scenario_count": 1.0,
    "allocation_share_sum": 1.0, "total_kg": 0.04, "gate_kg": 0.04, "life_cycle_kg": 0.04, "gate_per_kg": 6.0,
    "beyond_boundary_kg": -0.001, "use_share": 0.3, "fossil_kg": 0.04, "primary_data_share": 0.5, "rated_share": 1.0,
    "site_data_share": 0.3, "background_data_share": 0.7, "background_rated_share": 1.0, "site_rated_share": 1.0,
    "rating_technological": 2.0, "rating_geographical": 2.0, "rating_temporal": 2.0, "interval_ratio": 1.5,
    "result_gwp_is_ar4": False, "result_gwp_is_ar5": False, "grid_line_count": 1.0, "network_line_count": 1.0,
    "result_cut_off_share": 0.005,
    # items
    "amount": 0.0036, "net_kg": 0.0036, "gross_amount": 0.004, "yield_product": 0.9, "recycled_content": 0.3,
    "material_is_measured": False, "material_is_secondary": False, "material_is_proxy": False, "names_offset": False,
    "quantity": 1.0, "has_both": False, "uses_model": False, "operation_is_supplier_data": False,
    "operation_is_secondary": False, "operation_is_proxy": False, "stated_kwh": 0.02, "minimum_kwh": 0.01,
    "is_unusually_high": False, "contract_kwh": 100.0, "is_direct_line": False, "is_supplier_specific": False,
    "is_certificates": False, "contract_names_offset": False, "cut_off_share": 0.005, "criterion_is_energy": False,
    "criterion_is_significance": False, "meter_amount": 1000.0, "market_share": 1.0, "distance_km": 300.0,
    "mass_factor": 1.08, "is_air": False, "time_share": 0.3, "current_share": 0.5, "route_share_sum": 1.0,
    "recycling_share": 0.5, "allocation_factor": 0.2, "parameter_is_formula": False, "balance_gross_kg": 0.004,
    "balance_net_kg": 0.0036, "note_is_omission": False, "note_is_default": False, "note_is_unusual": False, "line_kg": 0.02, "line_share": 0.5, "is_negative": False,
    "is_removal": False, "is_credit": False, "is_in_module_d": False, "factor_is_unverified": False, "factor_is_doubtful": False,
    "factor_is_for_organisations": False, "factor_gwp_is_unknown": False, "factor_gwp_differs": False,
    "line_is_proxy": False, "boundary_is_transport_only": False, "boundary_is_generation_only": False,
    "boundary_is_tank_to_wheel": False, "boundary_is_combustion_only": False, "link_score": 100.0,
    "dataset_age_years": 2.0, "line_gsd": 1.1,
}  # fmt: skip

GATE: dict[str, Fact] = {"boundary_is_cradle_to_gate": True, "boundary_is_cradle_to_grave": False}
ACTIVE: dict[str, Fact] = {"is_passive": False}
BIO: dict[str, Fact] = {
    "claims_biogenic_content": True,
    "biogenic_emission_kg": 0.01,
    "land_use_change_kg": 0.001,
}
UNCONFIRMED: dict[str, Fact] = {"link_is_confirmed": False}
CREDIT: dict[str, Fact] = {"is_credit": True, "is_in_module_d": True, "is_negative": True}

# Check: what must hold so that it applies (it then passes), and the change that makes it fail.
CASES: dict[str, tuple[dict[str, Fact], dict[str, Fact]]] = {
    "declared-amount": ({}, {"declared_amount": 0.0}),
    "product-mass": ({}, {"product_mass_kg": 0.0}),
    "partial-footprint-unit": ({**GATE, "has_functional_unit": False}, {"has_functional_unit": True}),
    "reference-flow": ({}, {"has_functional_amount": False}),
    "pcr-followed": ({}, {"pcr_stated": False}),
    "cut-off-single": ({}, {"cut_off_share": 0.011}),
    "cut-off-total": ({}, {"cut_off_share_total": 0.051}),
    "cut-off-reason": ({}, {"cut_off_has_reason": False}),
    "cut-off-estimate": ({}, {"cut_off_share_has_evidence": False}),
    "cut-off-range": ({}, {"cut_off_share": -0.01}),
    "composition-complete": ({}, {"component_mass_ratio": 0.9}),
    "component-content": ({}, {"has_content": False}),
    "component-either": ({}, {"has_both": True}),
    "component-quantity": ({}, {"quantity": 0.0}),
    "part-number-unique": ({}, {"part_number_is_unique": False}),
    "entry-linked": ({}, {"is_linked": False}),
    "inbound-transport": ({}, {"has_legs": False}),
    "omission-noted": ({}, {"note_is_omission": True}),
    "default-noted": ({}, {"note_is_default": True}),
    "input-unusual": ({}, {"note_is_unusual": True}),
    "operation-amounts": ({}, {"has_amounts": False}),
    "own-process-site-data": ({}, {"operation_is_measured": False}),
    "own-process-model": ({}, {"uses_model": True}),
    "operation-evidence": ({}, {"operation_has_evidence": False}),
    "operation-scores": ({}, {"operation_has_scores": False}),
    "meter-evidence": ({}, {"meter_has_evidence": False}),
    "meter-measured": ({}, {"meter_is_measured": False}),
    "material-scores": ({}, {"material_has_scores": False}),
    "supplier-data-evidence": ({"has_recycled_content": False}, {"material_has_evidence": False}),
    "supplier-named": ({}, {"has_supplier": False}),
    "primary-data-share": ({}, {"primary_data_share": 0.05}),
    "proxy-share": ({}, {"proxy_share": 0.2}),
    "unverified-share": ({}, {"unverified_share": 0.3}),
    "factor-unverified": ({}, {"factor_is_unverified": True}),
    "factor-doubtful": ({}, {"factor_is_doubtful": True}),
    "quality-rated": ({}, {"rated_share": 0.5}),
    "dataset-age": ({}, {"dataset_age_years": 11.0}),
    "dataset-year": ({}, {"has_dataset_year": False}),
    "link-confirmed": (UNCONFIRMED, {"link_score": 80.0}),
    "parameter-described": (
        {"parameter_has_description": False}, {"parameter_has_evidence": False}
    ),
    "evidence-digest": ({}, {"evidence_has_digest": False}),
    "evidence-used": ({}, {"evidence_is_used": False}),
    "period-length": ({}, {"period_months": 11.0}),
    "use-profile": ({}, {"has_use_profile": False}),
    "load-time-shares": ({}, {"load_time_share_sum": 1.01}),
    "load-current": ({}, {"current_share": 1.2}),
    "mode-hours": (ACTIVE, {"mode_hours_sum": 9000.0}),
    "use-electricity": ({}, {"has_use_grid": False}),
    "use-grid-shares": ({}, {"use_grid_share_sum": 0.9}),
    "resistance-measured": ({}, {"resistance_is_measured": False}),
    "market-shares": ({}, {"market_share_sum": 0.98}),
    "market-place": ({}, {"market_has_place": False}),
    "market-transport": ({}, {"market_has_legs": False}),
    "leg-distance": ({}, {"distance_km": 0.0}),
    "leg-mode": ({}, {"has_mode": False}),
    "leg-mass-factor": ({}, {"mass_factor": 0.9}),
    "end-of-life-year": ({}, {"has_end_of_life_year": False}),
    "end-of-life-current": ({}, {"end_of_life_lag_years": 11.0}),
    "end-of-life-shares": ({}, {"route_share_sum": 0.95}),
    "end-of-life-method": (
        {}, {"end_of_life_method_is_default": False, "end_of_life_method_is_circular_footprint_formula": True}
    ),
    "waste-transport-only": ({}, {"boundary_is_transport_only": True}),
    "allocation-product": ({}, {"site_this_count": 2.0}),
    "allocation-sum": ({}, {"allocation_share_sum": 0.99}),
    "allocation-order": (
        {"allocation_basis_is_revenue": True, "physical_key_available": False}, {"physical_key_available": True}
    ),
    "allocation-reason": ({}, {"has_allocation_reason": False}),
    "allocation-sensitivity": ({}, {"scenario_count": 0.0}),
    "site-production": ({}, {"has_declared_units": False}),
    "scrap-route": ({}, {"has_scrap_route": False}),
    "recycled-dataset": ({}, {"has_recycled_dataset": False}),
    "recycled-evidence": ({"material_is_supplier_data": False}, {"material_has_evidence": False}),
    "recycled-range": ({}, {"recycled_content": 1.2}),
    "material-amount": ({}, {"amount": 0.0}),
    "yield-range": ({}, {"yield_product": 1.1}),
    "gross-not-below-net": ({}, {"gross_amount": 0.003}),
    "mass-balance": ({}, {"balance_residual_share": 0.02}),
    "energy-minimum": ({}, {"stated_kwh": 0.005}),
    "energy-unusual": ({}, {"is_unusually_high": True}),
    "gate-plausible": ({}, {"gate_per_kg": 6000.0}),
    "result-positive": ({}, {"total_kg": -0.1}),
    "line-negative": ({}, {"is_negative": True}),
    "credit-apart": (CREDIT, {"is_in_module_d": False}),
    "delayed-emissions": ({}, {"service_life_years": 20.0}),
    "origins-divided": ({}, {"undivided_share": 0.5}),
    "biogenic-content": (BIO, {"biogenic_emission_kg": 0.0}),
    "biogenic-netting": ({**GATE, "has_functional_unit": False}, {"biogenic_removal_kg": -0.1}),
    "land-use-change": (BIO, {"land_use_change_kg": 0.0}),
    "aircraft-apart": ({"has_air_legs": True, "aircraft_kg": 0.1}, {"aircraft_kg": 0.0}),
    "electricity-place": ({}, {"has_electricity_place": False}),
    "contract-attributes": ({}, {"conveys_attributes": False}),
    "contract-unique": ({}, {"unique_claim": False}),
    "contract-tracked": ({}, {"tracked": False}),
    "contract-time": ({}, {"close_in_time": False}),
    "contract-market": ({}, {"same_market": False}),
    "contract-evidence": ({}, {"contract_has_evidence": False}),
    "contract-factor": ({}, {"contract_has_dataset": False}),
    "contract-offset": ({}, {"contract_names_offset": True}),
    "contract-total": ({}, {"has_electricity_total": False}),
    "contract-cover": ({}, {"contracted_kwh": 2000.0}),
    "residual-mix": ({}, {"has_residual_mix": False}),
    "both-bases": ({}, {"has_location_lines": False}),
    "organisation-factor": ({}, {"factor_is_for_organisations": True}),
    "generation-only": ({}, {"boundary_is_generation_only": True}),
    "network-losses": ({}, {"network_line_count": 0.0}),
    "fuel-supply": ({}, {"boundary_is_tank_to_wheel": True}),
    "gwp-latest": ({}, {"result_gwp_is_ar6": False}),
    "gwp-consistent": ({}, {"other_gwp_share": 0.1}),
    "factor-gwp": ({}, {"factor_gwp_differs": True}),
    "gases-complete": ({}, {"co2_only_share": 0.2}),
    "no-offsets": ({}, {"names_offset": True}),
    "uncertainty": ({}, {"has_interval": False}),
    "uncertainty-width": ({}, {"interval_ratio": 5.0}),
    "sensitivity": ({}, {"has_sensitivities": False}),
    "use-dominates": ({}, {"use_share": 0.9}),
    "assumptions": ({}, {"assumption_count": 0.0}),
    "template-examples": ({}, {"holds_template_examples": True}),
    "recomputable": ({}, {"has_study_digest": False}),
    # GB/T 24067
    "site-quality-table": ({}, {"site_rated_share": 0.5}),
    "background-quality-table": ({}, {"background_rated_share": 0.5}),
    "geography-rating": ({}, {"rating_geographical": 4.0}),
    "material-origin": ({}, {"has_origin": False}),
    "grid-and-residual": ({}, {"has_residual_mix": False}),
    # EN 50693
    "rule-stated": ({}, {"pcr_stated": False}),
    "module-d-apart": ({}, {"module_d_lines_are_apart": False}),
    "module-d-reported": ({}, {"has_module_d_lines": False}),
    "module-d-secondary": ({}, {"route_has_secondary_dataset": False}),
    "module-d-quality": ({}, {"route_has_quality_ratio": False}),
}  # fmt: skip


def facts_with(*changes: dict[str, Fact], without: frozenset[str] = frozenset()) -> Facts:
    """Facts of the conforming study with some of them changed; one item in every scope."""
    wanted = {**GOOD}
    for change in changes:
        wanted |= change
    table = catalogue()

    kinds = {fact.name: fact.is_boolean for fact in table}

    def value(name: str) -> Fact:
        return None if name in without else wanted.get(name, True if kinds[name] else 0.0)

    values = {name: value(name) if not name.startswith("line_count_") else 1.0 for name in table.facts}
    scopes = {
        name: (
            Item(f"{name}[1]", Text(f"{name} one", f"{name}一"), {fact: value(fact) for fact in scope.facts}),
        )
        for name, scope in table.scopes.items()
    }
    return Facts(values, scopes, frozenset(PHASES))
