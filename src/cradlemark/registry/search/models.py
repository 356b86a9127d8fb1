"""The index: one row for each label, made from its claim and its state."""

from __future__ import annotations

from django.db import models

from cradlemark.core.language import Text
from cradlemark.registry.labels.models import Label


class Row(models.Model):
    """What is searched, counted and listed of a label.

    The full text of `tokens` is kept beside the table by the database itself (triggers of the first migration): an FTS5 table on
    SQLite, a column of type tsvector with a GIN index on PostgreSQL.
    """

    sequence = models.PositiveBigIntegerField(primary_key=True)
    """Running number of the label."""
    label = models.OneToOneField(Label, on_delete=models.PROTECT, related_name="row")
    state = models.CharField(max_length=20)
    kind = models.CharField(max_length=20)
    programme = models.CharField(max_length=80)
    programme_en = models.CharField(max_length=200, blank=True)
    programme_zh = models.CharField(max_length=200, blank=True)
    holder = models.CharField(max_length=200, db_index=True)
    """Registered identifier, else the name."""
    holder_en = models.CharField(max_length=200, blank=True)
    holder_zh = models.CharField(max_length=200, blank=True)
    product_en = models.CharField(max_length=300, blank=True)
    product_zh = models.CharField(max_length=300, blank=True)
    product_models = models.TextField(blank=True)
    """Models, one a line."""
    categories = models.TextField(blank=True)
    """Codes of the classification, one a line."""
    region = models.CharField(max_length=20, blank=True)
    """Code of the place of making."""
    grade = models.CharField(max_length=20, blank=True)
    rule_pack = models.CharField(max_length=120)
    boundary = models.CharField(max_length=20)
    issued = models.DateField()
    valid_until = models.DateField()
    per_en = models.CharField(max_length=120)
    per_zh = models.CharField(max_length=120)
    """What the figure is per, in words."""
    figure = models.FloatField()
    """Of the whole boundary [kg CO2e per declared unit]."""
    stated = models.CharField(max_length=30)
    stated_unit = models.CharField(max_length=2)
    comparability = models.CharField(max_length=30, blank=True, db_index=True)
    """Comparability class; empty for a product without classification."""
    tokens = models.TextField()
    """Tokens of the full text, in order, separated by blanks."""
    clock = models.PositiveBigIntegerField(db_index=True)
    """Reading of the `Clock` when the row was written last."""

    class Meta:
        """Rows stand in the order of the labels."""

        ordering = ("sequence",)

    def __str__(self) -> str:
        return self.label_id

    @property
    def product(self) -> Text:
        """Name of the product in both languages."""
        return Text(self.product_en, self.product_zh)

    @property
    def per(self) -> Text:
        """What the figure is per, in both languages."""
        return Text(self.per_en, self.per_zh)

    @property
    def holder_name(self) -> Text:
        """Name of the holder in both languages."""
        return Text(self.holder_en, self.holder_zh)


class Clock(models.Model):
    """One row that counts every change of the index, in the transaction of the change.

    Whoever keeps something in memory reads it first, and reads again what was written since. The row is locked until the
    transaction ends, so that a later reading is never seen before an earlier one.
    """

    epoch = models.PositiveBigIntegerField(default=0)
    """Counts how often the index was made anew from nothing."""
    number = models.PositiveBigIntegerField(default=0)

    class Meta:
        """One row only."""

        constraints = (models.CheckConstraint(condition=models.Q(pk=1), name="one_clock"),)

    def __str__(self) -> str:
        return f"{self.epoch}.{self.number}"
