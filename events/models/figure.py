"""Figures of how the site does: sums by hour that all processes add to, none about a person."""

from datetime import UTC, datetime
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Figure(models.Model):
    """`number` of things called `name` and `label` in the hour that begins at `hour`.

    `seconds` is how long they took altogether, and `within_…` how many took no longer than that.
    The rows of `ALL_TIME` have the sums since the beginning, which only grow. Only
    `happened/figures.py` writes these rows.
    """

    ALL_TIME: ClassVar[datetime] = datetime(1970, 1, 1, tzinfo=UTC)

    hour = models.DateTimeField()
    name = models.CharField(max_length=20)
    label = models.CharField(max_length=100)
    number = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)
    within_100_ms = models.PositiveBigIntegerField(default=0)
    within_1_s = models.PositiveBigIntegerField(default=0)
    within_5_s = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("figure of the site")
        verbose_name_plural = _("figures of the site")
        constraints = [
            models.UniqueConstraint(name="one_figure_per_hour", fields=["hour", "name", "label"])
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.label}"
