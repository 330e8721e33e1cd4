"""Workshops: sessions inside an event, with their own times, capacity and price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .bookable import Bookable
from .event import Event

if TYPE_CHECKING:
    from datetime import datetime


class Workshop(Bookable):
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="workshops", verbose_name=_("event")
    )
    slug = models.SlugField(_("web address"), max_length=80)
    moved_at = models.DateTimeField(_("moved"), null=True, blank=True, editable=False)
    # Addresses that it had before; links to them still work.
    former_slugs = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="workshop_slug_in_event"),
            models.CheckConstraint(
                name="workshop_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The workshop must end after it starts."),
            ),
        ]

    @property
    def workshop(self) -> Workshop:
        return self

    @property
    def workshop_id(self) -> int:
        return self.pk

    def get_absolute_url(self) -> str:
        return f"{self.event.get_absolute_url()}#workshop-{self.slug}"

    @property
    def requires_neos(self) -> bool:
        return self.price > 0 or self.event.requires_neos

    @property
    def registration_ends_at(self) -> datetime:
        return min(self.event.registration_ends_at, self.ends_at)
