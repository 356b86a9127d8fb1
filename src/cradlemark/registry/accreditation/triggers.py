"""What the database itself refuses: a verifier or an opinion without an accreditation that holds at that time.

SQLite drops the trigger of a table together with the table when a later migration makes it anew; such a migration has to run
`accreditation_triggers` again after it.
"""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "no accreditation holds for this verifier and rule pack"
_HOLDS = """EXISTS (SELECT 1 FROM accreditation_accreditation a WHERE a.organisation_id = NEW.body_id
 AND (a.user_id IS NULL OR a.user_id = NEW.{person}) AND a.rule_pack = NEW.rule_pack
 AND {day} BETWEEN a.valid_from AND a.valid_until
 AND NOT EXISTS (SELECT 1 FROM accreditation_accreditationend e WHERE e.accreditation_id = a.id AND e.time <= NEW.{time}))"""
_OTHER = "(OLD.verifier_id IS DISTINCT FROM NEW.verifier_id OR OLD.body_id IS DISTINCT FROM NEW.body_id)"
_OTHER_SQLITE = "(OLD.verifier_id IS NOT NEW.verifier_id OR OLD.body_id IS NOT NEW.body_id)"


def accreditation_triggers() -> migrations.RunPython:
    """Operation of a migration that installs the triggers, or renews them."""

    def install(_apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        statements = _sqlite() if editor.connection.vendor == "sqlite" else _postgresql()
        for statement in statements:
            editor.execute(statement)

    return migrations.RunPython(install)


def _sqlite() -> list[str]:
    made = []
    for name, event, table, when, person, time in (
        ("case_made", "INSERT", "cases_case", "NEW.verifier_id IS NOT NULL", "verifier_id", "assigned"),
        ("case", "UPDATE", "cases_case", f"NEW.verifier_id IS NOT NULL AND {_OTHER_SQLITE}", "verifier_id", "assigned"),
        ("opinion", "INSERT", "cases_opinion", "1", "author_id", "time"),
    ):  # fmt: skip
        holds = _HOLDS.format(person=person, time=time, day=f"date(NEW.{time})")
        made += [
            f"DROP TRIGGER IF EXISTS accredited_{name}",
            (
                f"CREATE TRIGGER accredited_{name} BEFORE {event} ON {table} WHEN {when} AND NOT {holds} "
                f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            ),
        ]
    return made


def _postgresql() -> list[str]:
    made = []
    for table, event, when, person, time in (
        ("cases_case", "INSERT OR UPDATE", f"NEW.verifier_id IS NOT NULL AND (TG_OP = 'INSERT' OR {_OTHER})", "verifier_id", "assigned"),
        ("cases_opinion", "INSERT", "TRUE", "author_id", "time"),
    ):  # fmt: skip
        holds = _HOLDS.format(person=person, time=time, day=f"(NEW.{time} AT TIME ZONE 'UTC')::date")
        made += [
            (f"CREATE OR REPLACE FUNCTION {table}_accredited() RETURNS trigger AS $$ BEGIN IF {when} AND NOT {holds} THEN "
            f"RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$ LANGUAGE plpgsql"),
            f"DROP TRIGGER IF EXISTS {table}_accredited ON {table}",
            f"CREATE TRIGGER {table}_accredited BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_accredited()",
        ]  # fmt: skip
    return made
