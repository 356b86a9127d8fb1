"""The database refuses verifiers and opinions without accreditation, and changes of accreditations."""

from __future__ import annotations

from django.db import migrations

from cradlemark.registry.accreditation.triggers import accreditation_triggers
from cradlemark.registry.only_added import only_added


class Migration(migrations.Migration):
    """Forward only."""

    dependencies = (
        ("accreditation", "0001_first"),
        ("cases", "0006_opinions_under_accreditation"),
    )
    operations = (
        only_added("accreditation_accreditation", "accreditation_accreditationend"),
        accreditation_triggers(),
    )
