"""What is wrong with a command line, in the reader's language; click says it in English only."""

from __future__ import annotations

import re

import click

from cradlemark.core.language import Language, Text

_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^No such option '?(.+?)'?\.", r"没有选项 \1"),
        (r"^No such command '(.+?)'\.", r"没有命令 \1"),
        (r"^Missing command\.$", "缺少命令"),
        (r"^Missing argument '(.+?)'\.", r"缺少参数 \1"),
        (r"^Missing option '(.+?)'\.", r"缺少选项 \1"),
        (r"^Missing parameter: (.+)$", r"缺少 \1"),
        (r"^Got unexpected extra arguments? \((.+)\)$", r"多余的参数：\1"),
        (r"^Option '(.+?)' requires (?:an argument|(\d+) arguments)\.$", r"选项 \1 需要值"),
        (r"^Option '(.+?)' does not take a value\.$", r"选项 \1 不带值"),
        (r"^(.+) is not one of (.+)\.$", r"\1 不是以下之一：\2"),
        (r"^(.+) is not a valid integer(?: range)?\.$", r"\1 不是整数"),
        (r"^(.+) is not a valid float(?: range)?\.$", r"\1 不是数字"),
        (r"^(.+) is not in the range (.+)\.$", r"\1 不在范围 \2 内"),
        (r"^(?:File|Path|Directory) (.+) does not exist\.$", r"\1 不存在"),
        (r"^(?:File|Path) (.+) is a directory\.$", r"\1 是文件夹"),
        (r"^(?:Directory|Path) (.+) is a file\.$", r"\1 是文件"),
        (r"^(?:File|Path|Directory) (.+) is not readable\.$", r"\1 不可读取"),
        (r"^(?:File|Path|Directory) (.+) is not writable\.$", r"\1 不可写入"),
        (r"^name a second study, or a scenario with --scenario$", "给出第二项研究，或用 --scenario 给出情景"),
        (r"^give --scenario at most twice: first and second$", "--scenario 最多给出两次：第一个和第二个"),
    )
)
"""Sentences of click 8, and of our own commands."""
_OFFERS = re.compile(r"(?:Did you mean (?:one of: )?|Choose from:|Possible options: )\s*([^?)]+)")


def show_usage_error(error: click.ClickException, language: Language) -> None:
    """Print how a command is called and what is wrong with the call."""
    if language == "en":
        error.show()
        return
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        pieces = " ".join(context.command.collect_usage_pieces(context))
        click.echo(f"用法：{context.command_path} {pieces}", err=True)
        click.echo(f"用 {context.command_path} --help 查看帮助", err=True)
    click.echo(f"错误：{usage_text(error)['zh']}", err=True)


def usage_text(error: click.ClickException) -> Text:
    """What is wrong, in both languages; a sentence that is not known stays English."""
    said = error.format_message()
    about, sentence = "", said
    found = re.match(r"^Invalid value(?: for (.+?))?: ([\s\S]+)$", said)
    if found:
        about, sentence = f"{found[1] or ''} 的值无效：".lstrip(), found[2]
    return Text(said, about + _in_chinese(sentence))


def _in_chinese(sentence: str) -> str:
    for pattern, words in _SENTENCES:
        found = pattern.match(sentence)
        if found:
            offers = _OFFERS.search(sentence, found.end() - 1)
            more = f"；可选：{' '.join(offers[1].split())}" if offers else ""
            return found.expand(words) + more
    return sentence
