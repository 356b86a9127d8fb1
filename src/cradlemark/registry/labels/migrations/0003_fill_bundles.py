"""Bundles of the labels that are there, taken over from their claims."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from cradlemark.label.claim import read_claim

BATCH = 500


def fill(apps: StateApps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Take the digest of the bundle over from every claim."""
    labels = apps.get_model("labels", "Label").objects
    first = 0
    while batch := list(labels.filter(sequence__gte=first).order_by("sequence")[:BATCH]):
        for label in batch:
            label.bundle = read_claim(bytes(label.claim)).digests.bundle
        labels.bulk_update(batch, ["bundle"])
        first = batch[-1].sequence + 1


class Migration(migrations.Migration):
    """Forward only; apart from the columns, because PostgreSQL does not change a table whose rows were just changed."""

    dependencies = (("labels", "0002_bundles_and_benchmarks"),)
    operations = (migrations.RunPython(fill),)
