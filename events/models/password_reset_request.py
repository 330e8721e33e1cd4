"""Requests for a new password."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PasswordResetRequest(models.Model):
    """An address for which a new password was asked, known here or not; deleted once answered."""

    address = models.EmailField(_("address"), max_length=254)
    created_at = models.DateTimeField(_("asked"))

    class Meta:
        verbose_name = _("request for a new password")
        verbose_name_plural = _("requests for new passwords")

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
