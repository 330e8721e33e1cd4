"""Hosts: the groups and people whose name stands on an event."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Host(models.Model):
    """Only `members`, and superusers, may write this name on an event or change what it says."""

    name = models.CharField(_("name"), max_length=80)
    slug = models.SlugField(_("web address"), max_length=80, unique=True)
    about = models.TextField(
        pgettext_lazy("host", "about"),
        max_length=2_000,
        blank=True,
        help_text=_("You can use Markdown."),
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("members"),
        related_name="hosts",
        blank=True,
        help_text=_("Organizers who may write this name on their events."),
    )

    class Meta:
        verbose_name = _("host")
        verbose_name_plural = _("hosts")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("events:host", kwargs={"slug": self.slug})
