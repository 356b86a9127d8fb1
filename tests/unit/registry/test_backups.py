"""A backup holds everything in one state; restoring it never forks the log."""

from __future__ import annotations

import datetime
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.registers import DATABASES, database, execute, skip_unless_reachable
from tests.unit.registry.builders import NOW, numbered

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.registry.home import Home

PASSPHRASE = "several words in a row"
LATER = NOW + datetime.timedelta(days=1)


def refused(code: str) -> Any:
    return pytest.raises(CradlemarkError, check=lambda error: error.code == code)


def issue(count: int, home: Home, *, prefix: str = "case") -> None:
    from cradlemark.registry.labels.issue import IssueRequest
    from cradlemark.registry.labels.issue import issue as issue_all
    from cradlemark.registry.labels.sign import credential_signer
    from cradlemark.registry.publication.publish import publish_all

    sign = credential_signer(home, passphrase=PASSPHRASE, time=NOW).label
    issue_all(
        [IssueRequest(f"{prefix} {n}", numbered) for n in range(count)], mark="DEMO", time=NOW, sign=sign
    )
    publish_all(home, passphrase=PASSPHRASE, time=NOW)


@pytest.fixture
def filled(home: Home) -> Home:
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.people.models import User

    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    User.objects.create_user("officer@example.org", name="Officer 官员")
    issue(3, home)
    return home


def contents(home: Home) -> dict[str, list[str]]:
    """Every row of every table that a backup keeps."""
    from django.apps import apps

    from cradlemark.registry.operation.rows import lines_of, tables_of

    return {model._meta.db_table: list(lines_of(model)) for model in tables_of(apps)}


def backed_up(home: Home, folder: Path, **options: Any) -> Any:
    from cradlemark.registry.operation.backup import back_up

    return back_up(home, folder, time=NOW, **options)


def restored(backup: Path, folder: Path, **options: Any) -> Any:
    from cradlemark.registry.operation.restore import check_backup, restore

    return restore(backup, folder, check_backup(backup, folder, **options), time=LATER)


@contextmanager
def elsewhere(kind: str, name: str) -> Iterator[None]:
    """An empty database of this kind."""
    if kind == "sqlite":
        with database(""):
            yield
        return
    execute(f"CREATE DATABASE {name}")
    try:
        with database(name):
            yield
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("into", DATABASES)
def test_everything_comes_back_on_either_database(filled: Home, tmp_path: Path, into: str) -> None:
    skip_unless_reachable(into)
    before = contents(filled)
    made = backed_up(filled, tmp_path / "backup", keys=True)
    assert made.manifest.labels == 3
    assert made.files > 20
    with elsewhere(into, f"cradlemark_service_{os.getpid()}"):
        restored(tmp_path / "backup", tmp_path / "second")
        second = Home(tmp_path / "second", filled.origin)
        assert contents(second) == before
        assert published(second) == published(filled)
        # and it goes on: numbers, log and files continue where they were
        issue(2, second, prefix="later")
        from cradlemark.registry.labels.models import Label
        from cradlemark.registry.log.models import Entry
        from cradlemark.registry.search.models import Row

        assert list(Label.objects.values_list("sequence", flat=True)) == [0, 1, 2, 3, 4]
        assert Row.objects.count() == 5
        with pytest.raises(Exception, match="only grows"):
            Entry.objects.update(kind="other")


def published(home: Home) -> dict[str, bytes]:
    return {
        path.relative_to(home.public).as_posix(): path.read_bytes()
        for path in home.public.rglob("*")
        if path.is_file()
    }


def test_backup_is_one_state_while_others_write(filled: Home, tmp_path: Path) -> None:
    import threading

    from django.db import connection

    from cradlemark.registry.operation import backup as module
    from cradlemark.registry.operation.snapshot import snapshot
    from cradlemark.registry.people.models import User

    def add() -> None:
        User.objects.create_user("late@example.org")
        connection.close()

    with snapshot():
        assert User.objects.count() == 1
        other = threading.Thread(target=add)
        other.start()
        other.join(20)
        assert not other.is_alive(), "a backup keeps nobody from writing"
        assert User.objects.count() == 1
    assert User.objects.count() == 2
    assert module.back_up(filled, tmp_path / "b", time=NOW).manifest.tables["people_user"] == 2


def test_private_keys_go_along_only_when_asked(filled: Home, tmp_path: Path) -> None:
    backed_up(filled, tmp_path / "without")
    assert not (tmp_path / "without" / "keys").exists()
    backed_up(filled, tmp_path / "with", keys=True)
    kept = list((tmp_path / "with" / "keys").iterdir())
    assert len(kept) == 3
    assert all(b"ENCRYPTED PRIVATE KEY" in path.read_bytes() for path in kept)
    with refused("backup-exists"):
        backed_up(filled, tmp_path / "with")


