"""The bundle of a label as a column, and benchmark sets."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Forward only."""

    dependencies = (("labels", "0001_first"), ("log", "0002_only_added"))
    operations = (
        migrations.AddField("label", "bundle", models.CharField(db_index=True, default="", max_length=80)),
        migrations.CreateModel(
            name="Benchmark",
            fields=[
                ("digest", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("comparability", models.CharField(max_length=40)),
                ("version", models.PositiveIntegerField()),
                ("content", models.BinaryField()),
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="benchmark", to="log.entry"
                    ),
                ),
            ],
            options={
                "ordering": ("comparability", "version"),
                "constraints": (
                    models.UniqueConstraint(fields=("comparability", "version"), name="one_of_each_version"),
                ),
            },
        ),
    )
