"""Labels of the own register that others rest on: baselines of reductions, and kinds of claim that have to be there first."""

from __future__ import annotations

from collections.abc import Collection

from cradlemark.core.errors import NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.label.baseline import labelled_baseline
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type
from cradlemark.label.reduction_verdicts import Baseline
from cradlemark.label.status_list import is_set
from cradlemark.registry.labels.issue import stored_claim
from cradlemark.registry.labels.models import Label

ENDED_WELL = frozenset({"expired", "superseded", "withdrawn"})
"""States of labels that are no longer valid but were never taken back: their figure may still be a baseline."""


def own_baseline(bundle: Bundle) -> Baseline:
    """Return the label of this register that rests on a bundle, the latest of several.

    Raises
    ------
    NotFoundError
        ``baseline-unknown`` when no label rests on it.
    StateError
        ``baseline-state`` when it is suspended, revoked or not yet published.
    """
    labels = list(Label.objects.filter(bundle=bundle.digest).order_by("-sequence"))
    if not labels:
        raise NotFoundError(
            Text("no label of this register rests on the bundle of the baseline", "本登记簿中没有基于该基线研究包的标签"),
            code="baseline-unknown", where=bundle.digest,
            hint=Text("give a label of another register, or a verified statement on it", "给出其他登记簿的标签，或关于它的经核查的声明"),
        )  # fmt: skip
    sound = [label for label in labels if is_sound(label)]
    return baseline_of(sound[0] if sound else labels[0], bundle)


def baseline_of(label: Label, bundle: Bundle) -> Baseline:
    """Return a label of this register as baseline.

    Parameters
    ----------
    bundle : Bundle
        Sealed study that it rests on.

    Raises
    ------
    StateError
        ``baseline-state`` when it is suspended, revoked or not yet published.
    TrustError
        ``claim-mismatch`` when it rests on another bundle.
    """
    if not is_sound(label):
        raise StateError(
            Text(
                f"label {label.number} is {label.state}: nothing can be claimed against it",
                f"标签 {label.number} 的状态为 {label.state}，不能作为基线",
            ),
            code="baseline-state",
            where=label.number,
            hint=Text("clear it first, or give another baseline", "先解除该状态，或改用其他基线"),
        )
    return labelled_baseline(stored_claim(label), bundle)


def is_sound(label: Label) -> bool:
    """Whether something may be claimed against a label: it is valid, or has ended without having been taken back."""
    return label.state in ENDED_WELL or not is_set("suspension", label.state)


def refuse_unmet_needs(programme: ProgrammeProfile, kind: str, bundles: Collection[str]) -> None:
    """Refuse a claim while a kind that has to be there first is not.

    Parameters
    ----------
    bundles : collection of str
        Digests of sealed studies: of the claim, and of its baseline. A valid label of the needed kind has to rest on one
        of them.

    Raises
    ------
    StateError
        ``claim-needs``
    """
    for needed in granted_type(programme, kind).needs:
        labels = Label.objects.filter(row__kind=needed, bundle__in=list(bundles))
        if all(is_set("suspension", label.state) for label in labels):
            raise StateError(
                Text(
                    f"programme {programme.id} asks for a valid {needed} label of the product before a {kind} label",
                    f"{programme.name.zh}要求产品先有有效的“{programme.claims[needed].title.zh}”标签，方可申请“{programme.claims[kind].title.zh}”标签",
                ),
                code="claim-needs",
                hint=Text(
                    f"issue the {needed} label on this bundle first; it needs a case of its own",
                    f"先就该研究包另案签发 {needed} 标签",
                ),
            )
