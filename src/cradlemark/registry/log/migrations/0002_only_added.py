"""Rows of the log are only added: the database refuses to change or delete one."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = (
    "CREATE TRIGGER log_entry_no_update BEFORE UPDATE ON log_entry BEGIN SELECT RAISE(ABORT, 'the log only grows'); END",
    "CREATE TRIGGER log_entry_no_delete BEFORE DELETE ON log_entry BEGIN SELECT RAISE(ABORT, 'the log only grows'); END",
)
POSTGRESQL = (
    "CREATE FUNCTION log_only_grows() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'the log only grows'; END $$ LANGUAGE plpgsql",
    "CREATE TRIGGER log_entry_kept BEFORE UPDATE OR DELETE ON log_entry FOR EACH ROW EXECUTE FUNCTION log_only_grows()",
)


def forbid(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Install the triggers of the database at hand."""
    statements = {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]
    for statement in statements:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Forward only."""

    dependencies = (("log", "0001_first"),)
    operations = (migrations.RunPython(forbid),)
