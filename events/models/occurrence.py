"""Columns that tie an event to the series that it belongs to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Occurrence(models.Model):
    """If the event repeats: the series, and which of its occurrences this is, from 0."""

    series = models.ForeignKey(
        "events.Series",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="events",
        verbose_name=_("series"),
    )
    series_index = models.PositiveIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True
