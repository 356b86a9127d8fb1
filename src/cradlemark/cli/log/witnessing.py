"""``log witness``: sign checkpoints of other logs that only grow."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from cradlemark.cli.log.options import now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import StateError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.trust.checkpoints import Checkpoint
    from cradlemark.trust.notes import VerifierKey
    from cradlemark.trust.signers import Signer
    from cradlemark.trust.witness import Answer

_WORDS = {
    "key": Text("witness key: {key}", "见证密钥：{key}"),
    "listens": Text("listening on http://{host}:{port}", "监听 http://{host}:{port}"),
}


SEEN = "seen.json"
"""Last checkpoint of each log."""


@attrs.frozen(eq=False)
class Keeper:
    """A witness with the last checkpoint of each log in one file; looking and storing are one step."""

    folder: Path
    name: str
    signer: Signer
    logs: tuple[VerifierKey, ...]
    _lock: threading.Lock = attrs.field(factory=threading.Lock)

    def add_checkpoint(self, request: bytes) -> Answer:
        """Answer a request; what is signed is on disk before."""
        from cradlemark.trust.witness import answer

        with self._lock:
            latest = self._read()
            given = answer(
                request, name=self.name, signer=self.signer, logs=self.logs, latest=latest,
                time=int(now().timestamp()),
            )  # fmt: skip
            if given.seen is not None:
                self._write({**latest, given.seen.origin: given.seen})
            return given

    @property
    def _file(self) -> Path:
        return self.folder / SEEN

    def _read(self) -> dict[str, Checkpoint]:
        from cradlemark.trust.checkpoints import read_checkpoint

        texts: dict[str, str] = json.loads(self._file.read_text("utf-8"))
        return {origin: read_checkpoint(text) for origin, text in texts.items()}

    def _write(self, latest: dict[str, Checkpoint]) -> None:
        from cradlemark.registry.files import write_file

        texts = {origin: checkpoint.text for origin, checkpoint in latest.items()}
        write_file(self._file, json.dumps(texts, indent=1).encode())


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="Name of the witness, for example witness.example/1.")
@click.option(
    "--log", "logs", multiple=True, required=True, help="Verifier key of a log; can be given again."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8765, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one."
)
@passphrase_option
@language_option
def witness(
    folder: Path, name: str, logs: tuple[str, ...], host: str, port: int, passphrase_file: Path | None,
    language: Language,
) -> None:  # fmt: skip
    """Serve a witness from FOLDER, where its key and the last checkpoints are kept."""
    from cradlemark.trust.notes import WITNESS_KEY, key_of

    keeper = open_keeper(folder, name=name, logs=logs, passphrase=passphrase_of(passphrase_file))
    click.echo(_WORDS["key"].format(key=key_of(name, keeper.signer, kind=WITNESS_KEY))[language])
    server = serve(keeper, host=host, port=port)
    click.echo(_WORDS["listens"].format(host=host, port=server.server_port)[language])
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.shutdown()


def open_keeper(folder: Path, *, name: str, logs: Sequence[str], passphrase: str) -> Keeper:
    """Open a witness; its key is made at the first time.

    Raises
    ------
    StateError
        ``witness-state`` when there is a key, but not what was signed with it: it could be led to sign a fork of that.
    """
    from cradlemark.registry.files import write_file
    from cradlemark.trust.key_files import encrypted_key, read_key, write_key
    from cradlemark.trust.notes import verifier_key
    from cradlemark.trust.signers import new_key

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "witness.pem"
    if not path.exists():
        write_file(folder / SEEN, b"{}")
        write_key(path, encrypted_key(new_key("ed25519"), passphrase))
    if not (folder / SEEN).is_file():
        raise StateError(
            Text(
                f"{folder} has the key of a witness, but not the checkpoints that it has signed",
                f"{folder} 中有见证方的密钥，但没有它签署过的检查点",
            ),
            code="witness-state",
            hint=Text(
                f"restore {SEEN}; if it is lost, begin a new witness with another key and name",
                f"恢复 {SEEN}；若已丢失，请用另一个密钥和名称新建见证方",
            ),
        )
    return Keeper(folder, name, read_key(path, passphrase), tuple(verifier_key(text) for text in logs))


def serve(keeper: Keeper, *, host: str, port: int) -> ThreadingHTTPServer:
    """A server of the one call of a witness."""
    from cradlemark.trust.witness import ADD_CHECKPOINT, LARGEST_REQUEST

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not self.path.endswith(f"/{ADD_CHECKPOINT}"):
                self.send_error(404)
                return
            if not length.isdigit() or int(length) > LARGEST_REQUEST:
                self.send_error(413)
                return
            given = keeper.add_checkpoint(self.rfile.read(int(length)))
            self.send_response(given.status)
            self.send_header("Content-Type", given.content_type)
            self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            self.wfile.write(given.body)

        def log_message(self, *_: object) -> None:
            """Nothing is written for each request."""

    return ThreadingHTTPServer((host, port), Handler)
