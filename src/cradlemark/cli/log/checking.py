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
    from cradlemark.trust.policy import Policy

_WORDS = {
    "sound": Text("log {origin}: {entries} entries in {files} files, every one of them checked",
                  "日志 {origin}：{files} 个文件中的 {entries} 个条目，已逐一检查"),
    "written": Text("proof of entry {index} in a log of {size} written to {path}",
                    "{size} 个条目的日志中第 {index} 条的证明已写入 {path}"),
}  # fmt: skip


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False, exists=True))
@trust_option
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@language_option
def audit(folder: Path, trust: Path, as_json: bool, language: Language) -> None:
    """Check every file of the published log in FOLDER; the exit code is 2 when anything is wrong."""
    from cradlemark.registry.files import read_file
    from cradlemark.trust.audit import audit as walk

    policy = read_trust(trust)
    found = walk(partial(read_file, _log_folder(folder)), policy.logs[0].name, policy)
    if as_json:
        document = {
            "origin": policy.logs[0].name, "entries": found.entries, "files": found.files,
            "problems": [{"where": p.where, "message": p.message} for p in found.problems],
        }  # fmt: skip
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    if found.problems:
        raise InputErrors(found.problems)
    if not as_json:
        told = _WORDS["sound"].format(origin=policy.logs[0].name, entries=found.entries, files=found.files)
        click.echo(told[language])


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
    note = read(CHECKPOINT)
    checkpoint, _ = open_checkpoint(note, read_trust(trust).logs[0])
    proof = LogProof(index, inclusion_proof(index, checkpoint.size, tile_hashes(read, checkpoint.size)), note)
    path = output or Path(f"entry-{index}{ENDING}")
    write_file(path, bytes(proof))
    click.echo(_WORDS["written"].format(index=index, size=checkpoint.size, path=path)[language])


def read_trust(path: Path) -> Policy:
    """Log and witness keys of a trust file or a policy."""
    from cradlemark.trust.trust_files import read_trust_file

    return read_trust_file(path.read_bytes(), where=path.name).policy


def _log_folder(folder: Path) -> Path:
    """The log itself: given as it is, as the public folder or as the programme home."""
    for candidate in (folder, folder / "log", folder / "public" / "log"):
        if (candidate / "checkpoint").is_file():
            return candidate
    return folder
