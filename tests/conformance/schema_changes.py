"""Whether a release can go on working on the schema of the next one: what a migration does is judged, and then tried."""

from __future__ import annotations

import datetime
import itertools
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps as installed
from django.db import models
from django.db.migrations import Migration, operations
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from tests.registers import database, execute

from cradlemark.registry.accreditation import triggers
from cradlemark.registry.home import Home, connect

RELEASED = tomllib.loads(Path(__file__).with_name("released.toml").read_text(encoding="utf-8"))
HARMLESS = (operations.AddIndex, operations.AlterModelOptions, operations.AlterModelManagers)
"""What no insert of before can notice."""
TIME = datetime.datetime(2026, 11, 29, 12, 0, tzinfo=datetime.UTC)


def own_apps() -> list[str]:
    """Labels of the apps whose migrations are ours."""
    return [one.label for one in installed.get_app_configs() if one.name.startswith("cradlemark.registry")]


def targets(last: Mapping[str, str], executor: MigrationExecutor) -> list[tuple[str, str]]:
    """Migrations that make the schema of a release, with everything of others."""
    own, leaves = set(own_apps()), executor.loader.graph.leaf_nodes()
    return [*last.items(), *(leaf for leaf in leaves if leaf[0] not in own)]


def migrations_since(last: Mapping[str, str]) -> list[Migration]:
    """Our own migrations after a release."""
    graph, own = MigrationLoader(None).graph, set(own_apps())
    known = {node for target in last.items() for node in graph.forwards_plan(target)}
    wanted = {node for leaf in graph.leaf_nodes() if leaf[0] in own for node in graph.forwards_plan(leaf)}
    return [graph.nodes[node] for node in sorted(wanted - known) if node[0] in own]


def contractions(migrations: Iterable[Migration]) -> Iterator[tuple[str, str]]:
    """Every operation that is not additive, as the migration and the operation have to be listed."""
    migrations = list(migrations)
    made = {
        (one.app_label, operation.name_lower)
        for one in migrations
        for operation in one.operations
        if isinstance(operation, operations.CreateModel)
    }
    for one in migrations:
        for operation in one.operations:
            if not _additive(operation, one.app_label, made):
                yield f"{one.app_label}.{one.name}", told(operation)


def told(operation: Operation) -> str:
    """An operation in a few words."""
    names = [getattr(operation, name, "") for name in ("model_name", "name", "old_name")]
    place = ".".join(dict.fromkeys(str(name).lower() for name in names if name))
    return f"{type(operation).__name__} {place}".strip()


def _additive(operation: Operation, app: str, made: set[tuple[str, str]]) -> bool:
    if isinstance(operation, (operations.CreateModel, *HARMLESS)):
        return True
    if (app, str(getattr(operation, "model_name", "")).lower()) in made:
        return True  # nobody writes into a table of this release yet
    if isinstance(operation, operations.AddField):
        field = operation.field
        return ((field.null or field.has_db_default()) and not field.unique) or field.many_to_many
    # Triggers that are renewed refuse what they refused before.
    return isinstance(operation, operations.RunPython) and operation.code.__module__ == triggers.__name__


def reversed_operations(migrations: Iterable[Migration]) -> list[str]:
    """Operations with a way back that somebody wrote: it would lose what has come since."""
    found = []
    for one in migrations:
        for operation in one.operations:
            way = getattr(operation, "reverse_code", None) or getattr(operation, "reverse_sql", None)
            if way is not None:
                found.append(f"{one.app_label}.{one.name} {told(operation)}")
    return found


@contextmanager
def empty_database(kind: str, folder: Path) -> Iterator[None]:
    """A database without any table."""
    name = f"cradlemark_schema_{folder.name[-8:].lower()}_{id(folder):x}" if kind == "postgresql" else ""
    name = "".join(character if character.isalnum() else "_" for character in name)
    if name:
        execute(f"CREATE DATABASE {name}")
    try:
        with database(name):
            connect(Home(folder, "labels.example.org"))
            yield
    finally:
        if name:
            execute(f"DROP DATABASE {name} WITH (FORCE)")


