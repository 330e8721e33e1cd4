"""People who may not come, by exact Neos id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .former_neos_id import FormerNeosId
from .platform import platform_field

if TYPE_CHECKING:
    from .attendee import Attendee
    from .event import Event


class BlockQuerySet(models.QuerySet["Block"]):
    def at(self, event: Event) -> Self:
        return self.filter(Q(event=event) | Q(event__isnull=True))

    def on(self, attendee: Attendee) -> Self:
        """Blocks on the Neos id of one person, or on a former one."""
        former = FormerNeosId.objects.filter(attendee=attendee).values("neos_id")
        return self.filter(Q(neos_id=attendee.neos_id) | Q(neos_id__in=former))


class Block(models.Model):
    """Keeps one Neos id out of one event, or out of all of them when `event` is empty."""

    neos_id = models.CharField(_("Neos id"), max_length=128)
    platform = platform_field()
    event = models.ForeignKey(
        "events.Event",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="blocks",
        verbose_name=_("event"),
        help_text=_("Leave empty to block the person from the whole site."),
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
    )
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(
                name="one_block_per_event",
                fields=["neos_id", "event", "platform"],
                condition=Q(event__isnull=False),
            ),
            models.UniqueConstraint(
                name="one_block_for_the_site",
                fields=["neos_id", "platform"],
                condition=Q(event__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.neos_id
