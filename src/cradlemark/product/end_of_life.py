"""End of life and recycling: cut-off, circular footprint formula (F7), EN 15804 module D (F8).

Each method gives named coefficients per kg of material in the product, one per intensity, so that every term can be
an activity of its own. Which method applies is said by the rule pack.
"""

from __future__ import annotations

import attrs
import numpy as np

from cradlemark.core.errors import MissingDataErrors, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.end_of_life_terms import (
    ROLES,
    Part,
    Role,
    RouteShares,
    Term,
    above_one,
    present,
    route_shares,
    weighted_sum,
)
from cradlemark.product.ranges import largest_magnitude, range_problems, share_problems
from cradlemark.product.system import Number

__all__ = [
    "ROLES",
    "EnergyExport",
    "ModuleD",
    "Part",
    "Role",
    "RouteShares",
    "Term",
    "circular_footprint_formula",
    "cut_off",
    "module_d",
    "recycled_output",
    "route_shares",
    "split_disposal",
    "waste_treatment",
    "weighted_sum",
]


@attrs.frozen
class EnergyExport:
    """Energy recovered from 1 kg: lower heating value [MJ/kg] and efficiencies to heat and electricity [0-1]."""

    heating_value: Number
    heat_efficiency: Number
    electricity_efficiency: Number


@attrs.frozen
class ModuleD:
    """Module D of one material: net output flow [kg/kg] and its terms, all of part `beyond`."""

    net_flow: Number
    terms: tuple[Term, ...]


def recycled_output(*, recycling: Number, recovery_efficiency: Number, where: str = "") -> Number:
    """Return R2, the recycled fraction at the output of the recycler: ``recycling · recovery efficiency`` [0-1]."""
    raise_if_any(
        (
            *share_problems(recycling, name=Text("share of recycling", "再循环份额"), where=where),
            *share_problems(recovery_efficiency, name=Text("recovery efficiency", "回收效率"), where=where),
        )
    )
    return recycling * recovery_efficiency


def cut_off(
    *, recycled_content: Number, recycled: Number, energy_recovered: Number, where: str = ""
) -> tuple[Term, ...]:
    """Return the terms of the cut-off method (100:0): ``(1−R1) Ev + R1 Erec + R3 EER + (1−R2−R3) ED``.

    Recycled material arrives with the burden of its recycling only and leaves without burden or credit. Energy
    recovery is charged as treatment; its products leave without credit.

    Parameters
    ----------
    recycled_content : float or ndarray of float64, shape (draws,)
        R1 [0-1]
    recycled, energy_recovered : float or ndarray of float64, shape (draws,)
        R2 at the output of the recycler, R3; together at most 1 [0-1].

    Notes
    -----
    Equals the circular footprint formula with A = 1, apart from that formula's energy credits.
    """
    _check_fractions(recycled_content, recycled, energy_recovered, where)
    return present(
        Term("virgin", "virgin", 1.0 - recycled_content, "material"),
        Term("recycled_in", "recycled_in", recycled_content, "material"),
        Term("energy_recovery", "energy_recovery", energy_recovered, "energy"),
        Term("disposal", "disposal", _rest(recycled, energy_recovered), "disposal"),
    )


