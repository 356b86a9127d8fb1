"""``cradlemark rules``: lists, shows and prints packs in both languages; errors end with code 2."""

import pytest

from cradlemark.cli.main import run
from cradlemark.rules.checklist import checklist
from cradlemark.rules.pack import load_pack, pack_ids

OWN = """
[pack]
id = "own"
extends = "iso-14067-2018"
version = "1"
standard = "Own rules, edition 1"
title = { en = "Own rules", zh = "自有规则" }
status = "unverified"
source = "Own product category rule"
status_note = { en = "Draft.", zh = "草案。" }
"""


def test_list_names_every_pack_and_its_status(capsys):
    assert run(["rules", "list", "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(pack_ids())
    assert all("unverified" in line for line in lines)


@pytest.mark.parametrize("pack_id", pack_ids())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_show(capsys, pack_id, language):
    assert run(["rules", "show", pack_id, "--lang", language]) == 0
    out = capsys.readouterr().out
    pack = load_pack(pack_id)
    assert pack.digest in out
    assert pack.status_note[language] in out
    assert all(check.id in out and check.title[language] in out for check in pack.checks)
    assert "6.4.9.4 (seen)" in out


@pytest.mark.parametrize("language", ["en", "zh"])
def test_checklist(capsys, language):
    assert run(["rules", "checklist", "en-50693-2019", "--lang", language]) == 0
    assert capsys.readouterr().out == checklist(load_pack("en-50693-2019"), language)


def test_a_pack_of_ones_own(capsys, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(OWN, encoding="utf-8")
    assert run(["rules", "show", str(path), "--lang", "zh"]) == 0
    assert "自有规则" in capsys.readouterr().out


def test_unknown_pack(capsys):
    assert run(["rules", "show", "iso-9999"]) == 2
    error = capsys.readouterr().err
    assert "there is no rule pack 'iso-9999'" in error
    assert "iso-14067-2018" in error


def test_every_problem_of_a_wrong_pack_is_printed(capsys, tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        OWN + '[checks.period-length]\nseverity = "fatal"\ncondition = "nothing > 0"\n', encoding="utf-8"
    )
    assert run(["rules", "checklist", str(path)]) == 2
    error = capsys.readouterr().err
    assert "2 problems" in error
    assert "own.toml: checks.period-length.severity" in error
    assert "own.toml: checks.period-length.condition" in error
