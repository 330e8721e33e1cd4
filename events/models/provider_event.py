"""Messages of payment providers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Notice(models.Model):
    """A provider's message, stored once by its `external_id`, so that it can be processed again.

    We keep only what decides about money: no name, address or card.
    """

    class Kind(models.TextChoices):
        PAID = "paid", pgettext_lazy("payment notice", "paid")
        FAILED = "failed", _("not paid")
        REFUNDED = "refunded", _("given back")
        REFUND_PENDING = "refund_pending", _("being given back")
        REFUND_FAILED = "refund_failed", _("not given back")
        REFUND_TOTAL = "refund_total", _("given back so far")
        PENDING = "pending", _("on its way")
        DISPUTE_ASKED = "dispute_asked", _("a bank asks about it")
        DISPUTED = "disputed", _("taken back by a bank for now")
        DISPUTE_WON = "dispute_won", _("dispute closed, the money stays")
        DISPUTE_LOST = "dispute_lost", _("dispute lost, the money is gone")

    provider = models.CharField(_("provider"), max_length=16)
    external_id = models.CharField(pgettext_lazy("payment notice", "event"), max_length=255)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    intent = models.CharField(max_length=255, blank=True)
    key = models.CharField(max_length=80, blank=True)
    amount = models.PositiveBigIntegerField(_("amount"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    # The provider's own time of it, because messages may come in another order.
    told_at = models.DateTimeField(_("happened"), null=True, blank=True)
    received_at = models.DateTimeField(_("received"))
    processed_at = models.DateTimeField(_("processed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("payment notice")
        verbose_name_plural = _("payment notices")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="notice_once", fields=["provider", "external_id"])
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.external_id}"
