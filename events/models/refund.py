"""Attempts to give money back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .payment import Payment


class Refund(models.Model):
    """One attempt to give a payment back. The provider makes one refund for each `key`.

    While the outcome is unknown the attempt stays open, and we ask again with the same key. Only
    one that certainly failed is followed by another. A payment has at most one attempt of ours that
    is open or done, so that never more goes back than came. `by_provider`: somebody gave money back
    at the provider, and the site heard of it. `spent_keys` counts idempotency keys under which the
    provider only repeats an error.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("under way")
        DONE = "done", _("given back")
        FAILED = "failed", _("failed")

    #: Errors after which nothing else is heard of the same refund: the provider itself ended it.
    ENDED_THERE = ("failed", "bounced")

    payment = models.ForeignKey(
        Payment, on_delete=models.PROTECT, related_name="refunds", verbose_name=_("payment")
    )
    key = models.CharField(max_length=80, unique=True, editable=False)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=8, choices=Status.choices)
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    error = models.CharField(_("error"), max_length=80, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
        help_text=_("Empty: the site itself, by the rules of the event."),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    by_provider = models.BooleanField(_("made at the provider"), default=False)
    spent_keys = models.PositiveSmallIntegerField(default=0, editable=False)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    created_at = models.DateTimeField(_("requested"))
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="payment_goes_back_once",
                fields=["payment"],
                condition=Q(status__in=["open", "done"], by_provider=False),
            ),
            models.UniqueConstraint(
                name="refund_at_the_provider_once",
                fields=["payment", "reference"],
                condition=Q(by_provider=True) & ~Q(reference=""),
            ),
            models.CheckConstraint(
                name="refund_status_is_known", condition=Q(status__in=["open", "done", "failed"])
            ),
            models.CheckConstraint(
                name="refund_status_has_its_time",
                condition=Q(status="open", finished_at__isnull=True)
                | Q(status__in=["done", "failed"], finished_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payment} · {self.get_status_display()}"
