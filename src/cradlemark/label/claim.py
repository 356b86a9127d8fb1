"""The exact statement that a label makes, as values; derived from a sealed study, never typed.

Its canonical document (RFC 8785) has a digest; artwork, certificate, credential, log and page are all made from it.
"""

from __future__ import annotations

import math
from functools import cache, cached_property
from typing import Any, Literal

import attrs
import cattrs

from cradlemark.core.canonical import canonical_json, digest_bytes, read_json
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.number import read_number

SCHEMA = "cradlemark-claim/1"
LARGEST = 1_000_000
"""Longest document of a claim that is read [byte]."""
ClaimKind = Literal["footprint", "reduction", "grade", "recognised"]
Assurance = Literal["limited", "reasonable"]
OpinionKind = Literal["unmodified", "modified"]


@attrs.frozen
class Programme:
    """Which programme, in which version of its rules."""

    id: str
    name: Text
    digest: str
    demonstration: bool
    """Whether the programme is one for trying out; its labels mean nothing outside."""


@attrs.frozen
class Holder:
    """Who may use the label."""

    name: Text
    place: str = ""
    id: str = ""
    """Registered identifier with its scheme in front, for example ``uscc:91330000...``."""


@attrs.frozen
class Product:
    """What is labelled, exactly as it is sold."""

    name: Text
    models: tuple[str, ...]
    gtin: str = ""
    classification: tuple[str, ...] = ()
    site: Text = Text()
    place: str = ""
    """Code of the place of making."""


@attrs.frozen
class Unit:
    """What the values are per.

    Parameters
    ----------
    declared_amount, declared_unit
        For example 1 and ``piece``.
    functional_unit : Text
        Sentence; empty for a cradle-to-gate (partial) footprint.
    mass : float
        [kg per declared unit], without packaging.
    service_life : float or None
        [year]
    """

    declared_amount: float
    declared_unit: str
    functional_unit: Text
    mass: float
    service_life: float | None


@attrs.frozen
class Value:
    """One figure with its 95 % interval [kg CO2e per declared unit] and as it is printed.

    Parameters
    ----------
    figure : float
        Not rounded.
    low, high : float or None
        2.5th and 97.5th percentile of the draws.
    stated : str
        The digits that are printed, for example ``51.5``.
    stated_unit : {"g", "kg", "t"}
        Unit of ``stated``, of CO2e.
    """

    figure: float
    low: float | None
    high: float | None
    stated: str
    stated_unit: Literal["g", "kg", "t"]


@attrs.frozen
class Values:
    """Climate effect of one declared unit; gate and life cycle always apart, module D never inside.

    Parameters
    ----------
    gate : Value
        A1 to A3.
    life_cycle : Value or None
        A1 to C4; None when the boundary ends at the gate.
    beyond_boundary : float or None
        Module D [kg CO2e per declared unit]; None when it was not calculated.
    origins : tuple of str
    by_stage : dict of str to tuple of float
        [kg CO2e per declared unit] by origin, for every stage within the boundary, on `electricity_basis`.
    other_basis : dict of str to float
        Gate and life cycle on the other electricity basis [kg CO2e per declared unit].
    """

    gate: Value
    life_cycle: Value | None
    beyond_boundary: float | None
    origins: tuple[str, ...]
    by_stage: dict[str, tuple[float, ...]]
    electricity_basis: Literal["location", "market"]
    other_basis: dict[str, float]


@attrs.frozen
class Basis:
    """What the values rest on."""

    boundary: Literal["cradle_to_gate", "cradle_to_grave"]
    rule_pack: str
    rule_pack_digest: str
    gwp_set: str
    end_of_life_method: str
    period: str
    databases: tuple[tuple[str, str, str], ...]
    """(id, version, digest)"""
    software: str
    scenario: str


@attrs.frozen
class Quality:
    """How good the data are; shares of the |contributions| [0-1], ratings [1-5]."""

    rating: float | None
    technological: float | None
    geographical: float | None
    temporal: float | None
    primary_share: float
    unverified_share: float
    cut_off_share: float | None
    """Estimated share of what was left out; None when it is not known."""


@attrs.frozen
class Verification:
    """Who checked it, and how."""

    verifier: Text
    verifier_id: str
    accreditation: str
    """Number and body; empty when there is none."""
    assurance: Assurance
    materiality: float
    """[0-1]"""
    opinion: OpinionKind
    statement_digest: str
    date: str


@attrs.frozen
class Fact:
    """Something that a condition asks for and studies do not tell; the verifier vouches for it.

    Parameters
    ----------
    id : str
        Of the facts of programmes, for example ``peers``.
    value : float
        [`unit`]
    source : str
        Where it was read.
    """

    id: str
    value: float
    unit: str
    source: str


