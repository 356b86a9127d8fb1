"""The log judged by code of others: the Go checksum database reads what we publish, pymerkle finds the same roots.

Go and its package golang.org/x/mod come from the distribution: packages golang-go and golang-golang-x-mod-dev.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
from pathlib import Path

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cradlemark.trust.checkpoints import Checkpoint, sign_checkpoint
from cradlemark.trust.notes import key_of
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.tiles import Edge, grow

ORIGIN = "example.org/log"
SIGNER = KeySigner(Ed25519PrivateKey.from_private_bytes(b"k" * 32))
SIZES = (1, 2, 255, 256, 257, 65_535, 65_536, 65_537, 100_000)
SYSTEM_PACKAGES = Path("/usr/share/gocode")

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and (SYSTEM_PACKAGES / "src/golang.org/x/mod").is_dir())
    and "CI" not in os.environ,
    reason="needs the packages golang-go and golang-golang-x-mod-dev",
)


@pytest.fixture(scope="module")
def go_log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("go")
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
    assert other.get_root() == edge.root


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000", "tile/1/000.p/2", "tile/entries/001"])
def test_go_refuses_a_changed_file(go_log: Path, tmp_path: Path, path: str) -> None:
    publish(tmp_path, 600)
    assert said(go_log, tmp_path, key_of(ORIGIN, SIGNER))[0] == 0
    content = bytearray((tmp_path / path).read_bytes())
    content[20] ^= 1
    (tmp_path / path).write_bytes(bytes(content))
    code, text = said(go_log, tmp_path, key_of(ORIGIN, SIGNER))
    assert (code, text.startswith("refused:")) == (1, True)
