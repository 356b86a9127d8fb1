"""``tick``: one command for a scheduler, which runs every timer of a programme and publishes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cradlemark.cli.log.options import home_argument, now, passphrase_of, passphrase_option
from cradlemark.cli.opening import language_option
from cradlemark.core.errors import StateError
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.registry.timers.run import Ran

_WORDS = {
    "step": Text("label {number}: {state}", "标签 {number}：{state}"),
    "closed": Text("case {number}: closed, the appeal window is over", "案件 {number}：申诉期已过，结案"),
    "decision": Text("case {subject}: the decision was due on {due}", "案件 {subject}：应于 {due} 前作出决定"),
    "registration": Text("case {subject}: registration was due on {due}", "案件 {subject}：应于 {due} 前登记"),
    "suspension": Text("label {subject}: the suspension was to be resolved by {due}",
                       "标签 {subject}：暂停应于 {due} 前解决"),
    "published": Text("log of {size} entries published, {count} files of labels and keys written anew",
                      "已发布 {size} 个条目的日志，重写 {count} 项标签与密钥文件"),
    "busy": Text("another process is publishing; what was changed now follows with its run or the next one",
                 "另一进程正在发布；本次变更将由该次或下一次运行发布"),
}  # fmt: skip


@click.command()
@home_argument
@passphrase_option
@language_option
def tick(home: Path, passphrase_file: Path | None, language: Language) -> None:
    """Do what is due, for a scheduler: run every timer of the programme in HOME, then publish.

    Labels expire, come up for surveillance and for renewal; refused cases are closed when nobody appeals; deadlines that are over are
    noted. Nobody has to act. When nothing is due, nothing changes; runs can overlap, and the next one continues one that was stopped.
    While the register is frozen, nothing happens.
    """
    from cradlemark.registry.home import open_home

    opened = open_home(home)
    from cradlemark.registry.timers.run import run_timers

    try:
        ran = run_timers(opened, passphrase=passphrase_of(passphrase_file), time=now())
    except StateError as error:
        if error.code != "register-frozen":
            raise
        click.echo(error.message[language])
        return
    _tell(ran, language)


def _tell(ran: Ran, language: Language) -> None:
    from cradlemark.label.workflow import workflow

    states = workflow().states["label"]
    for step in ran.steps:
        click.echo(_WORDS["step"].format(number=step.number, state=states[step.state].title)[language])
    for number in ran.closed:
        click.echo(_WORDS["closed"].format(number=number)[language])
    for late in ran.overdue:
        click.echo(_WORDS[late.kind].format(subject=late.subject, due=late.due)[language])
    if ran.size is None:
        click.echo(_WORDS["busy"][language])
        return
    click.echo(_WORDS["published"].format(size=ran.size, count=ran.written)[language])
    for problem in ran.problems:
        click.echo(str(problem.as_text[language]), err=True)