@attrs.frozen
class Reduction:
    """How much lower than before.

    Parameters
    ----------
    baseline : str
        Number of the earlier label, or reference of a verified statement.
    baseline_digest : str
        Of its claim, or of the statement.
    baseline_figure, figure : float
        Both under today's rules [kg CO2e per declared unit].
    reduction : float
        1 - figure / baseline figure, of what may be counted [1].
    required : float
        What the programme asks for [1]; 0 when its condition is another one.
    probability : float
        Paired probability of reaching it [0-1].
    excluded : tuple of str
        Causes that may not be counted.
    parts : dict of str to float
        Change by cause [kg CO2e per declared unit]; sums to the difference.
    low, high : float or None
        2.5th and 97.5th percentile of the paired draws of the reduction [1].
    baseline_kind : {"label", "statement"}
    baseline_period : str
        Data period of the baseline.
    published_figure : float or None
        The baseline as it was published [kg CO2e per declared unit]; None when it was not calculated anew.
    way : str
        Which alternative of the programme's rule is fulfilled.
    baseline_bundle : str
        Digest of the sealed bundle of the baseline study: with that of today the reduction is recomputed.
    baseline_origin : str
        Origin of the register that the baseline label stands in; empty for the own one and for statements.
    facts : tuple of Fact
        What the fulfilled alternative asks for besides the two studies.
    """

    baseline: str
    baseline_digest: str
    baseline_figure: float
    figure: float
    reduction: float
    required: float
    probability: float
    excluded: tuple[str, ...]
    parts: dict[str, float]
    low: float | None = None
    high: float | None = None
    baseline_kind: Literal["label", "statement"] = "label"
    baseline_period: str = ""
    published_figure: float | None = None
    way: str = ""
    baseline_bundle: str = ""
    baseline_origin: str = ""
    facts: tuple[Fact, ...] = ()


@attrs.frozen
class Grade:
    """Where the product stands among comparable ones.

    Parameters
    ----------
    grade : str
        As the programme names it.
    comparability_class : str
    benchmark : str
        Digest of the population.
    count : int
        Products in it.
    percentile, low, high : float
        Share of the population with a lower value, and its 95 % band [0-100].
    holders : int
        Holders of the products in it.
    version : int
        Of the population.
    as_of : str
        Day of the population, ISO date.
    """

    grade: str
    comparability_class: str
    benchmark: str
    count: int
    percentile: float
    low: float
    high: float
    holders: int = 0
    version: int = 0
    as_of: str = ""


@attrs.frozen
class Validity:
    """First and last day, and when surveillance is due; ISO dates."""

    issued: str
    until: str
    surveillance: tuple[str, ...] = ()


@attrs.frozen
class Digests:
    """What the claim rests on, by SHA-256."""

    study: str
    result: str
    bundle: str


@attrs.frozen
class Claim:
    """The statement."""

    kind: ClaimKind
    number: str
    programme: Programme
    holder: Holder
    product: Product
    unit: Unit
    values: Values
    basis: Basis
    quality: Quality
    verification: Verification
    validity: Validity
    digests: Digests
    limits: tuple[Text, ...]
    """What the statement does not say."""
    reduction: Reduction | None = None
    grade: Grade | None = None
    previous: str = ""
    """Number of the label that this one follows."""

    def document(self) -> dict[str, Any]:
        """The claim as plain values."""
        plain: dict[str, Any] = _converter().unstructure(self)
        return {"schema": SCHEMA, **plain}

    @cached_property
    def content(self) -> bytes:
        """Canonical document, UTF-8: what is signed."""
        return canonical_json(self.document())

    @cached_property
    def digest(self) -> str:
        """``sha256:...`` of the canonical document."""
        return digest_bytes(self.content)

    def __bytes__(self) -> bytes:
        return self.content


def read_claim(content: bytes, *, where: str = "") -> Claim:
    """Read the document of a claim.

    Raises
    ------
    InputError
        ``claim-unreadable``.
    TrustError
        ``claim-changed`` when it is not written canonically: then it is not what was signed.
    """
    if len(content) > LARGEST:
        raise _unreadable(Text("it is longer than any claim", "比任何声明都长"), where)
    try:
        document = read_json(content, where=where)
    except InputError as error:
        raise _unreadable(error.message, where) from None
    if not isinstance(document, dict) or document.pop("schema", "") != SCHEMA:
        raise _unreadable(Text(f"it is no {SCHEMA} document", f"不是 {SCHEMA} 文档"), where)
    try:
        claim = _converter().structure(document, Claim)
    except (cattrs.BaseValidationError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise _unreadable(
            Text("a field is missing or of the wrong kind", "某字段缺失或类型不对"), where
        ) from error
    read_number(claim.number)
    if bytes(claim) != content:
        raise TrustError(
            Text(
                "the claim is not written as it is signed: somebody changed it",
                "该声明与签署时的写法不同：有人改动过",
            ),
            code="claim-changed",
            where=where,
            hint=Text("get it anew from the programme", "从计划重新获取"),
        )
    return claim


@cache
def _converter() -> cattrs.Converter:
    """One converter: it compiles itself for the classes it meets, which takes far longer than reading a claim."""
    return cattrs.Converter(forbid_extra_keys=True)


def stated(figure: float, *, digits: int = 3) -> tuple[str, Literal["g", "kg", "t"]]:
    """Digits and unit that are printed for a figure [kg CO2e].

    Rounded half to even to significant digits, in grams below 1 kg and tonnes from 10,000 kg.

    Examples
    --------
    >>> stated(0.0514987), stated(12.3456), stated(-0.2)
    (('51.5', 'g'), ('12.3', 'kg'), ('-200', 'g'))
    """
    size = abs(figure)
    unit: Literal["g", "kg", "t"] = "g" if size < 1.0 else "kg" if size < 10_000.0 else "t"
    scaled = figure * {"g": 1000.0, "kg": 1.0, "t": 0.001}[unit]
    if scaled == 0.0:
        return "0", unit
    rounded = float(f"{scaled:.{digits - 1}e}")
    decimals = max(digits - 1 - math.floor(math.log10(abs(rounded))), 0)
    return f"{rounded:.{decimals}f}", unit


def _unreadable(why: Text, where: str) -> InputError:
    return InputError(
        Text("the claim cannot be read: {why}", "无法读取该声明：{why}").format(why=why),
        code="claim-unreadable",
        where=where,
        hint=Text("get it anew from the programme", "从计划重新获取"),
    )
