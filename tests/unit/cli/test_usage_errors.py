"""A call that cannot be understood is explained in Chinese to those who ask for it."""

from __future__ import annotations

import re

import pytest

from cradlemark.cli.main import run

HAN = re.compile(r"[㐀-鿿]")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("db exportt", "没有命令 exportt；可选：'export', 'import'"),
        ("db export name out.zip", "缺少选项 --format；可选：openlca, bw-processing"),
        ("db solve name more", "多余的参数：more"),
        ("db tree name", "缺少参数 PRODUCT"),
        ("db solve name --gwp AR9", "'--gwp' 的值无效：'AR9' 不是以下之一"),
        ("db solve name --limitt 3", "没有选项 --limitt；可选：'--limit'"),
        ("db export name out.zip --to x", "没有选项 --to；可选：'--store'"),
        ("db solve name --limit x", "'--limit' 的值无效：'x' 不是整数"),
        ("db draws name --draws 0", "'--draws' 的值无效：0 不在范围"),
        ("db import . --report .", "'--report' 的值无效：'.' 是文件夹"),
        ("compare examples/terminal-block", "给出第二项研究"),
    ],
)
def test_calls_that_cannot_be_understood(call: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*call.split(), "--lang", "zh"]) == 2
    said = capsys.readouterr().err
    assert words in said
    assert all(HAN.search(line) for line in said.splitlines())
    assert run([*call.split(), "--lang", "en"]) == 2
    assert not HAN.search(capsys.readouterr().err)
