"""The ledger of what was paid for a place."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .registration import Registration


class Payment(models.Model):
    """One payment for one registration: integer minor units and the currency's ISO code."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        REFUND_DUE = "refund_due", _("refund due")
        REFUNDED = "refunded", _("refunded")

    registration = models.ForeignKey(
        Registration,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("registration"),
    )
    provider = models.CharField(_("provider"), max_length=16)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    amount = models.PositiveIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="payment_reference_once_per_provider",
                fields=["provider", "reference"],
                condition=~Q(reference=""),
            ),
            models.CheckConstraint(
                name="payment_status_is_known",
                condition=Q(status__in=["open", "paid", "failed", "refund_due", "refunded"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.get_status_display()}"
