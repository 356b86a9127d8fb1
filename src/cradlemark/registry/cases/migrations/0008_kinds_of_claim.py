"""What a case applies for; cases of before applied for footprints."""

import django.db.models.deletion
from django.db import migrations, models

from cradlemark.registry.accreditation.triggers import accreditation_triggers


class Migration(migrations.Migration):
    dependencies = [
        ("accreditation", "0002_triggers"),
        ("cases", "0007_checklist_ticks"),
        ("labels", "0003_fill_bundles"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="baseline",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reductions",
                to="labels.label",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="kind",
            field=models.CharField(
                choices=[("footprint", "footprint"), ("reduction", "reduction"), ("grade", "grade")],
                db_default="footprint",
                max_length=20,
            ),
        ),
        accreditation_triggers(),  # SQLite has made the table anew
    ]
