"""What a case applies for: a footprint, a reduction against an earlier label of the product, a grade; and what it would state."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Sequence
from typing import cast

import attrs

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import InputError, Problem, StateError, raise_if_any
from cradlemark.core.language import Text, joined
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.document import from_bytes
from cradlemark.label.claim import Claim, ClaimKind, Fact, Verification
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import GIVEN_FACTS, REDUCTION_FACTS, ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type
from cradlemark.label.verification_document import VerifiedStatement
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.registry.cases.models import KINDS, Case, Opinion
from cradlemark.registry.labels.application import Application, finish_of, granted_claim
from cradlemark.registry.labels.baseline import baseline_of, is_sound, refuse_unmet_needs
from cradlemark.registry.labels.models import Label
from cradlemark.registry.studies.claim_preview import ClaimPreview, claim_preview
from cradlemark.registry.studies.models import Revision, Version
from cradlemark.registry.studies.seal import bundle_of


@attrs.frozen
class Wanted:
    """What is applied for.

    Parameters
    ----------
    kind : {"footprint", "reduction", "grade"}
    baseline : Label or None
        Earlier label of the same product; of a reduction only.
    """

    kind: ClaimKind = "footprint"
    baseline: Label | None = None


FOOTPRINT = Wanted()
LONGEST_SOURCE = 500


def wanted_of(case: Case) -> Wanted:
    """What a case applies for."""
    return Wanted(_kind(case.kind), case.baseline)


def wanted(version: Version, kind: str, baseline: str = "") -> Wanted:
    """What somebody asks for by name.

    Parameters
    ----------
    version : Version
        Of the study that is to be handed in.
    kind : str
        Empty for a footprint.
    baseline : str
        Number of a label; empty for the first of `baselines`, where the kind has a baseline.

    Raises
    ------
    InputError
        ``claim-kind`` for no kind of claim; ``claim-options`` for a baseline of a kind that has none; ``baseline-missing``
        when the product has no label that something can be claimed against, or not the one that is named.
    """
    found = _kind(kind or "footprint")
    if found != "reduction":
        if baseline:
            raise InputError(
                Text(f"a {found} claim has no baseline", f"{found} 类声明没有基线"),
                code="claim-options", where="baseline", hint=Text("leave it out", "请删去"),
            )  # fmt: skip
        return Wanted(found)
    known = baselines(version)
    chosen = [label for label in known if label.number == baseline] if baseline else known[:1]
    if not chosen:
        which = (
            Text(f" with the number {baseline[:40]}", f"（编号 {baseline[:40]}）")
            if baseline
            else Text("", "")
        )
        raise InputError(
            Text(f"the product has no earlier footprint label{which.en} that a reduction of this study can be claimed against", f"该产品此前没有可作本研究减排基线的碳足迹标签{which.zh}"),
            code="baseline-missing", where="baseline",
            hint=Text("apply for a footprint label first, or name one of this product that is valid or has expired", "请先申请碳足迹标签，或指定该产品有效或已到期的标签"),
        )  # fmt: skip
    return Wanted(found, chosen[0])


def baselines(version: Version) -> list[Label]:
    """Footprint labels of a product that a reduction of a study can be claimed against, the newest first.

    Those that rest on this very version are none: nothing has changed since.
    """
    labels = Label.objects.filter(case__product=version.study.product_id, case__kind="footprint")
    others = labels.exclude(case__revision__version=version).order_by("-sequence")
    return [label for label in others if is_sound(label)]


def refuse_hopeless(
    revision: Revision, asked: Wanted, programme: ProgrammeProfile, *, today: datetime.date
) -> None:
    """Refuse a claim that could not be granted even if nothing were found: before a case is opened for it.

    A footprint is judged by its rule check; a reduction or a grade is recomputed here, which takes seconds. Facts that the
    verifier has to vouch for are awaited.

    Raises
    ------
    CradlemarkError
        ``claim-kind``, ``claim-needs``, ``reduction-not-met``, ``benchmark-...``, what else `finish_of` raises, and as
        `refuse_unclaimable`.
    """
    granted_type(programme, asked.kind)
    if asked.kind != "footprint":
        preview = preview_of(bundle_of(revision), asked, programme, today=today)
        if not preview.awaited:
            refuse_unclaimable(preview)


def refuse_unclaimable(preview: ClaimPreview) -> None:
    """Refuse what cannot be claimed as it is.

    Raises
    ------
    CradlemarkError
        The refusal of the preview; StateError ``claim-impossible`` with everything else that is in the way.
    """
    if preview.refusal is not None:
        raise preview.refusal
    if preview.reasons:
        why = joined(preview.reasons)
        raise StateError(
            Text(f"it cannot be claimed: {why.en}", f"不能作此声明：{why['zh']}"), code="claim-impossible",
            hint=Text("correct the study", "请修正研究"),
        )  # fmt: skip


def preview_of(
    bundle: Bundle,
    asked: Wanted,
    programme: ProgrammeProfile,
    *,
    today: datetime.date,
    facts: Sequence[Fact] = (),
) -> ClaimPreview:
    """What would be claimed on a sealed study.

    Parameters
    ----------
    facts : sequence of Fact
        What the verifier vouches for besides the studies.
    """

    def finish(claim: Claim) -> Claim:
        application = _application(asked, bundle, claim.verification, facts)
        bundles = [one.digest for one in (bundle, application.baseline) if one]
        refuse_unmet_needs(programme, asked.kind, bundles)
        return finish_of(application, programme, today)(claim)

    footprint = from_bytes(bundle.parts["result.json"], where="result.json")
    study = parse_study_toml(bundle.parts["study.toml"])
    return claim_preview(footprint, study, programme, today=today, kind=asked.kind, finish=finish)


def claim_of(
    case: Case, opinion: Opinion, verification: Verification, programme: ProgrammeProfile, *, previous: str, today: datetime.date
) -> Callable[[LabelNumber], Claim]:  # fmt: skip
    """Make the claim of a case for the number that it will get; raises as `granted_claim`."""
    bundle, facts = bundle_of(case.revision), vouched_facts(opinion)
    application = _application(wanted_of(case), bundle, verification, facts, previous=previous)
    return granted_claim(application, programme, today=today)


def last_opinion(case: Case) -> Opinion | None:
    """The opinion on the present revision that counts."""
    return case.opinions.filter(revision=case.revision).order_by("-id").first()


def vouched(name: str, value: float, source: str) -> Fact:
    """A fact that a verifier vouches for.

    Raises
    ------
    InputErrors
        ``value-unknown`` for no such fact, ``value-range`` for a figure below 0 or none, ``value-missing`` without a source.
    """
    problems = []
    if name not in GIVEN_FACTS:
        known = ", ".join(GIVEN_FACTS)
        problems.append(
            Problem(
                name[:40],
                "value-unknown",
                Text("there is no such fact", "没有这样的事实"),
                Text(f"use {known}", f"使用 {known}"),
            )
        )
    if not (math.isfinite(value) and value >= 0.0):
        problems.append(
            Problem(
                name[:40],
                "value-range",
                Text("the figure is no number of 0 or more", "该数值不是非负数"),
                Text("correct it", "请修正"),
            )
        )
    if not source.strip() or len(source) > LONGEST_SOURCE:
        problems.append(
            Problem(name[:40], "value-missing", Text("it is not said where the figure was read", "未说明数值出处"), Text(f"name the source, at most {LONGEST_SOURCE} characters", f"写明出处，最多 {LONGEST_SOURCE} 个字符"))
        )  # fmt: skip
    raise_if_any(problems)
    return Fact(name, value, REDUCTION_FACTS[name], source.strip())


def vouched_facts(opinion: Opinion | None) -> tuple[Fact, ...]:
    """Facts that a verifier vouches for in an opinion; those of before facts were asked for have none."""
    given = read_json(bytes(opinion.document)).get("facts", []) if opinion else []
    return tuple(Fact(one["id"], one["value"], one["unit"], one["source"]) for one in given)


def bundle_below(label: Label) -> Bundle:
    """Sealed study that a label of a case rests on."""
    return bundle_of(label.case.revision)


def _application(
    asked: Wanted, bundle: Bundle, verification: Verification, facts: Sequence[Fact], *, previous: str = ""
) -> Application:
    baseline = bundle_below(asked.baseline) if asked.baseline else None
    against = baseline_of(asked.baseline, baseline) if asked.baseline and baseline else None
    statement = VerifiedStatement(verification, bundle.digest, tuple(facts))
    return Application("", bundle, statement, asked.kind, previous, baseline, against)


def _kind(name: str) -> ClaimKind:
    if name not in KINDS:
        raise InputError(
            Text(f"{name[:40]!r} is no kind of claim", f"{name[:40]!r} 不是声明类型"), code="claim-kind", where="kind",
            hint=Text(f"choose of {', '.join(KINDS)}", f"从 {'、'.join(KINDS)} 中选择"),
        )  # fmt: skip
    return cast("ClaimKind", name)
