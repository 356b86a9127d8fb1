"""``admin audit``, ``freeze`` and ``unfreeze``."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import click

from cradlemark.cli.log.options import home_argument, now
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import InputErrors
from cradlemark.core.language import Language, Text

_WORDS = {
    "sound": Text("register {origin}: {entries} entries in {files} files, {labels} labels and {cases} cases, every one of them checked",
                  "登记簿 {origin}：{files} 个文件中的 {entries} 个条目、{labels} 个标签、{cases} 个案件，均已逐一检查"),
    "waiting": Text("{count} labels wait to be published; their files were not compared",
                    "{count} 个标签等待发布，其文件未作比较"),
    "frozen": Text("frozen: nothing is written from now on, everything can be read; lift it with: cradlemark admin unfreeze {home}",
                   "已冻结：自此不再写入，仍可读取；解除命令：cradlemark admin unfreeze {home}"),
    "unfrozen": Text("no longer frozen; it was since {since}", "已解除冻结；冻结始于 {since}"),
}  # fmt: skip


@click.command()
@home_argument
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
@language_option
def audit(home: Path, as_json: bool, language: Language) -> None:
    """Check the whole register in HOME: log, store, credentials, published files and cases; exit code 2 when anything is wrong."""
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.operation.audit import audit_register

    found = audit_register(opened, time=now())
    counts = {"entries": found.entries, "labels": found.labels, "cases": found.cases, "files": found.files}
    if as_json:
        problems = [
            {"where": one.where, "code": one.code, "message": one.message.as_dict()} for one in found.problems
        ]
        document = {"origin": opened.origin, **counts, "waiting": found.waiting, "problems": problems}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    if found.problems:
        raise InputErrors(found.problems)
    if not as_json:
        click.echo(_WORDS["sound"].format(origin=opened.origin, **counts)[language])
        if found.waiting:
            click.echo(_WORDS["waiting"].format(count=found.waiting)[language])


@click.command()
@home_argument
@click.option("--reason", required=True, help="One sentence for everybody, in English.")
@click.option("--reason-zh", default="", help="The same in Chinese.")
@click.option("--hours", type=click.FloatRange(0, 720), default=None, help="How long it is expected to last.")
@language_option
def freeze(home: Path, reason: str, reason_zh: str, hours: float | None, language: Language) -> None:
    """Make the register in HOME read-only, for every process that uses it.

    What is being written is finished first. Timers and publishing stand still; published files go on being served.
    """
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.operation.freeze import freeze as begin

    time = now()
    begin(
        Text(reason, reason_zh), time=time, expected=time + datetime.timedelta(hours=hours) if hours else None
    )
    click.echo(_WORDS["frozen"].format(home=home)[language])


@click.command()
@home_argument
@language_option
def unfreeze(home: Path, language: Language) -> None:
    """Let the register in HOME be written again."""
    from cradlemark.registry.home import open_home

    open_home(home)
    from cradlemark.registry.operation.freeze import unfreeze as lift

    lifted = lift(time=now())
    click.echo(_WORDS["unfrozen"].format(since=f"{lifted.since:%Y-%m-%d %H:%M UTC}")[language])