@pytest.mark.parametrize("harm", ["changed", "missing", "added", "list"])
def test_damaged_backup_is_refused(filled: Home, tmp_path: Path, harm: str) -> None:
    made = backed_up(filled, tmp_path / "backup")
    victim = tmp_path / "backup" / "database" / "labels_label.jsonl"
    if harm == "changed":
        victim.write_text(victim.read_text().replace('"active"', '"revoked"', 1))
    elif harm == "missing":
        victim.unlink()
    elif harm == "added":
        (tmp_path / "backup" / "public" / "new.html").write_text("x")
    else:
        from cradlemark.registry.operation.manifest import write_digests

        victim.write_text(victim.read_text().replace('"active"', '"revoked"', 1))
        write_digests(tmp_path / "backup")
    with database(""), refused("backup-damaged"):
        restored(tmp_path / "backup", tmp_path / "second", digest=made.digest)
    assert not (tmp_path / "second").exists()


def test_old_backup_is_not_restored_over_a_log_that_went_on(filled: Home, tmp_path: Path) -> None:
    backed_up(filled, tmp_path / "backup")
    issue(1, filled, prefix="later")
    with refused("log-behind"):
        restored(tmp_path / "backup", filled.folder, replace=True)
    kept = tmp_path / "checkpoint"
    shutil.copyfile(filled.public / "log" / "checkpoint", kept)
    from cradlemark.registry.operation.forks import seen_in

    with refused("log-behind"):
        seen = seen_in(kept.read_bytes(), Text("kept", "保存"))
        restored(tmp_path / "backup", tmp_path / "elsewhere", checkpoints=[seen], replace=True)


def test_backup_of_another_history_is_refused(filled: Home, tmp_path: Path) -> None:
    backed_up(filled, tmp_path / "backup")
    kept = (filled.public / "log" / "checkpoint").read_bytes()
    from cradlemark.registry.operation.forks import seen_in

    seen = seen_in(kept, Text("kept", "保存"))
    import attrs

    other = attrs.evolve(seen, checkpoint=attrs.evolve(seen.checkpoint, root=b"\0" * 32))
    strange = attrs.evolve(seen, checkpoint=attrs.evolve(seen.checkpoint, origin="example.org/other"))
    for one in (other, strange):
        with refused("log-fork"):
            restored(tmp_path / "backup", tmp_path / "elsewhere", checkpoints=[one], replace=True)


def test_register_in_the_way_is_replaced_only_when_asked_and_kept(filled: Home, tmp_path: Path) -> None:
    from django.db import connection

    backed_up(filled, tmp_path / "backup")
    with refused("home-exists"):
        restored(tmp_path / "backup", filled.folder)
    done = restored(tmp_path / "backup", filled.folder, replace=True)
    assert done.kept is not None
    assert (done.kept / "public" / "log" / "checkpoint").is_file()
    assert (filled.folder / "keys" / "log-1.pem").is_file(), "keys that are not in the backup stay"
    issue(1, filled, prefix="later")
    if connection.vendor == "sqlite":
        assert (done.kept / "registry.sqlite3").is_file()


def test_backup_of_another_release_is_refused(filled: Home, tmp_path: Path) -> None:
    from cradlemark.registry.operation.manifest import write_digests

    backed_up(filled, tmp_path / "backup")
    path = tmp_path / "backup" / "backup.json"
    document = json.loads(path.read_bytes())
    document["migrations"]["labels"].append("0099_future")
    path.write_text(json.dumps(document))
    write_digests(tmp_path / "backup")
    with refused("backup-newer"):
        restored(tmp_path / "backup", tmp_path / "second", replace=True)
    path.write_text("{}")
    with refused("backup-invalid"):
        restored(tmp_path / "backup", tmp_path / "second", replace=True)


def test_witness_that_has_seen_more_stops_a_restore(filled: Home, tmp_path: Path) -> None:
    from tests.unit.registry.builders import SIGNER

    from cradlemark.registry.operation.forks import ask_witnesses
    from cradlemark.registry.witnesses.configure import add_witness
    from cradlemark.trust.notes import WITNESS_KEY, key_of

    add_witness(
        "w", str(key_of("w.example/1", SIGNER, kind=WITNESS_KEY)), "http://w.example", quorum=0, time=NOW
    )
    backed_up(filled, tmp_path / "backup")
    note = (tmp_path / "backup" / "public" / "log" / "checkpoint").read_bytes()
    tables = tmp_path / "backup" / "database"

    def answering(status: int, body: bytes = b"") -> list[str]:
        return ask_witnesses(tables, note, post=lambda _address, _body: (status, body))

    def silent(_address: str, _body: bytes) -> tuple[int, bytes]:
        raise OSError("no route")

    assert answering(200) == ["w"]
    assert answering(409, b"3\n") == ["w"]
    with refused("log-behind"):
        answering(409, b"1000\n")
    with refused("log-fork"):
        answering(422)
    for status in (403, 500):
        with refused("witness-unreachable"):
            answering(status)
    with refused("witness-unreachable"):
        ask_witnesses(tables, note, post=silent)
