"""Pages that staff write: imprint, privacy, terms and rules of conduct."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class SitePage(models.Model):
    """The footer of every page links to those that are there."""

    class Name(models.TextChoices):
        IMPRINT = "imprint", _("Imprint")
        PRIVACY = "privacy", _("Privacy")
        TERMS = "terms", _("Terms")
        CONDUCT = "conduct", _("Rules of conduct")

    name = models.CharField(_("page"), max_length=16, choices=Name.choices, unique=True)
    text = models.TextField(_("text"), max_length=50_000, help_text=_("You can use Markdown."))
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("page of the site")
        verbose_name_plural = _("pages of the site")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="site_page_is_known",
                condition=models.Q(name__in=["imprint", "privacy", "terms", "conduct"]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_name_display())

    def get_absolute_url(self) -> str:
        return reverse(f"events:{self.name}")
