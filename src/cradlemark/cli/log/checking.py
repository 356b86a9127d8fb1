"""``log prove`` and ``log audit``: what anybody can do with the published files."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.log.options import trust_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import InputErrors
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.trust.audit import Audit
    from cradlemark.trust.trust_files import TrustFile

_WORDS = {
    "sound": Text("log {origin}: {entries} entries in {files} files, every one of them checked",
                  "日志 {origin}：{files} 个文件中的 {entries} 个条目，已逐一检查"),
    "witnessed": Text("seen by: {names} ({quorum} needed)", "见证方：{names}（须有 {quorum} 个）"),
    "unwitnessed": Text("seen by no witness that the trust file names", "没有信任文件所列的见证方见证"),
    "written": Text("proof of entry {index} in a log of {size} written to {path}",
                    "{size} 个条目的日志中第 {index} 条的证明已写入 {path}"),
}  # fmt: skip


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@language_option
def audit(folder: Path, trust: Path, as_json: bool, language: Language) -> None:
    """Check every file of the published log in FOLDER, and its keys; the exit code is 2 when anything is wrong."""
    from cradlemark.registry.files import read_file
    from cradlemark.trust.audit import audit as walk
    from cradlemark.trust.key_history import KeyHistory

    trusted = read_trust(trust)
    history = KeyHistory(trusted.origin)
    found = walk(
        partial(read_file, _log_folder(folder)), trusted.origin, trusted.policy, check_entry=history.check
    )
    problems = found.problems or tuple(history.differences(trusted))
    notes = tuple(history.notes(trusted)) if trusted.keys else ()
    if as_json:
        document = {
            "origin": trusted.origin, "entries": found.entries, "files": found.files,
            "witnesses": list(found.witnesses),
            "problems": [{"where": p.where, "message": p.message.as_dict()} for p in problems],
            "notes": [note.as_dict() for note in notes],
        }  # fmt: skip
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    if problems:
        raise InputErrors(problems)
    if not as_json:
        _tell(trusted, found, notes, language)


def _tell(trusted: TrustFile, found: Audit, notes: tuple[Text, ...], language: Language) -> None:
    told = _WORDS["sound"].format(origin=trusted.origin, entries=found.entries, files=found.files)
    click.echo(told[language])
    seen = _WORDS["witnessed"].format(names=", ".join(found.witnesses), quorum=trusted.quorum)
    click.echo((seen if found.witnesses else _WORDS["unwitnessed"])[language])
    for note in notes:
        click.echo(note[language])


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@click.argument("index", type=click.IntRange(0))
@trust_option
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write.")
@language_option
def prove(folder: Path, index: int, trust: Path, output: Path | None, language: Language) -> None:
    """Write the proof that entry INDEX is in the published log in FOLDER."""
    from cradlemark.registry.files import read_file, write_file
    from cradlemark.trust.audit import CHECKPOINT
    from cradlemark.trust.checkpoints import open_checkpoint
    from cradlemark.trust.log_proofs import ENDING, LogProof
    from cradlemark.trust.merkle import inclusion_proof
    from cradlemark.trust.tiles import tile_hashes

    read = partial(read_file, _log_folder(folder))
    note, trusted = read(CHECKPOINT), read_trust(trust)
    opened = open_checkpoint(note, trusted.policy, origin=trusted.origin)
    trusted.policy.require(opened.verified)
    checkpoint = opened.checkpoint
    proof = LogProof(index, inclusion_proof(index, checkpoint.size, tile_hashes(read, checkpoint.size)), note)
    path = output or Path(f"entry-{index}{ENDING}")
    write_file(path, bytes(proof))
    click.echo(_WORDS["written"].format(index=index, size=checkpoint.size, path=path)[language])


def read_trust(path: Path) -> TrustFile:
    """A trust file, or a policy of log and witness keys."""
    from cradlemark.trust.trust_files import read_trust_file

    return read_trust_file(path.read_bytes(), where=path.name)


def _log_folder(folder: Path) -> Path:
    """The log itself: given as it is, as the public folder or as the programme home."""
    for candidate in (folder, folder / "log", folder / "public" / "log"):
        if (candidate / "checkpoint").is_file():
            return candidate
    return folder