class Rows:
    """One row in each table, written with the columns of one release.

    Parameters
    ----------
    state : StateApps
        Models as they were then; the database may have gone on since.
    """

    def __init__(self, state: Any, *, first: int) -> None:
        self.state, self.numbers = state, itertools.count(first)
        self.written: dict[str, models.Model] = {}

    def write(self) -> None:
        """Write them; of tables that lead to others the others first."""
        for label in own_apps():
            for model in self.state.get_app_config(label).get_models():
                self._row(model)

    def _row(self, model: type[models.Model], *, other: bool = False) -> models.Model:
        name = f"{model._meta.label}, another" if other else model._meta.label
        if name not in self.written:
            values = {field.name: self._value(field) for field in model._meta.local_fields if _needed(field)}
            values |= {
                also: self._value(model._meta.get_field(also)) for also in ALSO.get(model._meta.label, ())
            }
            values |= GIVEN.get(model._meta.label, {})
            if model._meta.label in SINGLE:
                self.written[name], _ = model.objects.update_or_create(pk=1, defaults=values)
            else:
                self.written[name] = model.objects.create(**values)
        return self.written[name]

    def _value(self, field: models.Field[Any, Any]) -> Any:
        if field.is_relation:
            return self._row(field.related_model, other=f"{field.model._meta.label}.{field.name}" in ANOTHER)
        if field.name == "rule_pack":
            return "pack"
        if place := DAYS.get(f"{field.model._meta.label}.{field.name}"):
            time = TIME + datetime.timedelta(days=place)
            return time if isinstance(field, models.DateTimeField) else time.date()
        if field.choices:
            return field.choices[0][0]
        number = next(self.numbers)
        return next(made(number, field) for kind, made in VALUES.items() if isinstance(field, kind))

    def kept(self) -> dict[str, dict[str, Any]]:
        """What stands in the columns of then."""
        found = {}
        for name, row in self.written.items():
            (values,) = type(row).objects.filter(pk=row.pk).values()
            found[name] = {
                key: bytes(value) if isinstance(value, memoryview) else value for key, value in values.items()
            }
        return found


ALSO = {"cases.Opinion": ("body", "rule_pack", "accreditation")}
"""Columns that may be empty, but not in a row that the register accepts."""
GIVEN: dict[str, dict[str, Any]] = {"operation.Freeze": {"active": False}}
"""Of freezes only one holds at a time: the rows are of those that are over."""
ANOTHER = {"access.FactorReset.asked_by"}
"""References that may not lead to the same row as others of their table."""
SINGLE = {"search.Clock"}
"""Tables with one row, number 1."""
DAYS = {
    "accreditation.Accreditation.valid_from": -1, "accreditation.Accreditation.valid_until": 1, "accreditation.AccreditationEnd.time": 1,
}  # fmt: skip
"""Opinions need an accreditation that holds on their day."""
VALUES = {
    models.BooleanField: lambda number, field: True,
    models.IntegerField: lambda number, field: number,
    models.FloatField: lambda number, field: 0.5,
    models.DateTimeField: lambda number, field: TIME,
    models.DateField: lambda number, field: TIME.date(),
    models.BinaryField: lambda number, field: b"%d" % number,
    models.JSONField: lambda number, field: {"number": number},
    models.EmailField: lambda number, field: f"p{number}@example.org",
    models.CharField: lambda number, field: f"{number}"[: field.max_length],
    models.TextField: lambda number, field: f"{number}",
    models.Field: lambda number, field: f"{number}",
}  # fmt: skip


def _needed(field: models.Field[Any, Any]) -> bool:
    """Whether a row cannot do without it; one of its names has to be there."""
    single = field.primary_key and field.model._meta.label in SINGLE
    return field.name == "name_en" or not (field.null or field.blank or field.has_default() or single)
