"""Files of a label: its record, credential, state and the proof that it is in the log."""

from __future__ import annotations

import json
from functools import partial

from cradlemark.label.number import read_number
from cradlemark.label.status_list import place_of
from cradlemark.registry.files import read_file, write_file
from cradlemark.registry.home import Home
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.log.publish import LOG, Published
from cradlemark.registry.publication.models import Outbox
from cradlemark.registry.publication.outbox import RESIGN
from cradlemark.registry.publication.programme_files import list_numbers, write_keys, write_status_list
from cradlemark.trust.log_proofs import LogProof
from cradlemark.trust.merkle import inclusion_proof
from cradlemark.trust.tiles import tile_hashes

LABELS = "l"
"""Folder of the labels below the public one; short, because it stands in a small code."""


def folder_of(number: str) -> str:
    """Folder of a label below the public one."""
    return f"{LABELS}/{read_number(number).code}"


def publish_waiting(home: Home, state: Published, signer: CredentialSigner) -> int:
    """Write the files of everything that waits; returns how many subjects.

    What is written twice is the same; a subject leaves the outbox only when its files are there.
    """
    done: list[Outbox] = []
    lists: set[int] = set()
    for waiting in list(Outbox.objects.exclude(kind=RESIGN)):
        if waiting.kind == "keys":
            write_keys(home)
            lists.update(list_numbers())  # a list that a replaced key signed is signed anew
        else:
            label = Label.objects.select_related("entry").get(number=waiting.subject)
            if not label.credential or label.entry.index >= state.edge.size:
                continue
            write_label(home, label, state)
            lists.add(place_of(label.status_index).number)
        done.append(waiting)
    for number in sorted(lists):
        write_status_list(home, number, signer)
    Outbox.objects.filter(pk__in=[waiting.pk for waiting in done]).delete()
    return len(done)


def write_label(home: Home, label: Label, state: Published) -> None:
    """Write the files of one label."""
    folder = home.public / folder_of(label.number)
    write_file(folder / "claim.json", bytes(label.claim))
    write_file(folder / "credential.jwt", label.credential.encode())
    write_file(folder / "entry.json", bytes(label.entry.record))
    write_file(folder / "label.tlog-proof", bytes(proof_of(home, label.entry.index, state)))
    write_file(folder / "status.json", status_document(label))


def proof_of(home: Home, index: int, state: Published) -> LogProof:
    """Proof that an entry is in the published log."""
    hash_at = tile_hashes(partial(read_file, home.public / LOG), state.edge.size)
    return LogProof(index, inclusion_proof(index, state.edge.size, hash_at), state.note)


def status_document(label: Label) -> bytes:
    """Present state and its history, as JSON for people and programs."""
    changes = [
        {
            "step": change.step,
            "state": change.state,
            "role": change.role,
            "reason": change.reason,
            "index": change.entry_id,
        }
        for change in label.changes.all()
    ]
    document = {
        "number": label.number, "state": label.state, "valid_until": label.valid_until.isoformat(),
        "claim": label.claim_digest, "index": label.entry_id, "changes": changes,
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
