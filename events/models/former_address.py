"""Addresses that events had before: links to them still work."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .event import Event


class FormerAddress(models.Model):
    """One former slug of an event. A workshop keeps its own in `former_slugs`."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="former_addresses", verbose_name=_("event")
    )
    slug = models.SlugField(_("web address"), max_length=80, unique=True)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")

    def __str__(self) -> str:
        return self.slug
