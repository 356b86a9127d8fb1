"""Machines are updated one after the other: the release before goes on working on the schema of the new one, and no row is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import Error, connection, migrations, models, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from tests.conformance.schema_changes import (
    RELEASED,
    Rows,
    contractions,
    empty_database,
    migrations_since,
    own_apps,
    reversed_operations,
    targets,
)
from tests.registers import DATABASES, skip_unless_reachable

LAST = RELEASED["release"][-1]


def test_every_release_names_migrations_that_are_there() -> None:
    graph = MigrationLoader(None).graph
    for release in RELEASED["release"]:
        assert {(app, name) for app, name in release["last"].items()} <= set(graph.nodes), release["version"]
        assert set(release["last"]) <= set(own_apps())


def test_migrations_since_the_release_are_additive_or_listed() -> None:
    listed = {(one["migration"], one["operation"]): one for one in RELEASED.get("contraction", ())}
    found = list(contractions(migrations_since(LAST["last"])))
    assert set(found) <= set(listed), "the release before could not go on working"
    versions = [release["version"] for release in RELEASED["release"]]
    for one in listed.values():
        assert one["unused_since"] in versions, one
        assert one["reason"], one


def test_migrations_only_go_forward() -> None:
    assert reversed_operations(migrations_since({})) == []


@pytest.fixture(scope="module", params=DATABASES)
def updated(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A database of the last release with rows in it, brought to the newest schema; the models as they were then."""
    skip_unless_reachable(request.param)
    with empty_database(request.param, tmp_path_factory.mktemp("schema")):
        executor = MigrationExecutor(connection)
        then = targets(LAST["last"], executor)
        executor.migrate(then)
        state = executor.loader.project_state(then).apps
        rows = Rows(state, first=1)
        rows.write()
        before = rows.kept()
        assert set(before) >= {
            model._meta.label for label in own_apps() for model in state.get_app_config(label).get_models()
        }
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
        assert rows.kept() == before
        yield state


def test_release_before_works_on_the_new_schema(updated: Any) -> None:
    with transaction.atomic():
        Rows(updated, first=1000).write()
        connection.check_constraints()
        transaction.set_rollback(True)


class Later:
    """Migrations that somebody could write next, each with what the check has to say of it."""

    ADDITIVE = (
        migrations.AddField("site", "note", models.CharField(max_length=20, null=True)),
        migrations.AddField("site", "rank", models.IntegerField(db_default=0)),
        migrations.CreateModel("Nickname", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]),
        migrations.AddIndex("site", models.Index(fields=["place"], name="site_by_place")),
    )  # fmt: skip
    CONTRACTING = (
        migrations.AddField("site", "note", models.CharField(max_length=20, default="")),
        migrations.RemoveField("site", "place"),
        migrations.RenameField("site", "name_en", "english"),
        migrations.DeleteModel("Site"),
        migrations.RenameModel("Site", "Plant"),
        migrations.AddConstraint(
            "site", models.CheckConstraint(condition=models.Q(place="CN"), name="in_china")
        ),
    )


def later(operation: Operation) -> Migration:
    made = Migration("0099_later", "people")
    made.operations = [operation]
    return made


def tried(operation: Operation, state: Any) -> None:
    """Go forward by an operation, and write as the last release does; then take both back."""
    with connection.constraint_checks_disabled(), transaction.atomic():
        try:
            with connection.schema_editor() as editor:
                later(operation).apply(MigrationLoader(None).project_state(), editor)
            Rows(state, first=1000).write()
        finally:
            transaction.set_rollback(True)


@pytest.mark.parametrize("operation", Later.ADDITIVE, ids=str)
def test_what_adds_is_accepted(operation: Operation, updated: Any) -> None:
    assert list(contractions([later(operation)])) == []
    tried(operation, updated)


@pytest.mark.parametrize("operation", Later.CONTRACTING, ids=str)
def test_what_takes_away_is_noticed(operation: Operation, updated: Any) -> None:
    assert len(list(contractions([later(operation)]))) == 1
    with pytest.raises(Error):
        tried(operation, updated)


def test_a_way_back_is_noticed() -> None:
    assert reversed_operations([later(migrations.RunPython(_nothing, _nothing))])
    assert list(contractions([later(migrations.RunPython(_nothing))])) == [("people.0099_later", "RunPython")]


def _nothing(*_: object) -> None:
    pass
