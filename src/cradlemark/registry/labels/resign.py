"""Sign every live label anew when somebody else may have the key that signed it.

Which labels are due is noted in the transaction that replaces the key, so that a crash in between loses none; each batch is signed
and crossed off in one transaction, so that the next run goes on where this one ended.
"""

from __future__ import annotations

from cradlemark.label.status_list import is_set
from cradlemark.registry.labels.issue import SignCredential, stored_claim
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import outdated
from cradlemark.registry.publication.models import Outbox
from cradlemark.registry.publication.outbox import BATCH, RESIGN, enqueue
from cradlemark.registry.writing import writing


def note_live_labels() -> int:
    """Note every label that is or can become valid, and has a credential; returns how many."""
    rows = Label.objects.exclude(credential="").values_list("number", "state")
    live = [number for number, state in rows if not is_set("revocation", state)]
    enqueue(RESIGN, live)
    return len(live)


def note_all_labels() -> None:
    """Note every label to be published anew: its proof has to lead to a checkpoint that is believed from now on."""
    enqueue("label", Label.objects.values_list("number", flat=True))


def waiting_to_sign() -> int:
    """How many labels are noted."""
    return Outbox.objects.filter(kind=RESIGN).count()


def sign_again(sign: SignCredential) -> int:
    """Sign the labels that are noted, with the key in use now; returns how many.

    When the key is replaced meanwhile, the rest is left to whoever has the new one.

    Parameters
    ----------
    sign : callable
        As for `issue`.
    """
    done = 0
    while waiting := list(Outbox.objects.filter(kind=RESIGN)[:BATCH]):
        labels = list(Label.objects.filter(number__in=[one.subject for one in waiting]))
        for label in labels:
            label.credential = sign(stored_claim(label), label.status_index)
        with writing():
            if outdated(label.credential for label in labels):
                break
            Label.objects.bulk_update(labels, ["credential"])
            enqueue("label", [label.number for label in labels])
            Outbox.objects.filter(pk__in=[one.pk for one in waiting]).delete()
        done += len(labels)
    return done
