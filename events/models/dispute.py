"""Disputes: a payer's bank asks for money back, without asking us."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .payment import Payment


class Dispute(models.Model):
    """One dispute of a payment, by the provider's id (`reference`).

    The bank takes the money when it opens the dispute. It gives it back if the dispute is won.
    While it only asks, the money stays. `told_at` is the provider's time of what we know, so that
    an older message changes nothing.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("the bank asks about it")
        OPEN = "open", _("the bank has taken the money for now")
        WON = "won", _("closed, the money stays here")
        LOST = "lost", _("lost, the money is gone")

    #: Statuses that may still change.
    UNDECIDED = (Status.ASKED, Status.OPEN)

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="disputes", verbose_name=_("payment")
    )
    reference = models.CharField(_("reference"), max_length=255)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices)
    told_at = models.DateTimeField(_("told"))
    created_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="dispute_once_per_payment", fields=["payment", "reference"]
            ),
            models.CheckConstraint(
                name="dispute_status_is_known",
                condition=Q(status__in=["asked", "open", "won", "lost"]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} · {self.get_status_display()}"

    @property
    def is_undecided(self) -> bool:
        return self.status in Dispute.UNDECIDED
