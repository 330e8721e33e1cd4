"""A secret with which a world may ask about one event."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .event import Event


class DoorKey(models.Model):
    """Stores only the SHA-256 of the key (64 hex digits), which opens no door.

    A copy of an event has the same keys, so that a world need not be built again each week: a key
    is one of an event only together with that event.
    """

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="door_keys", verbose_name=_("event")
    )
    label = models.CharField(_("label"), max_length=60)
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("made"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    class Meta:
        verbose_name = _("door key")
        verbose_name_plural = _("door keys")
        constraints = [
            models.UniqueConstraint(fields=["event", "digest"], name="door_key_once_at_an_event")
        ]

    def __str__(self) -> str:
        return self.label
