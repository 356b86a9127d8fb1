"""Tables whose rows are only added: the database itself refuses to change or delete one."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def only_added(*tables: str) -> migrations.RunPython:
    """Operation of a migration that installs the triggers for these tables, on the database at hand."""

    def install(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        for table in tables:
            for statement in _STATEMENTS[editor.connection.vendor]:
                editor.execute(statement.format(table=table))

    return migrations.RunPython(install)


_STATEMENTS = {
    "sqlite": (
        "CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} only grows'); END",
        "CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table} only grows'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION {table}_only_grows() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION '{table} only grows'; END $$ LANGUAGE plpgsql",
        "CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_only_grows()",
    ),
}
