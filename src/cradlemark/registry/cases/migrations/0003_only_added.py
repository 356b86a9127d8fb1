"""Rows are only added."""

from __future__ import annotations

from django.db import migrations

from cradlemark.registry.only_added import only_added


class Migration(migrations.Migration):
    """Forward only."""

    dependencies = (("cases", "0002_first"),)
    operations = (only_added("cases_casestep", "cases_declaration", "cases_reply", "cases_opinion"),)
