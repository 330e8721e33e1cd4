"""A secret link with which people see a draft."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .event import Event


class PreviewLink(models.Model):
    """Stores only the SHA-256 of the secret in the link (64 hex digits). It ends for good when the
    event is published, and from then on leads to the event's own page.
    """

    event = models.OneToOneField(
        Event, on_delete=models.CASCADE, related_name="preview_link", verbose_name=_("event")
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    class Meta:
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
