"""The log judged by code of others: the Go checksum database reads what we publish, pymerkle finds the same roots.

Go and its package golang.org/x/mod come from the distribution: packages golang-go and golang-golang-x-mod-dev.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cradlemark.trust.checkpoints import Checkpoint, sign_checkpoint
from cradlemark.trust.notes import WITNESS_KEY, cosign, key_of
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.tiles import Edge, grow

ORIGIN = "example.org/log"
SIGNER = KeySigner(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
NEXT = KeySigner(Ed25519PrivateKey.from_private_bytes(b"n" * 32))
"""Takes over from the key before."""
WITNESSES = {
    f"w.example/{number}": KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))
    for number in (1, 2, 3)
}
SIZES = (0, 1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 100_000)
SYSTEM_PACKAGES = Path("/usr/share/gocode")

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and (SYSTEM_PACKAGES / "src/golang.org/x/mod").is_dir())
    and "CI" not in os.environ,
    reason="needs the packages golang-go and golang-golang-x-mod-dev",
)


@pytest.fixture(scope="module")
def go_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_go_log(tmp_path_factory.mktemp("go"))


def build_go_log(folder: Path) -> Path:
    program = folder / "go_log"
    source = Path(__file__).parent / "go_log" / "main.go"
    settings = {
        "GO111MODULE": "off",
        "GOPATH": str(SYSTEM_PACKAGES),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
    }
    subprocess.run(["go", "build", "-o", str(program), str(source)], check=True, env=os.environ | settings)
    return program


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def publish(folder: Path, size: int, old: int = 0) -> tuple[Edge, Edge]:
    entries = [f"entry {number} 标签".encode() for number in range(size)]
    before, files = grow(Edge(), entries[:old])
    write(folder, files)
    edge, files = grow(before, entries[old:])
    write(folder, files)
    note = sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root), SIGNER)
    write(folder, {"checkpoint": bytes(note)})
    return before, edge


def said(program: Path, *arguments: object) -> tuple[int, str]:
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.strip()


@pytest.mark.parametrize("size", SIZES)
def test_go_checks_the_whole_log(go_log: Path, tmp_path: Path, size: int) -> None:
    before, edge = publish(tmp_path, size, old=size // 2)
    key = key_of(ORIGIN, SIGNER)
    growth = (before.size, base64.b64encode(before.root).decode()) if before.size else ()
    root = base64.b64encode(edge.root).decode()
    assert said(go_log, tmp_path, key, *growth) == (0, f"{ORIGIN} {size} {root}")
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(size):
        other.append_entry(f"entry {number} 标签".encode())
    assert (other.get_root() if size else hashlib.sha256(b"").digest()) == edge.root


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/1/000.p/2", "tile/entries/001"])
def test_go_refuses_a_changed_file(go_log: Path, tmp_path: Path, path: str) -> None:
    publish(tmp_path, 600)
    assert said(go_log, tmp_path, key_of(ORIGIN, SIGNER))[0] == 0
    content = bytearray((tmp_path / path).read_bytes())
    content[20] ^= 1
    (tmp_path / path).write_bytes(bytes(content))
    code, text = said(go_log, tmp_path, key_of(ORIGIN, SIGNER))
    assert (code, text.startswith("refused:")) == (1, True)


def hand_over(folder: Path, size: int) -> str:
    """A log at the size where the key changes, witnessed; returns every key that has signed."""
    _, edge = publish(folder, size)
    note = sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root), SIGNER, NEXT)
    lines = [
        str(cosign(note.text, name, signer, time=1_795_867_200 + len(name)))
        for name, signer in WITNESSES.items()
    ]
    write(folder, {"checkpoint": bytes(note) + "".join(lines).encode()})
    keys = [key_of(ORIGIN, SIGNER), key_of(ORIGIN, NEXT)]
    keys += [key_of(name, signer, kind=WITNESS_KEY) for name, signer in WITNESSES.items()]
    return ",".join(map(str, keys))


@pytest.mark.parametrize("size", [1, 257, 600])
def test_go_checks_two_keys_of_a_log_and_its_witnesses(go_log: Path, tmp_path: Path, size: int) -> None:
    keys = hand_over(tmp_path, size)
    assert said(go_log, tmp_path, keys)[0] == 0
    for key in keys.split(","):
        assert said(go_log, tmp_path, key)[0] == 0, "whoever knows one key alone reads it too"
    stranger = str(key_of(ORIGIN, WITNESSES["w.example/1"]))
    assert said(go_log, tmp_path, f"{keys},{stranger}") == (1, "refused: 5 of 6 keys have signed")


def test_go_refuses_every_changed_bit_of_such_a_checkpoint(go_log: Path, tmp_path: Path) -> None:
    """Every fourth byte, which takes one run of the program each; the bit differs from byte to byte."""
    keys = hand_over(tmp_path, 5)
    content = (tmp_path / "checkpoint").read_bytes()
    for place in range(0, len(content), 4):
        changed = bytearray(content)
        changed[place] ^= 1 << place // 4 % 8
        (tmp_path / "checkpoint").write_bytes(bytes(changed))
        assert said(go_log, tmp_path, keys)[0] == 1, place
