"""What goes over the wire, as pydantic models: the description of the interface is made from them."""

from __future__ import annotations

import datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_noop as _
from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

Reason = Annotated[str, Field(min_length=1, max_length=2000, pattern=r"\S")]
Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"\S")]


def _whole(value: Any) -> Any:
    """What JSON calls a whole number: 608.0 is one as well."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)


class Given(Schema):
    """What a program sends: nothing but the fields that are named, each of its own kind."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Words(Schema):
    """A text in English and Chinese; one of them can be missing."""

    en: str = ""
    zh: str = ""


class ProblemItem(Schema):
    """One thing that is wrong."""

    where: str = ""
    code: str
    message: Words
    hint: Words


class Problem(Schema):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    message: Words
    hint: Words
    where: str
    errors: list[ProblemItem]


class Programme(Schema):
    """The programme of this register."""

    id: str
    version: str
    digest: str
    mark: str
    name: Words
    origin: str
    demonstration: bool
    entries: int = Field(description=_("Entries of the published log"))


class LabelItem(Schema):
    """A label in a list."""

    number: str
    state: str
    kind: str
    product: Words
    models: list[str]
    holder: Words
    categories: list[str]
    region: str
    rule_pack: str
    boundary: str
    grade: str
    issued: datetime.date
    valid_until: datetime.date
    figure: float = Field(description=_("Of the whole boundary [kg CO2e per declared unit]"))
    per: Words


class FacetItem(Schema):
    """A value that narrows a search, with the labels that would be found."""

    value: str
    name: Words
    count: int


class Labels(Schema):
    """Labels that were found."""

    items: list[LabelItem]
    next: str | None = Field(description=_("Cursor of the next part"))
    total: int
    facets: dict[str, list[FacetItem]]


class Change(Schema):
    """A change of the state of a label."""

    time: str
    step: str
    state: str
    role: str
    reason: str
    index: int = Field(description=_("Entry of the log"))


class Label(Schema):
    """A label, with the claim as it was signed."""

    number: str
    state: str
    valid_until: datetime.date
    claim: dict[str, Any]
    claim_digest: str
    index: int = Field(description=_("Entry of the log"))
    previous: str | None
    followers: list[str]
    changes: list[Change]
    files: list[str] = Field(description=_("Addresses of its public files"))


class Proof(Schema):
    """What proves that a label is in the log, without asking anybody further."""

    number: str
    origin: str
    index: int
    entry: str = Field(description=_("Entry of the log, exactly as it was hashed"))
    proof: str = Field(description=_("Inclusion proof with a signed checkpoint (c2sp.org/tlog-proof@v1)"))
    credential: str = Field(description=_("Claim as a signed credential (vc+jwt)"))


class ProductItem(Schema):
    """A product of the own organisation."""

    id: int
    name: Words
    model: str


class Products(Schema):
    """Products of the own organisation."""

    items: list[ProductItem]
    next: str | None


class StudyItem(Schema):
    """A study in a list."""

    id: int
    product: ProductItem
    version: int
    saved: datetime.datetime


class Studies(Schema):
    """Studies of the own organisation."""

    items: list[StudyItem]
    next: str | None


class Study(StudyItem):
    """A study with its document."""

    document: str = Field(description=_("Study document (TOML)"))


class StudyGiven(Given):
    """A new study, and with it a new product."""

    document: Annotated[str, Field(min_length=1, max_length=2_000_000)] = Field(
        description=_("Study document (TOML)")
    )


class Stage(Schema):
    """Emissions of one stage."""

    stage: str
    value: float = Field(description=_("[kg CO2e per declared unit]"))


class RuleFinding(Schema):
    """What the check of the rule pack found."""

    severity: Literal["error", "warning", "note"]
    rule: str
    where: str
    message: Words
    repair: Words


class StudyResult(Schema):
    """What the study gives now."""

    version: int
    cradle_to_gate: float = Field(description=_("[kg CO2e per declared unit]"))
    total: float = Field(description=_("Of the whole boundary [kg CO2e per declared unit]"))
    stages: list[Stage]
    findings: list[RuleFinding]


class Step(Schema):
    """A step that was taken in a case."""

    step: str
    state: str
    role: str
    reason: str
    time: datetime.datetime


