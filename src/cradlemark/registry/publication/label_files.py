"""Files of a label: its record, credential, state, the proof that it is in the log, and its pages."""

from __future__ import annotations

import json
from functools import partial

import attrs
from django.db import transaction

from cradlemark.label.benchmark import benchmark_path
from cradlemark.label.number import read_number
from cradlemark.label.status_list import place_of
from cradlemark.registry.files import read_file, write_file
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.labels.models import Benchmark, Label
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.log.publish import LOG, Published
from cradlemark.registry.publication.artworks import take_away
from cradlemark.registry.publication.label_pages import public_changes, renew_pages, write_pages
from cradlemark.registry.publication.models import Outbox
from cradlemark.registry.publication.outbox import ARTWORK, BENCHMARK, LABEL, RESIGN, enqueue
from cradlemark.registry.publication.programme_files import list_numbers, write_keys, write_status_list
from cradlemark.trust.log_proofs import LogProof
from cradlemark.trust.merkle import inclusion_proof
from cradlemark.trust.tiles import tile_hashes

LABELS = "l"
"""Folder of the labels below the public one; short, because it stands in a small code."""


def folder_of(number: str) -> str:
    """Folder of a label below the public one."""
    return f"{LABELS}/{read_number(number)}"


def publish_waiting(home: Home, state: Published, signer: CredentialSigner, *, complete: bool = True) -> int:
    """Write the files of everything that waits; returns how many subjects.

    What is written twice is the same; a subject leaves the outbox only when its files are there.

    Parameters
    ----------
    complete : bool
        Whether everything stored is in the published log. When it is not, because witnesses are missing, states, credentials and
        keys are published nevertheless, proofs are not, and everything goes on waiting.
    """
    programme = home.programme
    renew_pages(home, programme)
    done: list[Outbox] = []
    lists: set[int] = set()
    for waiting in list(Outbox.objects.exclude(kind__in=(RESIGN, ARTWORK))):
        if waiting.kind == "keys":
            write_keys(home, state.edge.size)
            _note_exposed_certificates()
            lists.update(list_numbers())  # a list that a replaced key signed is signed anew
        elif waiting.kind == BENCHMARK:
            benchmark = Benchmark.objects.get(digest=waiting.subject)
            if benchmark.entry_id >= state.edge.size:
                continue
            write_benchmark(home, benchmark)
        else:
            label = Label.objects.select_related("entry", "previous", "row").get(number=waiting.subject)
            if not label.credential or label.entry.index >= state.edge.size:
                continue
            if complete:
                write_label(home, label, state)
            else:
                write_state(home, label)
            folder = home.public / folder_of(label.number)
            take_away(folder, label)
            write_pages(folder, label, state, programme=programme, origin=home.origin)
            lists.add(place_of(label.status_index).number)
        done.append(waiting)
    for number in sorted(lists):
        write_status_list(home, number, signer)
    if complete:
        _cross_off(done)
    return len(done)


def _cross_off(done: list[Outbox]) -> None:
    """What is written waits no longer; labels wait to be drawn, if anything about them has changed."""
    with transaction.atomic():
        Outbox.objects.filter(pk__in=[waiting.pk for waiting in done]).delete()
        enqueue(ARTWORK, [waiting.subject for waiting in done if waiting.kind == LABEL])


def _note_exposed_certificates() -> None:
    """Note labels whose certificate may be signed by a key that somebody else has."""
    if Key.objects.filter(purpose="document", compromised=True).exists():
        enqueue(ARTWORK, Label.objects.exclude(credential="").values_list("number", flat=True))


def write_label(home: Home, label: Label, state: Published) -> None:
    """Write the files of one label."""
    folder = home.public / folder_of(label.number)
    write_file(folder / "claim.json", bytes(label.claim))
    write_file(folder / "entry.json", bytes(label.entry.record))
    write_file(folder / "label.tlog-proof", bytes(proof_of(home, label.entry.index, state)))
    write_state(home, label)


def write_state(home: Home, label: Label) -> None:
    """Write what does not depend on the log of today: credential and state of a label."""
    folder = home.public / folder_of(label.number)
    write_file(folder / "credential.jwt", label.credential.encode())
    write_file(folder / "status.json", status_document(label))


def write_benchmark(home: Home, benchmark: Benchmark) -> None:
    """Write the file of a benchmark set, where a grade that names it finds it."""
    path = benchmark_path(benchmark.comparability, benchmark.version)
    write_file(home.public / path, bytes(benchmark.content))


def proof_of(home: Home, index: int, state: Published) -> LogProof:
    """Proof that an entry is in the published log."""
    hash_at = tile_hashes(partial(read_file, home.public / LOG), state.edge.size)
    return LogProof(index, inclusion_proof(index, state.edge.size, hash_at), state.note)


def status_document(label: Label) -> bytes:
    """Present state and its history, as JSON for people and programs."""
    changes = [attrs.asdict(change) for change in public_changes(label)]
    document = {
        "number": label.number, "kind": label.row.kind, "state": label.state, "valid_until": label.valid_until.isoformat(),
        "claim": label.claim_digest, "index": label.entry_id, "changes": changes,
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
