"""Rule packs of the cases that are there, taken over from their sealed results."""

from __future__ import annotations

import json

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from cradlemark.footprint.bundle.archive import read_bundle


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take the rule pack over from every bundle."""
    for case in apps.get_model("cases", "Case").objects.select_related("revision").iterator():
        bundle = read_bundle(bytes(case.revision.bundle), where=f"case {case.number}")
        case.rule_pack = json.loads(bundle.parts["result.json"])["versions"]["rule_pack"]
        case.save(update_fields=["rule_pack"])


class Migration(migrations.Migration):
    """Forward only; apart from the column, because PostgreSQL does not change a table whose rows were just changed."""

    dependencies = (("cases", "0004_sampling"),)
    operations = (migrations.RunPython(fill),)