def circular_footprint_formula(
    *,
    recycled_content: Number,
    recycled: Number,
    energy_recovered: Number,
    allocation_factor: Number,
    energy_allocation_factor: Number = 0.0,
    quality_in: Number | None = None,
    quality_out: Number | None = None,
    energy_export: EnergyExport | None = None,
    where: str = "",
) -> tuple[Term, ...]:
    """Return the terms of the circular footprint formula (F7).

    ``material = (1−R1) Ev + R1 [A Erec + (1−A) Ev Qsin/Qp] + (1−A) R2 (ErecEoL − E*v Qsout/Qp)``,
    ``energy = (1−B) R3 (EER − LHV Xheat ESEheat − LHV Xelec ESEelec)``, ``disposal = (1−R2−R3) ED``.

    Parameters
    ----------
    recycled_content : float or ndarray of float64, shape (draws,)
        R1 [0-1]
    recycled, energy_recovered : float or ndarray of float64, shape (draws,)
        R2 at the output of the recycler, R3; together at most 1 [0-1].
    allocation_factor : float or ndarray of float64, shape (draws,)
        A [0-1]
    energy_allocation_factor : float or ndarray of float64, shape (draws,)
        B [0-1], 0 unless the rule pack says otherwise (unverified).
    quality_in, quality_out : float or ndarray of float64, shape (draws,), optional
        Qsin/Qp and Qsout/Qp [0-1]; needed when their term is not zero.
    energy_export : EnergyExport, optional
        Needed when R3 is above 0 and B below 1.

    Returns
    -------
    tuple of Term
        Sum of coefficient times intensity is the formula; terms that are zero in every draw are left out.

    Raises
    ------
    MissingDataErrors
        Quality ratios or energy export that a term needs.
    InputErrors
        A fraction outside 0 to 1, or R2 + R3 above 1.

    Notes
    -----
    Source: EUR 29682 and Recommendation (EU) 2021/2279, structure seen in one public implementation, the official
    text not read; values of A, R1 and R2 are rule-pack data.
    """
    _check_fractions(recycled_content, recycled, energy_recovered, where)
    raise_if_any(
        (
            *share_problems(allocation_factor, name=Text("allocation factor A", "分配系数 A"), where=where),
            *share_problems(
                energy_allocation_factor, name=Text("allocation factor B", "分配系数 B"), where=where
            ),
        )
    )
    shared_in = recycled_content * (1.0 - allocation_factor)
    shared_out = recycled * (1.0 - allocation_factor)
    recovered = energy_recovered * (1.0 - energy_allocation_factor)
    missing = (
        *_needed(shared_in, quality_in, Text("quality ratio Qsin/Qp", "质量比 Qsin/Qp"), where),
        *_needed(shared_out, quality_out, Text("quality ratio Qsout/Qp", "质量比 Qsout/Qp"), where),
        *_needed(
            recovered,
            energy_export,
            Text("heating value and efficiencies of energy recovery", "能量回收的热值和效率"),
            where,
        ),
    )
    if missing:
        raise MissingDataErrors(missing)
    q_in, q_out = _quality(quality_in, "Qsin/Qp", where), _quality(quality_out, "Qsout/Qp", where)
    return present(
        Term("virgin", "virgin", 1.0 - recycled_content, "material"),
        Term("recycled_in", "recycled_in", recycled_content * allocation_factor, "material"),
        Term("virgin_for_recycled_content", "virgin", shared_in * q_in, "material"),
        Term("recycling_eol", "recycling_eol", shared_out, "material"),
        Term("substituted", "substituted", -1.0 * shared_out * q_out, "material"),
        Term("energy_recovery", "energy_recovery", recovered, "energy"),
        *_export_terms(recovered, energy_export, "energy", where),
        Term("disposal", "disposal", _rest(recycled, energy_recovered), "disposal"),
    )


def waste_treatment(shares: RouteShares) -> tuple[Term, ...]:
    """Return the treatment of waste until the end-of-waste state (EN 15804 C3 and C4) per kg of material.

    Recycling is charged with what enters it; recovery and disposal are charged without credit.
    """
    return present(
        Term("recycling_eol", "recycling_eol", shares.recycling, "disposal"),
        Term("energy_recovery", "energy_recovery", shares.energy_recovery, "disposal"),
        Term("incineration", "disposal", shares.incineration, "disposal"),
        Term("landfill", "disposal", shares.landfill, "disposal"),
    )


def split_disposal(*, shares: RouteShares, recycled: Number, where: str = "") -> tuple[Term, ...]:
    """Return disposal ``1 − R2 − R3`` by kind: incineration, landfill, and what the recycler loses.

    Parameters
    ----------
    shares : RouteShares
    recycled : float or ndarray of float64, shape (draws,)
        R2 at the output of the recycler [0-1], at most the share that enters recycling.

    Returns
    -------
    tuple of Term
        All of role `disposal`; the term `recycling_loss` needs a treatment too, or the loss is not counted.
    """
    loss = shares.recycling - recycled
    raise_if_any(share_problems(loss, name=Text("loss of the recycler", "回收商的损失"), where=where))
    return present(
        Term("incineration", "disposal", shares.incineration, "disposal"),
        Term("landfill", "disposal", shares.landfill, "disposal"),
        Term("recycling_loss", "disposal", loss, "disposal"),
    )