class Finding(Schema):
    """What a verifier found."""

    number: int
    severity: Literal["major", "minor", "observation"]
    place: str
    rule: str
    text: str
    closed: bool
    replies: list[str]


class CaseItem(Schema):
    """A case in a list."""

    number: int
    state: str
    kind: Literal["footprint", "reduction", "grade"] = Field(description=_("What is applied for"))
    baseline: str | None = Field(description=_("Number of the label that a reduction is claimed against"))
    product: Words
    applicant: Words
    body: Words | None
    submitted: datetime.datetime
    label: str | None


class Cases(Schema):
    """Cases in which one has a part."""

    items: list[CaseItem]
    next: str | None


class Case(CaseItem):
    """A case with everything that happened in it."""

    bundle: str = Field(description=_("Digest of the sealed bundle"))
    steps: list[Step]
    findings: list[Finding]
    possible: list[str] = Field(description=_("Steps that the caller can take now"))


class CaseGiven(Given):
    """Hand in a study."""

    study: Annotated[int, Field(ge=1, le=2**53), WHOLE]
    version: Annotated[int, Field(ge=1, le=2**31 - 1), WHOLE] = Field(
        description=_("Version that is handed in: the last one")
    )
    kind: Literal["footprint", "reduction", "grade"] = Field(
        "footprint", description=_("What is applied for; a case that waits for a new revision keeps its kind")
    )
    baseline: Annotated[str, Field(max_length=40)] = Field(
        "",
        description=_(
            "For a reduction: number of an earlier footprint label of the product; the last one when it is empty"
        ),
    )
    reason: Reason


class StepGiven(Given):
    """Take a step that needs a reason only."""

    step: Annotated[str, Field(min_length=1, max_length=30, pattern=r"^[a-z_]+$")]
    reason: Reason


class ReasonGiven(Given):
    """Do something for a reason."""

    reason: Reason


class PlanGiven(Given):
    """Assign a verification."""

    verifier: Annotated[int, Field(ge=1, le=2**53), WHOLE] = Field(
        description=_("As in the list of verifiers of the case")
    )
    assurance: Literal["limited", "reasonable"]
    materiality: Annotated[float, Field(gt=0, le=0.2)] = Field(
        description=_("Largest misstatement that does not matter, as a share of the result [1]")
    )
    reason: Reason


class FactGiven(Given):
    """Something that a rule asks for and no study tells; the opinion vouches for it."""

    id: Literal["benchmark", "peers", "market_leader", "plan_published"]
    value: Annotated[float, Field(ge=0, lt=1e12)] = Field(
        description=_("[kg CO2e per declared unit]; 1 or 0 for a plan")
    )
    source: Annotated[str, Field(min_length=1, max_length=500)] = Field(description=_("Where it was read"))


class OpinionGiven(Given):
    """Give the opinion."""

    kind: Literal["unmodified", "modified", "adverse", "disclaimer"]
    text: Reason
    facts: Annotated[list[FactGiven], Field(max_length=4)] = Field(
        [], description=_("Of a reduction: what its rule asks for besides the studies")
    )


class Verifier(Schema):
    """Somebody who can verify."""

    id: int
    name: str
    body: Words
    accredited: bool = Field(description=_("For the rule pack of the case, today"))


class Verifiers(Schema):
    """Verifiers who can be assigned."""

    items: list[Verifier]


class FindingGiven(Given):
    """Write a finding."""

    severity: Literal["major", "minor", "observation"]
    place: Annotated[str, Field(max_length=300)] = ""
    rule: Annotated[str, Field(max_length=120)] = ""
    text: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class ReplyGiven(Given):
    """Answer a finding."""

    text: Annotated[str, Field(min_length=1, max_length=4000, pattern=r"\S")]


class Upload(Schema):
    """A bill of materials that was uploaded and read."""

    id: int
    name: str
    digest: str
    study: int | None
    sheet: str
    components: int = Field(description=_("Lines that were understood"))
    problems: list[ProblemItem]
    applied: bool


class Uploads(Schema):
    """Bills of materials of the own organisation."""

    items: list[Upload]
    next: str | None


class UploadApplied(Schema):
    """The study that a bill of materials became."""

    study: int
    version: int


class ApplyGiven(Given):
    """Make a study of a bill of materials; the name is for a new product."""

    name_en: Annotated[str, Field(max_length=200)] = ""
    name_zh: Annotated[str, Field(max_length=200)] = ""
