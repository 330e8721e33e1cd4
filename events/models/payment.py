"""Payments: what was asked for, what came, and who said so."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .registration import Registration


class PaymentQuerySet(models.QuerySet["Payment"]):
    def paid(self) -> Self:
        return self.filter(status=Payment.Status.PAID)

    def to_refund(self) -> Self:
        return self.filter(status=Payment.Status.REFUND_DUE)

    def undecided(self) -> Self:
        """Money to refund that waits for a person: to decide, to look after an attempt that failed,
        or to give it back by hand.
        """
        failed = Payment.objects.filter(refunds__status="failed")
        is_by_hand = Q(provider=Payment.BY_HAND)
        is_for_a_person = ~Q(problem__in=Payment.AUTOMATIC) | is_by_hand | Q(pk__in=failed)
        under_way = Payment.objects.filter(refunds__status__in=["open", "done"])
        return self.to_refund().filter(is_for_a_person).exclude(pk__in=under_way)


class Payment(models.Model):
    """One payment for one registration: integer minor units and the currency's ISO code.

    `amount` is what is asked for while it is open, and then what really came. `key` names the hold
    it is for, so that asking again leads to the same payment. `reference` and `intent` are the
    provider's ids of the checkout and of the money itself.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        REFUND_DUE = "refund_due", _("refund due")
        REFUNDED = "refunded", _("refunded")

    class Problem(models.TextChoices):
        """Why money that came has to go back."""

        CANCELLED = "cancelled", _("the registration was cancelled")
        EVENT_CANCELLED = "event_cancelled", _("the event was cancelled")
        LATE = "late", _("it came too late for the place")
        TWICE = "twice", _("the place was paid for already")
        AMOUNT = "amount", _("it is not the amount that was agreed")
        REFUSED = "refused", _("the person may not have the place")

    #: The provider of payments that people arrange themselves.
    BY_HAND = "manual"
    #: Problems with which the site gives money back by itself; with others a person decides.
    AUTOMATIC = (Problem.CANCELLED, Problem.EVENT_CANCELLED)

    registration = models.ForeignKey(
        Registration,
        on_delete=models.PROTECT,
        related_name="payments",
        verbose_name=_("registration"),
    )
    provider = models.CharField(_("provider"), max_length=16)
    key = models.CharField(max_length=80, blank=True, editable=False)
    reference = models.CharField(_("reference"), max_length=255, blank=True)
    intent = models.CharField(max_length=255, blank=True, editable=False)
    amount = models.PositiveBigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    problem = models.CharField(
        _("reason for refund"), max_length=16, choices=Problem.choices, blank=True
    )
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
    paid_at = models.DateTimeField(_("received"), null=True, blank=True)

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["status"],
                condition=Q(status__in=["open", "refund_due"]),
                name="payment_unsettled",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="payment_reference_once_per_provider",
                fields=["provider", "reference"],
                condition=~Q(reference=""),
            ),
            models.UniqueConstraint(
                name="payment_once_per_hold", fields=["provider", "key"], condition=~Q(key="")
            ),
            models.UniqueConstraint(
                name="registration_is_paid_once",
                fields=["registration"],
                condition=Q(status="paid"),
            ),
            models.CheckConstraint(
                name="payment_status_is_known",
                condition=Q(status__in=["open", "paid", "failed", "refund_due", "refunded"]),
            ),
            models.CheckConstraint(
                name="payment_that_goes_back_has_a_reason",
                condition=~Q(status__in=["refund_due", "refunded"]) | ~Q(problem=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.get_status_display()}"

    @property
    def is_wanted(self) -> bool:
        return self.registration.is_payable(timezone.now())

    @property
    def goes_back_by_itself(self) -> bool:
        return self.status == Payment.Status.REFUND_DUE and self.problem in Payment.AUTOMATIC
