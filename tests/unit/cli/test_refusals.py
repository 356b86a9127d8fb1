"""Errors are rendered when the command is over, in the language that it was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from cradlemark.cli.main import run


def told(capsys: pytest.CaptureFixture[str], *call: str) -> str:
    assert run(list(call)) == 2
    return capsys.readouterr().err


def test_the_language_of_the_command_is_that_of_its_refusal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "notes.txt"
    other.write_text("nothing", encoding="utf-8")
    chinese = "错误 notes.txt：数据源不是可读取的任何一种格式 [file-format]\n      修正：给出原样导出的"
    english = "error notes.txt: the source has none of the formats that are read [file-format]\n      repair: give a"
    assert told(capsys, "db", "import", str(other), "--lang", "zh").startswith(chinese)
    assert told(capsys, "db", "import", str(other), "--lang", "en").startswith(english)
    monkeypatch.setenv("CRADLEMARK_LANG", "zh")
    assert told(capsys, "db", "import", str(other)).startswith(chinese)
    assert told(capsys, "db", "import", str(other), "--lang", "en").startswith(english)


def test_several_problems_with_their_places(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    mapping = tmp_path / "choices.csv"
    mapping.write_text("flow,provider,colour\na,b,red\n,c,\n", encoding="utf-8")
    said = told(capsys, "db", "check", str(tmp_path), "--mapping", str(mapping), "--lang", "zh")
    assert said.startswith("2 个问题\n错误 choices.csv, 第 2 行：colour 在映射文件中没有意义 [mapping-field]")
    assert "错误 choices.csv, 第 3 行：缺少流 [value-missing]" in said


def test_what_the_system_refuses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    said = told(capsys, "db", "template", str(tmp_path / "file" / "new.xlsx"), "--lang", "zh")
    assert said.endswith(
        "系统提示：不是文件夹 [system-refused]\n      修正：检查名称、文件夹权限和剩余空间\n"
    )
    assert said.startswith(f"错误 {tmp_path / 'file' / 'new.xlsx'}：")
