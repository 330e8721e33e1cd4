"""Neos ids that accounts had before they unlinked them."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .platform import platform_field


class FormerNeosId(models.Model):
    """Makes a block hold after the person has unlinked Neos. Nothing else reads it.

    It is forgotten when the person is erased.
    """

    attendee = models.ForeignKey(
        "events.Attendee", on_delete=models.CASCADE, related_name="former_neos_ids"
    )
    neos_id = models.CharField(_("Neos id"), max_length=128, db_index=True)
    platform = platform_field()

    class Meta:
        verbose_name = _("former Neos id")
        verbose_name_plural = _("former Neos ids")
        constraints = [
            models.UniqueConstraint(
                name="one_former_neos_id_per_attendee",
                fields=["attendee", "neos_id", "platform"],
            ),
        ]

    def __str__(self) -> str:
        return self.neos_id
