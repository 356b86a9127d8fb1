"""Steps are only added."""

from __future__ import annotations

from django.db import migrations

from cradlemark.registry.only_added import only_added


class Migration(migrations.Migration):
    """Forward only."""

    dependencies = (("complaints", "0002_handling"),)
    operations = (only_added("complaints_complaintstep"),)
