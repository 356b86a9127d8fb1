"""The commands of whoever runs a register, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.admin import admin
from cradlemark.cli.log import log
from cradlemark.core.errors import CradlemarkError

PASSPHRASE = "several words in a row"


def run(command: object, *arguments: object) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])  # type: ignore[arg-type]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("CRADLEMARK_PASSPHRASE", PASSPHRASE)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795867200")
    folder = tmp_path / "home"
    done = run(log, "init", folder, "--origin", "example.org/labels")
    assert done.exit_code == 0, done.output
    yield folder
    from django.db import connections

    connections.close_all()


def test_backup_and_restore(home: Path, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    made = run(admin, "backup", home, backup, "--keys", "--lang", "zh")
    assert "备份" in made.output
    digest = made.output.split()[-1].rpartition("：")[2]
    tried = run(admin, "restore", backup, home, "--digest", digest, "--dry-run")
    assert "it would replace" in tried.output
    assert "Nothing was changed." in tried.output
    assert run(admin, "restore", backup, home).exception.code == "home-exists"  # type: ignore[union-attr]
    wrong = run(admin, "restore", backup, tmp_path / "second", "--digest", "0" * 64)
    assert isinstance(wrong.exception, CradlemarkError)
    assert wrong.exception.code == "backup-damaged"
    done = run(admin, "restore", backup, tmp_path / "second", "--digest", digest)
    assert "restored into" in done.output
    assert "7 entries in 3 files" in run(admin, "audit", tmp_path / "second").output
    assert run(log, "tick", tmp_path / "second").exit_code == 0


def test_frozen_register_ticks_without_doing_anything(home: Path) -> None:
    checkpoint = (home / "public" / "log" / "checkpoint").read_bytes()
    done = run(admin, "freeze", home, "--reason", "Moving.", "--reason-zh", "迁移。", "--hours", "1")
    assert "frozen" in done.output
    ticked = run(log, "tick", home, "--lang", "zh")
    assert ticked.exit_code == 0
    assert "迁移" in ticked.output
    appended = run(log, "append", home, "--kind", "rules", home / "programme.toml")
    assert appended.exception.code == "register-frozen"  # type: ignore[union-attr]
    assert (home / "public" / "log" / "checkpoint").read_bytes() == checkpoint
    assert run(admin, "unfreeze", home).exit_code == 0
    assert run(log, "append", home, "--kind", "rules", home / "programme.toml").exit_code == 0


def test_audit_as_json_names_what_is_wrong(home: Path) -> None:
    sound = json.loads(run(admin, "audit", home, "--json").output)
    assert sound["problems"] == []
    (home / "public" / "log" / "checkpoint").write_text("nothing\n")
    wrong = run(admin, "audit", home, "--json")
    assert wrong.exit_code != 0
    assert json.loads(wrong.output)["problems"]


def test_keys_are_renewed_as_if_they_were_stolen(home: Path) -> None:
    before = (home / "public" / "trust.json").read_bytes()
    tried = run(admin, "reissue-keys", home, "--dry-run")
    assert "key log-1 would be replaced" in tried.output
    assert (home / "public" / "trust.json").read_bytes() == before
    done = run(admin, "reissue-keys", home, "--purpose", "credential")
    assert "key credential-2 replaces credential-1" in done.output
    keys = json.loads((home / "public" / "trust.json").read_bytes())["keys"]
    assert {key["id"]: key["compromised"] for key in keys}["credential-1"] is True
    assert run(admin, "audit", home).exit_code == 0


def test_support_is_for_people_of_the_programme_who_are_there(home: Path) -> None:
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import Organisation, User

    missing = run(admin, "support", home, "anna@example.org")
    assert (missing.exit_code, "person-unknown" in str(missing.exception or missing.output)) == (
        missing.exit_code,
        True,
    )
    anna = User.objects.create_user("anna@example.org")
    assert run(admin, "support", home, "anna@example.org").exit_code != 0
    office = Organisation.objects.create(kind="programme", name_en="Office", place="CN")
    join(anna, office, "officer")
    done = run(admin, "support", home, "Anna@example.org")
    assert "https://example.org/labels/support/" in done.output
    assert "不可" in run(admin, "support", home, "anna@example.org", "--end", "--lang", "zh").output
    assert not User.objects.get(email="anna@example.org").is_staff
    tags = list(Event.objects.filter(tag__startswith="access:support:").values_list("tag", flat=True))
    assert tags == ["access:support:give", "access:support:take"]


def test_first_officer_is_invited_by_a_link_that_is_kept_nowhere(home: Path) -> None:
    from cradlemark.registry.access.models import Invitation

    done = run(admin, "create-operator", home, "--email", "Officer@Example.org")
    secret = done.output.rstrip("/\n").rpartition("/")[2]
    assert "https://example.org/labels/invitation/" in done.output
    made = Invitation.objects.get()
    assert (made.email, made.organisation.kind) == ("officer@example.org", "programme")
    assert secret not in str(list(Invitation.objects.values()))
    again = run(admin, "create-operator", home, "--role", "decision_maker", "--lang", "zh")
    assert "邀请" in again.output
    assert len(set(Invitation.objects.values_list("organisation", flat=True))) == 1
