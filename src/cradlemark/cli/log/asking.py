"""Ask witnesses over HTTP for their signatures (C2SP tlog-witness)."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from cradlemark.core.errors import CradlemarkError, InputError, TrustError
from cradlemark.trust.merkle import Hash
from cradlemark.trust.notes import Note, Signature, read_signatures
from cradlemark.trust.witness import ADD_CHECKPOINT, request_body

if TYPE_CHECKING:
    from cradlemark.registry.log.publish import Ask
    from cradlemark.trust.checkpoints import Checkpoint

TIMEOUT = 10.0
"""[s]"""
LARGEST_ANSWER = 100_000
Post = Callable[[str, bytes], tuple[int, bytes]]


def asker(addresses: Sequence[str], *, quorum: int, post: Post | None = None) -> Ask:
    """A function that asks every witness and refuses to go on with fewer than `quorum`.

    Parameters
    ----------
    addresses : sequence of str
        Submission prefixes of witnesses.
    quorum : int
    post : callable, optional
        Sends a request; over HTTP when left out.

    Raises
    ------
    InputError
        ``address-invalid`` for anything but http and https.
    """
    for address in addresses:
        if not address.startswith(("http://", "https://")):
            raise InputError(
                f"{address!r} is no address of a witness", code="address-invalid", hint="begin with https://"
            )
    send = post or _post

    def ask(_checkpoint: Checkpoint, note: Note, proof: Callable[[int], Sequence[Hash]]) -> list[Signature]:
        found: list[Signature] = []
        answered = 0
        for address in addresses:
            try:
                lines = _asked(f"{address.rstrip('/')}/{ADD_CHECKPOINT}", note, proof, send)
            except CradlemarkError as error:
                click.echo(f"{address}: {error.message}", err=True)
                continue
            answered += 1
            found += lines
        if answered < quorum:
            raise TrustError(
                f"{answered} of {len(addresses)} witnesses have signed, {quorum} are needed: nothing is published",
                code="quorum-missed",
                hint="try again; see what the witnesses say",
            )
        return found

    return ask


def _asked(
    address: str, note: Note, proof: Callable[[int], Sequence[Hash]], post: Post
) -> tuple[Signature, ...]:
    """Ask with size 0 first; a witness that has seen more says how much."""
    old = 0
    for _ in range(2):
        status, body = post(address, request_body(old=old, proof=proof(old), checkpoint=bytes(note)))
        if status == 200:
            return read_signatures(body)
        if status != 409 or not body.strip().isdigit():
            break
        old = int(body.strip())
    said = body.decode("utf-8", "replace").strip()[:200]
    raise TrustError(f"the witness refused ({status}): {said}", code="witness-refused", hint="see why")


def _post(address: str, body: bytes) -> tuple[int, bytes]:
    request = urllib.request.Request(address, data=body, method="POST")  # noqa: S310 - http and https only: checked
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310
            return int(answer.status), answer.read(LARGEST_ANSWER)
    except urllib.error.HTTPError as error:
        return error.code, error.read(LARGEST_ANSWER)
    except OSError as error:
        raise TrustError(
            f"the witness cannot be reached: {error}", code="witness-refused", hint="try again"
        ) from error
