"""Pictures and the certificate of a label in its public folder, drawn after everything that somebody waits for.

They are drawn a few at a time, from an outbox of their own, so that no checkpoint and no state waits for a drawing. What lies there is
told by an index, written last: from what it was made, and the digest of each file. So the next run knows what to keep, to finish or to
draw anew. Pictures and a certificate that the state does not allow are taken away at once, with the pages.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import attrs

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.errors import CradlemarkError, InputError, NotFoundError, Problem, RuleError
from cradlemark.core.language import Text
from cradlemark.label.artwork.render import Order, pages
from cradlemark.label.artwork.variant import Variant
from cradlemark.label.certificate.make import signed_certificate
from cradlemark.label.claim import read_claim
from cradlemark.label.page.files import CERTIFICATE, PICTURES
from cradlemark.label.workflow import workflow
from cradlemark.registry.files import Place, read_file, remove_file, write_file
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.registry.labels.models import Label
from cradlemark.trust.signers import Signer
from cradlemark.trust.x509 import document_certificate, pem_certificate, read_certificate

INDEX = "artworks.json"
"""Says what lies there and from what it was made."""
PUBLISHED = (
    Variant("full", "zh"), Variant("full", "en"), Variant("full", "both"), Variant("strip", "both"), Variant("micro", "both"),
)  # fmt: skip
"""Artworks that everybody finds beside the page; the holder makes the others, for print, with ``label render``."""
HIDDEN = ("registered",)
"""States in which nothing of a label is public yet."""
LIFE = datetime.timedelta(days=3653)
"""Validity of the certificate of a document key."""


@attrs.frozen(eq=False)
class DocumentSigner:
    """The key for documents with its certificate.

    Parameters
    ----------
    key : str
        Id of the key.
    signer : Signer
    certificate : bytes
        X.509, DER.
    time : datetime
        Stands in every signature.
    """

    key: str
    signer: Signer
    certificate: bytes
    time: datetime.datetime


def state_shown(label: Label) -> str:
    """State that a certificate shows; empty while the mark may be used."""
    return "" if workflow().states["label"][label.state].mark else label.state


def take_away(folder: Place, label: Label) -> None:
    """Remove pictures and certificate that were made for another state; the index goes first."""
    found = read_index(folder)
    if found and found.get("state") == state_shown(label):
        return
    remove_file(folder / INDEX)
    for path in _drawn(folder):
        remove_file(path)


def read_index(folder: Place) -> Mapping[str, Any]:
    """What the index says; empty when there is none, or none that can be read."""
    try:
        found = json.loads(read_file(folder, INDEX))
    except (NotFoundError, ValueError):
        return {}
    return found if isinstance(found, dict) and isinstance(found.get("files"), dict) else {}


def is_complete(folder: Place, wanted: Mapping[str, str]) -> bool:
    """Whether exactly what is wanted lies there, byte for byte as the index says."""
    found = read_index(folder)
    if not found or any(found.get(name) != value for name, value in wanted.items()):
        return False
    there = {path.name: path for path in _drawn(folder)}
    files = found["files"]
    return there.keys() == files.keys() and all(
        digest_bytes(there[name].read_bytes()) == digest for name, digest in files.items()
    )


def wanted_of(home: Home, label: Label, *, key: str) -> dict[str, str]:
    """From what the artworks of a label are to be made.

    Parameters
    ----------
    key : str
        Id of the key for documents that is in use. A certificate that a former one signed stays, unless somebody else may have it.
    """
    signed = str(read_index(folder_in(home, label)).get("key", ""))
    kept = signed and Key.objects.filter(pk=signed, compromised=False).exists()
    return {
        "number": label.number, "claim": label.claim_digest, "state": state_shown(label), "programme": home.programme.digest,
        "edition": edition(), "key": signed if kept else key,
    }  # fmt: skip


def draw(
    home: Home, label: Label, wanted: Mapping[str, str], signer: Callable[[], DocumentSigner], write_pages: Callable[[], None]
) -> Problem | None:  # fmt: skip
    """Draw a label into its folder; returns why it cannot be drawn.

    Parameters
    ----------
    signer : callable
        Opens the key for documents.
    write_pages : callable
        Writes the pages, which link to what is there.
    """
    folder = folder_in(home, label)
    problem: Problem | None = None
    made: dict[str, bytes] = {}
    if label.state not in HIDDEN:
        opened = signer()
        wanted = {**wanted, "key": opened.key}
        try:
            made = _made(home, label, opened)
        except (InputError, RuleError) as error:
            problem = _problem(label, error)
    for path in _drawn(folder):
        if path.name not in made:
            remove_file(path)
    for name, content in made.items():
        write_file(folder / name, content)
    write_pages()
    index = {
        **wanted,
        "problem": problem.code if problem else "",
        "files": {n: digest_bytes(c) for n, c in made.items()},
    }
    write_file(folder / INDEX, (json.dumps(index, ensure_ascii=False, indent=1) + "\n").encode())
    return problem


def document_signer(home: Home, row: Key, signer: Signer, *, time: datetime.datetime) -> DocumentSigner:
    """The key for documents with its certificate, which is made once and lies beside the key."""
    path = home.keys / f"{row.pk}.pem.certificate.pem"
    if path.exists():
        return DocumentSigner(row.pk, signer, read_certificate(path.read_bytes(), where=path.name), time)
    name = home.programme.operator["en"]
    made = document_certificate(signer, name=name, since=row.since, until=row.since + LIFE)
    write_file(path, pem_certificate(made))
    return DocumentSigner(row.pk, signer, made, time)


def folder_in(home: Home, label: Label) -> Place:
    """Public folder of a label."""
    from cradlemark.registry.publication.label_files import folder_of

    return home.public / folder_of(label.number)


@cache
def edition() -> str:
    """Digest of everything that artworks and certificates are made with."""
    lines = [
        f"{room}/{file.name} {digest_bytes(file.read_bytes())}"
        for room in ("artwork", "certificate")
        for file in sorted(
            resources.files("cradlemark.label").joinpath(room).iterdir(), key=lambda file: file.name
        )
        if file.name.endswith((".typ", ".toml", ".py"))
    ]
    return digest_bytes("\n".join(lines).encode())


def _made(home: Home, label: Label, signer: DocumentSigner) -> dict[str, bytes]:
    claim, programme, host = read_claim(bytes(label.claim)), home.programme, home.origin.partition("/")[0]
    files: dict[str, bytes] = {}
    state = state_shown(label)
    if not state:
        shown = [one for one in PUBLISHED if one.design in programme.design.designs]
        drawn = pages([Order(claim, programme, one, host) for one in shown], "svg")
        files = {f"{one.name}.svg": page for one, page in zip(shown, drawn, strict=True)}
    files[CERTIFICATE] = signed_certificate(
        claim, programme, host=host, signer=signer.signer, certificate=signer.certificate, time=signer.time,
        state=workflow().states["label"][state].title if state else None,
    )  # fmt: skip
    return files


def _drawn(folder: Place) -> list[Place]:
    """Pictures and certificate that lie in a folder."""
    if not folder.is_dir():
        return []
    return [
        path for path in folder.iterdir() if path.name.endswith(PICTURES) and not path.name.startswith(".")
    ]


def _problem(label: Label, error: CradlemarkError) -> Problem:
    first = error.problems[0]
    said = Text(f"the label cannot be drawn: {first.message['en']}", f"无法绘制标签：{first.message['zh']}")
    return attrs.evolve(first, where=label.number, message=said)
