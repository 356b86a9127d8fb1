"""What holds of every register, whatever happened to the processes that wrote it: nothing lost, twice, missing or forked."""

from __future__ import annotations

import datetime
import json
import random
from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from pathlib import Path

from cradlemark.core.canonical import digest_bytes
from cradlemark.label.credential_verification import controller_of, verify_credential
from cradlemark.label.status_list import PURPOSES, bit, is_set, list_path, place_of
from cradlemark.label.status_verification import read_status_list
from cradlemark.registry.files import read_file
from cradlemark.registry.home import Home
from cradlemark.trust.audit import CHECKPOINT, audit
from cradlemark.trust.checkpoints import Checkpoint, read_checkpoint
from cradlemark.trust.key_history import KeyHistory
from cradlemark.trust.log_proofs import read_log_proof, verify_log_proof
from cradlemark.trust.merkle import EMPTY_ROOT, consistency_proof, verify_consistency
from cradlemark.trust.notes import read_note
from cradlemark.trust.tiles import tile_hashes
from cradlemark.trust.trust_files import read_trust_file


def published(home: Home) -> Checkpoint:
    """The published checkpoint; that of an empty log before the first one."""
    folder = home.public / "log"
    if not (folder / CHECKPOINT).exists():
        return Checkpoint(home.origin, 0, EMPTY_ROOT)
    return read_checkpoint(read_note(read_file(folder, CHECKPOINT)).text)


def check_growth(home: Home, before: Checkpoint) -> None:
    """The published log goes on from an earlier checkpoint."""
    after = published(home)
    hash_at = tile_hashes(partial(read_file, home.public / "log"), after.size)
    verify_consistency(
        old=before.size, old_root=before.root, new=after.size, new_root=after.root,
        proof=consistency_proof(before.size, after.size, hash_at),
    )  # fmt: skip


def check_labels(answered: Mapping[str, str], states: Mapping[str, set[str]]) -> None:
    """Every label that was answered is stored, once and in order, and so is every change of a state.

    Parameters
    ----------
    answered : mapping of str to str
        Number of the label for each request that was answered.
    states : mapping of str to set of str
        Numbers of labels for each state that was answered last.
    """
    from cradlemark.registry.labels.models import Change, Label
    from cradlemark.registry.log.models import Entry

    stored = dict(Label.objects.values_list("request", "number"))
    assert answered.items() <= stored.items(), "an answered label is lost"
    assert not Label.objects.filter(credential="").exists()
    found = dict(Label.objects.values_list("number", "state"))
    for state, numbers in states.items():
        assert {found[number] for number in numbers} <= {state}, f"a label that was {state} is not"
    assert list(Label.objects.values_list("sequence", flat=True)) == list(range(len(stored)))
    changes: dict[str, list[str]] = {number: ["active"] for number in found}
    for number, state in Change.objects.order_by("entry").values_list("label", "state"):
        changes[number].append(state)
    assert {number: states[-1] for number, states in changes.items()} == found, "states without a change"
    assert not any(a == b for states in changes.values() for a, b in pairwise(states)), (
        "a change was made twice"
    )
    kinds = Counter(Entry.objects.values_list("kind", flat=True))
    assert kinds["issue"] == len(stored)
    assert kinds["state"] == Change.objects.count()
    indices = list(Entry.objects.order_by("index").values_list("index", flat=True))
    assert indices == list(range(len(indices))), "a gap in the log"


def check_files(home: Home, source: random.Random, *, time: datetime.datetime) -> None:
    """What is published belongs together, and a stranger believes it."""
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.publication.models import Outbox
    from cradlemark.registry.publication.outbox import ARTWORK

    trust = read_trust_file((home.public / "trust.json").read_bytes())
    history = KeyHistory(trust.origin)
    found = audit(
        partial(read_file, home.public / "log"), trust.origin, trust.policy, check_entry=history.check
    )
    assert (found.problems, list(history.differences(trust))) == ((), [])
    assert not Outbox.objects.exclude(kind=ARTWORK).exists()
    check_status_lists(home, time=time)
    lists = tuple(path.read_text("ascii") for path in sorted((home.public / "status").glob("*.jwt")))
    labels = list(Label.objects.all())
    for label in source.sample(labels, min(5, len(labels))):
        folder = home.public / "l" / label.number
        proof = read_log_proof((folder / "label.tlog-proof").read_bytes())
        verify_log_proof(proof, (folder / "entry.json").read_bytes(), trust.policy)
        text = (folder / "credential.jwt").read_text("ascii")
        verdict = verify_credential(text, controller=controller_of(trust), now=time, status_lists=lists)
        failed = {check.id for check in verdict.checks if check.outcome == "fails"}
        expected = {purpose for purpose in PURPOSES if is_set(purpose, label.state)}
        if (
            "revocation" in expected
        ):  # one that was over before its key was given away keeps a signature that nobody has to believe
            assert failed in (expected, {"key"}), label
        else:
            assert failed == expected, label
        check_artworks(
            folder, label.state, waits=Outbox.objects.filter(kind=ARTWORK, subject=label.number).exists()
        )


def check_status_lists(home: Home, *, time: datetime.datetime) -> None:
    """The bits of every label say what its state is."""
    from cradlemark.registry.labels.models import Label

    trust = read_trust_file((home.public / "trust.json").read_bytes())
    read = {
        path.relative_to(home.public).as_posix(): read_status_list(path.read_text("ascii"), controller=controller_of(trust), now=time).bits
        for path in (home.public / "status").glob("*.jwt")
    }  # fmt: skip
    for index, state in Label.objects.values_list("status_index", "state"):
        place = place_of(index)
        for purpose in PURPOSES:
            marked = bit(read[list_path(purpose, place.number)], place.position)
            assert marked == is_set(purpose, state), f"{purpose} of label {index}, which is {state}"


def check_artworks(folder: Path, state: str, *, waits: bool) -> None:
    """Pictures belong to the state; what does not wait is there, whole, and told by the index."""
    pictures = {path.name for path in folder.iterdir() if path.suffix in (".svg", ".pdf")}
    if state != "active":
        assert pictures <= {"certificate.pdf"}, "pictures of a label that may not be used"
    if waits and not (folder / "artworks.json").exists():
        return
    index = json.loads((folder / "artworks.json").read_bytes())
    assert index["state"] == ("" if state == "active" else state)
    if not waits:
        assert len(pictures) == (6 if state == "active" else 1)
    assert {name: digest_bytes((folder / name).read_bytes()) for name in pictures} == index["files"]
