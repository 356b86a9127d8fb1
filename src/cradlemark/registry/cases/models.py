"""A case with everything that happens in it; the database holds the separation of duties too."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q

from cradlemark.registry.accreditation.models import Accreditation
from cradlemark.registry.labels.models import Label
from cradlemark.registry.people.models import Organisation
from cradlemark.registry.studies.models import Product, Revision

SEVERITIES = ("major", "minor", "observation")
OPINIONS = ("unmodified", "modified", "adverse", "disclaimer")
KINDS = ("footprint", "reduction", "grade")
"""Kinds of claim that can be applied for."""


def _person(related: str) -> models.ForeignKey[object, object]:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name=related
    )


class Case(models.Model):
    """One application for a label."""

    number = models.PositiveBigIntegerField(unique=True)
    """Running number within the programme, without gaps."""
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="cases")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="cases")
    """What is verified now; earlier ones stand in the steps."""
    applicant = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="cases")
    rule_pack = models.CharField(max_length=120, default="", blank=True)
    """Id of the rule pack that the revision follows."""
    kind = models.CharField(max_length=20, choices=[(name, name) for name in KINDS], db_default="footprint")
    """What is applied for; it stays as it was handed in."""
    baseline = models.ForeignKey(Label, null=True, on_delete=models.PROTECT, related_name="reductions")
    """Earlier label of the same product that a reduction is claimed against; none for other kinds."""
    request = models.CharField(max_length=100, unique=True)
    """Idempotency key of the submission."""
    state = models.CharField(max_length=30, db_index=True)
    body = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="verifications")
    practitioner = _person("+")
    verifier = _person("+")
    reviewer = _person("+")
    decider = _person("+")
    assigned = models.DateTimeField(null=True)
    """When the present verifier was chosen."""
    assurance = models.CharField(max_length=20, blank=True)
    materiality = models.FloatField(null=True)
    """Largest misstatement that does not matter [0-1]; set when the verification is planned."""
    label = models.OneToOneField(Label, null=True, on_delete=models.PROTECT, related_name="case")
    submitted = models.DateTimeField()

    class Meta:
        """Four eyes, and nobody verifies an own product."""

        ordering = ("number",)
        constraints = (
            CheckConstraint(condition=Q(body=None) | ~Q(body=F("applicant")), name="verifier_not_applicant"),
            CheckConstraint(
                condition=Q(verifier=None) | Q(practitioner=None) | ~Q(verifier=F("practitioner")),
                name="verifier_not_practitioner",
            ),
            CheckConstraint(
                condition=Q(reviewer=None) | Q(verifier=None) | ~Q(reviewer=F("verifier")),
                name="reviewer_not_verifier",
            ),
            CheckConstraint(
                condition=Q(decider=None) | Q(verifier=None) | ~Q(decider=F("verifier")),
                name="decider_not_verifier",
            ),
            CheckConstraint(
                condition=Q(decider=None) | Q(reviewer=None) | ~Q(decider=F("reviewer")),
                name="decider_not_reviewer",
            ),
        )

    def __str__(self) -> str:
        return f"case {self.number}"


class CaseStep(models.Model):
    """A step that was taken; nothing is overwritten."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    step = models.CharField(max_length=30)
    source = models.CharField(max_length=30, blank=True)
    state = models.CharField(max_length=30)
    role = models.CharField(max_length=30)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=2000)
    time = models.DateTimeField()

    class Meta:
        """Steps stand in the order in which they were taken."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"case {self.case_id} {self.step}"


class Declaration(models.Model):
    """A verifier's declaration about conflicts of interest in a case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="declarations")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)
    conflict = models.BooleanField(null=True)
    """Whether the person declares that there is one: then the programme has to choose somebody else; null before it could be said."""
    time = models.DateTimeField()

    class Meta:
        """Each person declares once."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("case", "user"), name="declared_once"),)

    def __str__(self) -> str:
        return f"case {self.case_id} declaration {self.user_id}"


class SeenLine(models.Model):
    """A line of the result that a verifier has looked at; it counts as long as the line stays as it was."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="seen_lines")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    line = models.CharField(max_length=80)
    """Digest of everything that the line says."""
    time = models.DateTimeField()

    class Meta:
        """Each line once for each person."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("case", "user", "line"), name="line_seen_once"),)

    def __str__(self) -> str:
        return f"case {self.case_id} line {self.line[:19]}"


class ChecklistTick(models.Model):
    """A verifier looked at a check of the rule pack in one revision, or takes that back; nothing is overwritten."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="ticks")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=120)
    """Id of the check of the rule pack."""
    done = models.BooleanField()
    note = models.CharField(max_length=1000, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()

    class Meta:
        """The last one counts."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"case {self.case_id} check {self.rule}"


class Finding(models.Model):
    """What a verifier found, at a place of the study."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="findings")
    number = models.PositiveIntegerField()
    severity = models.CharField(max_length=20, choices=[(name, name) for name in SEVERITIES])
    place = models.CharField(max_length=300)
    """Path into the study, for example ``components[3].material.net_mass``; empty for the whole study."""
    rule = models.CharField(max_length=120, blank=True)
    """Id of the check of the rule pack."""
    text = models.TextField(max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()
    closed = models.DateTimeField(null=True)
    closed_by = _person("+")

    class Meta:
        """Numbered within their case."""

        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="finding_once"),
            CheckConstraint(condition=Q(severity__in=SEVERITIES), name="finding_severity_known"),
        )

    def __str__(self) -> str:
        return f"case {self.case_id} finding {self.number}"


class Reply(models.Model):
    """An answer to a finding."""

    finding = models.ForeignKey(Finding, on_delete=models.PROTECT, related_name="replies")
    text = models.TextField(max_length=4000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30)
    time = models.DateTimeField()

    class Meta:
        """Answers stand in the order in which they were given."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"finding {self.finding_id} reply {self.pk}"


class Opinion(models.Model):
    """The verification opinion on one revision: a document that is known by its digest."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="opinions")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=[(name, name) for name in OPINIONS])
    document = models.BinaryField()
    """Canonical document: what was verified, to which level, what was recomputed, by whom."""
    digest = models.CharField(max_length=80)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()
    body = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    rule_pack = models.CharField(max_length=120, null=True)
    accreditation = models.ForeignKey(
        Accreditation, null=True, on_delete=models.PROTECT, related_name="opinions"
    )
    """Under which it was given; null for opinions of before accreditations were kept."""

    class Meta:
        """The last one counts."""

        ordering = ("id",)
        constraints = (CheckConstraint(condition=Q(kind__in=OPINIONS), name="opinion_kind_known"),)

    def __str__(self) -> str:
        return f"case {self.case_id} opinion {self.kind}"