def module_d(
    *,
    secondary_in: Number,
    secondary_out: Number,
    quality_out: Number | None = None,
    energy_recovered: Number = 0.0,
    energy_export: EnergyExport | None = None,
    where: str = "",
) -> ModuleD:
    """Return module D of one material (F8): ``(M_out − M_in) (E_MR − E_VM Q_out/Q_sub)`` and exported energy.

    Parameters
    ----------
    secondary_in : float or ndarray of float64, shape (draws,)
        Secondary material used M_in [kg/kg of material in the product].
    secondary_out : float or ndarray of float64, shape (draws,)
        Secondary material leaving the product system M_out [kg/kg].
    quality_out : float or ndarray of float64, shape (draws,), optional
        Q_out/Q_sub [0-1]; needed when the net flow is not zero.
    energy_recovered : float or ndarray of float64, shape (draws,)
        Fraction to energy recovery [0-1].
    energy_export : EnergyExport, optional
        Needed when `energy_recovered` is above 0.

    Returns
    -------
    ModuleD
        With a net flow below 0 the signs turn: a burden, because more secondary material is used than given back.

    Notes
    -----
    Status unverified against EN 15804+A2. Terms are of part `beyond`; `weighted_sum` refuses to add them to others.
    """
    raise_if_any(
        (
            *range_problems(
                secondary_in,
                name=Text("secondary material in [kg/kg]", "投入的再生材料 [kg/kg]"),
                where=where,
            ),
            *share_problems(
                secondary_out,
                name=Text("secondary material out [kg/kg]", "产出的再生材料 [kg/kg]"),
                where=where,
            ),
            *share_problems(
                energy_recovered, name=Text("share of energy recovery", "能量回收份额"), where=where
            ),
            *above_one(
                secondary_out + energy_recovered,
                Text("material output and energy recovery", "材料产出与能量回收"),
                where,
            ),
        )
    )
    net = secondary_out - secondary_in
    missing = (
        *_needed(net, quality_out, Text("quality ratio Q_out/Q_sub", "质量比 Q_out/Q_sub"), where),
        *_needed(
            energy_recovered,
            energy_export,
            Text("heating value and efficiencies of energy recovery", "能量回收的热值和效率"),
            where,
        ),
    )
    if missing:
        raise MissingDataErrors(missing)
    quality = _quality(quality_out, "Q_out/Q_sub", where)
    return ModuleD(
        net,
        present(
            Term("recycling_after_end_of_waste", "recycling_eol", net, "beyond"),
            Term("substituted", "substituted", -1.0 * net * quality, "beyond"),
            *_export_terms(energy_recovered, energy_export, "beyond", where),
        ),
    )


def _rest(recycled: Number, energy_recovered: Number) -> Number:
    """Return 1−R2−R3, not below 0 by rounding."""
    rest = np.maximum(1.0 - recycled - energy_recovered, 0.0)
    return rest if isinstance(rest, np.ndarray) and rest.ndim else float(rest)


def _check_fractions(
    recycled_content: Number, recycled: Number, energy_recovered: Number, where: str
) -> None:
    raise_if_any(
        (
            *share_problems(recycled_content, name=Text("recycled content R1", "再生含量 R1"), where=where),
            *share_problems(recycled, name=Text("recycled fraction R2", "再循环率 R2"), where=where),
            *share_problems(
                energy_recovered, name=Text("energy-recovered fraction R3", "能量回收率 R3"), where=where
            ),
            *above_one(recycled + energy_recovered, Text("R2 and R3", "R2 与 R3"), where),
        )
    )


def _needed(coefficient: Number, given: object, name: Text, where: str) -> tuple[Problem, ...]:
    if given is not None or largest_magnitude(coefficient) == 0.0:
        return ()
    return (
        Problem(
            where,
            "end-of-life-missing",
            Text(f"the {name.en} is missing", f"缺少{name.zh}"),
            Text("state it in the end-of-life route", "在末期路线中给出"),
        ),
    )


def _quality(value: Number | None, name: str, where: str) -> Number:
    """Return a checked quality ratio; one that no term needs counts as 1."""
    if value is None:
        return 1.0
    raise_if_any(share_problems(value, name=Text(f"quality ratio {name}", f"质量比 {name}"), where=where))
    return value


def _export_terms(recovered: Number, export: EnergyExport | None, part: Part, where: str) -> tuple[Term, ...]:
    if export is None:
        return ()
    raise_if_any(
        (
            *range_problems(
                export.heating_value,
                name=Text("lower heating value [MJ/kg]", "低位热值 [MJ/kg]"),
                where=where,
            ),
            *share_problems(export.heat_efficiency, name=Text("efficiency to heat", "供热效率"), where=where),
            *share_problems(
                export.electricity_efficiency, name=Text("efficiency to electricity", "发电效率"), where=where
            ),
            *above_one(
                export.heat_efficiency + export.electricity_efficiency, Text("efficiencies", "各效率"), where
            ),
        )
    )
    heat = recovered * export.heating_value
    return (
        Term("heat_credit", "heat_credit", -1.0 * heat * export.heat_efficiency, part, "MJ"),
        Term(
            "electricity_credit",
            "electricity_credit",
            -1.0 * heat * export.electricity_efficiency,
            part,
            "MJ",
        ),
    )
