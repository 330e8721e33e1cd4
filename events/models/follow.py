"""Wishes to be told: of the opening of one event, or of all events of a host."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .attendee import Attendee
from .event import Event
from .host import Host


class Follow(models.Model):
    """Exactly one of `event` and `host` is there."""

    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, related_name="follows", verbose_name=_("attendee")
    )
    event = models.ForeignKey(
        Event,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follows",
        verbose_name=_("event"),
    )
    host = models.ForeignKey(
        Host,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="follows",
        verbose_name=_("host"),
    )
    created_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("follow")
        verbose_name_plural = _("follows")
        constraints = [
            models.UniqueConstraint(fields=["attendee", "event"], name="one_follow_of_an_event"),
            models.UniqueConstraint(fields=["attendee", "host"], name="one_follow_of_a_host"),
            models.CheckConstraint(
                name="follow_is_of_one_thing",
                condition=Q(event__isnull=True) ^ Q(host__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id} → {self.event or self.host}"
