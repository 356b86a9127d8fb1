"""What a rule pack consists of, as values; the reader makes them from TOML."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

import attrs

from cradlemark.core.language import Text
from cradlemark.inventory.dataset import GwpSet, Origin
from cradlemark.product.study import EndOfLifeMethod, Stage
from cradlemark.rules.conditions import Condition, bind_check
from cradlemark.rules.finding import Severity

ClauseStatus = Literal["seen", "unverified"]
CLAUSE_STATUSES: tuple[ClauseStatus, ...] = ("seen", "unverified")
LimitStatus = Literal["seen", "unverified", "own"]
LIMIT_STATUSES: tuple[LimitStatus, ...] = ("seen", "unverified", "own")
PackStatus = Literal["verified", "unverified"]
PACK_STATUSES: tuple[PackStatus, ...] = ("verified", "unverified")
ElectricityBasis = Literal["market", "location"]

STATUS_NAMES = {
    "seen": Text("seen in public sources", "见于公开资料"),
    "unverified": Text("not checked against the published text", "未与正式发布文本核对"),
    "verified": Text("checked against the published text", "已与正式发布文本核对"),
    "own": Text("set by this pack, not taken from the standard", "由本规则包设定，非取自标准"),
}


@attrs.frozen
class Clause:
    """Clause of a standard that a rule rests on.

    Parameters
    ----------
    id : str
        Key in the pack.
    standard, number : str
        Document and clause number; the number is empty when it is not known.
    status : {"seen", "unverified"}
        Whether the number was confirmed by a public source.
    source : str
        Where number or requirement was read.
    look_at, evidence : Text
        What a verifier examines under this clause, and what is shown to them.
    """

    id: str
    standard: str
    number: str
    title: Text
    status: ClauseStatus
    source: str
    look_at: Text
    evidence: Text

    @property
    def label(self) -> str:
        """Standard, number and status, for example ``ISO 14067:2018, 6.3.4 (unverified)``."""
        place = f"{self.standard}, {self.number}" if self.number else self.standard
        return f"{place} ({self.status})"


@attrs.frozen
class Limit:
    """A number that conditions compare with; it lives in the pack, never in code.

    Parameters
    ----------
    value : float
        [unit]
    status : {"seen", "unverified", "own"}
        Confirmed by a public source, not confirmed, or set by this pack and not taken from the standard.
    """

    name: str
    value: float
    unit: str
    title: Text
    clause: str
    source: str
    status: LimitStatus


@attrs.frozen
class Method:
    """A choice the rules make for the calculation, for example the GWP set."""

    name: str
    value: str | bool | tuple[str, ...]
    title: Text
    clause: str
    status: LimitStatus


@attrs.frozen
class BoundaryRule:
    """A system boundary the pack allows and the stage groups that must have lines then."""

    id: str
    name: Text
    unit: Literal["declared", "functional"]
    groups: tuple[str, ...]
    clause: str


@attrs.frozen
class StageGroup:
    """Stages that the standard names together."""

    id: str
    name: Text
    stages: tuple[Stage, ...]


@attrs.frozen
class Demand:
    """A demand on data quality, in words: what the verifier asks for.

    Parameters
    ----------
    table : {"site", "background", "both"}
        Which data it is about.
    """

    id: str
    title: Text
    text: Text
    table: Literal["site", "background", "both"]
    clause: str


@attrs.frozen
class Statement:
    """A fixed sentence that the report and the label page must carry."""

    id: str
    text: Text
    clause: str


@attrs.frozen
class RequiredField:
    """A field of the study that must be filled.

    Parameters
    ----------
    path : str
        Field path; ``[]`` stands for every entry of a list, for example ``markets[].place``.
    boundaries : tuple of str
        Boundaries it is required for; empty: all.
    """

    path: str
    title: Text
    boundaries: tuple[str, ...]
    severity: Severity
    clause: str
    repair: Text


@attrs.frozen
class Check:
    """A condition over facts, what to say when it does not hold, and what a verifier looks at.

    Parameters
    ----------
    over : str
        Scope; the condition is asked for each item. Empty: once per study.
    when : str
        Formula; where it is false the check does not apply. Empty: always applies.
    condition : str
        Formula that holds in a conforming study.
    message : Text
        Finding; ``{label}``, ``{where}`` and the names of facts and limits are filled in.
    """

    id: str
    clause: str
    severity: Severity
    title: Text
    condition: str
    message: Text
    repair: Text
    over: str = ""
    when: str = ""


@attrs.frozen(slots=False)
class RulePack:
    """Rules of one standard in one edition, as data.

    Parameters
    ----------
    status : {"verified", "unverified"}
        ``verified`` only when every rule was checked against the published text.
    digest : str
        ``sha256:...`` over the resolved canonical content.
    """

    id: str
    version: str
    standard: str
    title: Text
    status: PackStatus
    status_note: Text
    source: str
    digest: str
    methods: tuple[Method, ...]
    clauses: tuple[Clause, ...]
    limits: tuple[Limit, ...]
    boundaries: tuple[BoundaryRule, ...]
    stage_groups: tuple[StageGroup, ...]
    demands: tuple[Demand, ...]
    statements: tuple[Statement, ...]
    required: tuple[RequiredField, ...]
    checks: tuple[Check, ...]
    extends: str = ""
    superseded_by: str = ""

    @property
    def edition(self) -> str:
        """Standard and edition, for example ``ISO 14067:2018``."""
        return self.standard

    @property
    def gwp_set(self) -> GwpSet:
        """Assessment report of the GWP100 values, for example ``AR6``."""
        return self._method("gwp_set")  # type: ignore[return-value]

    @property
    def electricity_basis(self) -> ElectricityBasis:
        """Basis of the result; ``market`` counts qualified contracts only."""
        return "market" if self._method("electricity_basis") == "market" else "location"

    @property
    def reports_both_bases(self) -> bool:
        """Whether both electricity results are shown when there are contracts."""
        return self._method("report_both_bases") is True

    @property
    def end_of_life_method(self) -> EndOfLifeMethod:
        """Method of the end of life."""
        return self._method("end_of_life_method")  # type: ignore[return-value]

    @property
    def allocation_order(self) -> tuple[str, ...]:
        """Steps of allocation, best first."""
        return tuple(self._method("allocation_order"))  # type: ignore[arg-type]

    @property
    def separate_reporting(self) -> tuple[Origin, ...]:
        """Origins that are reported on their own."""
        return tuple(self._method("separate_reporting"))  # type: ignore[arg-type]

    @cached_property
    def conditions(self) -> Mapping[str, Condition]:
        """Checks with their formulas bound, by id; made once per pack."""
        limits = {limit.name: limit for limit in self.limits}
        return {check.id: bind_check(check, limits) for check in self.checks}

    def stage_group(self, group_id: str) -> StageGroup:
        """Return a stage group by its key."""
        return next(group for group in self.stage_groups if group.id == group_id)

    def clause(self, clause_id: str) -> Clause:
        """Return a clause by its key."""
        return next(clause for clause in self.clauses if clause.id == clause_id)

    def limit(self, name: str) -> Limit:
        """Return a limit by its name."""
        return next(limit for limit in self.limits if limit.name == name)

    def statement(self, statement_id: str) -> Text:
        """Return a fixed sentence by its key, empty when the pack has none."""
        return next((item.text for item in self.statements if item.id == statement_id), Text())

    def boundary(self, boundary_id: str) -> BoundaryRule | None:
        """Return the rule for a boundary, or None when the pack does not allow it."""
        return next((rule for rule in self.boundaries if rule.id == boundary_id), None)

    def _method(self, name: str) -> str | bool | tuple[str, ...]:
        return next(method.value for method in self.methods if method.name == name)
