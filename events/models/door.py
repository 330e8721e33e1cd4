"""A secret with which a world asks who may come in to one event or workshop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .event import Event
from .workshop import Workshop

if TYPE_CHECKING:
    from datetime import datetime

    from . import Bookable


class DoorKeyQuerySet(models.QuerySet["DoorKey"]):
    def good_at(self, now: datetime) -> DoorKeyQuerySet:
        """Keys that open: neither revoked nor expired."""
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=now), revoked_at=None)


class DoorKey(models.Model):
    """Stores only the SHA-256 of the key (64 hex digits), which opens no door.

    A copy of an event has the same keys, so that a world need not be built again each week: a key
    is one of an event only together with that event. `may_check_in`: with it a world also notes who
    came and went; without, it only asks.
    """

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="door_keys", verbose_name=_("event")
    )
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="door_keys",
        verbose_name=_("workshop"),
    )
    label = models.CharField(_("label"), max_length=60)
    digest = models.CharField(max_length=64, editable=False)
    may_check_in = models.BooleanField(
        _("may note who came"), default=False, db_default=False, editable=False
    )
    created_at = models.DateTimeField(_("made"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )
    expires_at = models.DateTimeField(_("good until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    # To the minute, so that most questions of a world write nothing.
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    objects = DoorKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("door key")
        verbose_name_plural = _("door keys")
        indexes = [models.Index(fields=["digest"], name="door_key_by_digest")]
        constraints = [
            models.UniqueConstraint(fields=["event", "digest"], name="door_key_once_at_an_event")
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def bookable(self) -> Bookable:
        if self.workshop is None:
            return self.event
        self.workshop.event = self.event
        return self.workshop

    def is_good_at(self, now: datetime) -> bool:
        is_expired = self.expires_at is not None and self.expires_at <= now
        return self.revoked_at is None and not is_expired
