"""Products, studies with every saved version, and sealed revisions."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from cradlemark.core.language import Text
from cradlemark.registry.people.models import Organisation


class Product(models.Model):
    """A product of an organisation, exactly as it is sold."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="products")
    name_en = models.CharField(max_length=200, blank=True)
    name_zh = models.CharField(max_length=200, blank=True)
    model = models.CharField(max_length=120, blank=True)

    class Meta:
        """A product has a name in one language at least."""

        ordering = ("name_en", "name_zh", "model")
        constraints = (
            models.CheckConstraint(condition=~models.Q(name_en="", name_zh=""), name="product_has_a_name"),
        )

    def __str__(self) -> str:
        return self.name_en or self.name_zh

    @property
    def name(self) -> Text:
        """Name in both languages."""
        return Text(self.name_en, self.name_zh)


class Study(models.Model):
    """A study of a product; its content stands in its versions."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="studies")
    begun = models.DateTimeField()

    class Meta:
        """Studies stand in the order in which they were begun."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"study {self.pk}"


class Version(models.Model):
    """A study as it was saved; an undone change is a version as well."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.TextField()
    """Study document (TOML)."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()
    restores = models.PositiveIntegerField(null=True)
    """Number of the version that this one brings back; null for a change."""

    class Meta:
        """The last one counts."""

        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("study", "number"), name="version_once"),)

    def __str__(self) -> str:
        return f"study {self.study_id} version {self.number}"


class Revision(models.Model):
    """A version that was sealed: the bundle from which its result can be recomputed."""

    version = models.OneToOneField(Version, on_delete=models.PROTECT, related_name="revision")
    bundle = models.BinaryField()
    digest = models.CharField(max_length=80, db_index=True)
    errors = models.PositiveIntegerField()
    """Findings of the rule check that are errors."""
    sealed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()

    class Meta:
        """Revisions stand in the order in which they were sealed."""

        ordering = ("id",)

    def __str__(self) -> str:
        return f"revision {self.pk} {self.digest[:19]}"


class BillImport(models.Model):
    """A bill of materials that was uploaded; its file is kept until it is applied to a study."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="imports")
    study = models.ForeignKey(Study, null=True, on_delete=models.PROTECT, related_name="imports")
    """Study that gets the components; none until a new one is begun."""
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()
    name = models.CharField(max_length=200)
    """Name of the file as its owner calls it."""
    content = models.BinaryField()
    """The file; empty once it is applied."""
    digest = models.CharField(max_length=80)
    reading = models.JSONField(default=dict)
    """How the file was read: sheet, mapping, components, and what is wrong row by row."""
    choices = models.JSONField(default=dict)
    """Datasets that a person chose, by the text of the line."""
    version = models.OneToOneField(Version, null=True, on_delete=models.PROTECT, related_name="bill_import")
    """Version that it became; none until it is applied."""

    class Meta:
        """The newest import stands first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"import {self.pk} {self.name}"


class SupplierRequest(models.Model):
    """A request for data of one material, which a supplier answers by a link without an account."""

    study = models.ForeignKey(Study, on_delete=models.PROTECT, related_name="requests")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    time = models.DateTimeField()
    expires = models.DateTimeField()
    supplier = models.CharField(max_length=200)
    part_number = models.CharField(max_length=200)
    material = models.CharField(max_length=400)
    """Text of the material, as in the study."""
    message = models.TextField(max_length=2000, blank=True)
    token = models.CharField(max_length=64, unique=True)
    """SHA-256 of the token in the link; the token itself is kept nowhere."""
    answer = models.JSONField(null=True)
    """What the supplier wrote, checked; null until then."""
    answered = models.DateTimeField(null=True)
    version = models.ForeignKey(Version, null=True, on_delete=models.PROTECT, related_name="requests")
    """Version into which the answer was taken."""

    class Meta:
        """The newest request stands first."""

        ordering = ("-id",)

    def __str__(self) -> str:
        return f"request {self.pk} {self.supplier}"
