"""Payments: what was asked for, what came, and who said so."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .registration import Registration


class PaymentQuerySet(models.QuerySet["Payment"]):
    def paid(self) -> Self:
        return self.filter(status=Payment.Status.PAID)

    def to_refund(self) -> Self:
        return self.filter(status=Payment.Status.REFUND_DUE)

    def undecided(self) -> Self:
        """Money that waits for a person: to give back, to argue about with a bank, or gone although
        the place is still held.
        """
        return self.filter(_is_refund_to_decide() | _is_disputed() | _is_gone_under_a_place())

    def with_gone(self) -> Self:
        """Annotate `gone`: the sum of refunds that are done and of disputes that are lost."""
        done, lost = ("refunds", "done"), ("disputes", "lost")
        sums = (_sum_of(name, status) for name, status in (done, lost))
        return self.annotate(gone=sum(sums, start=Value(0)))


def _sum_of(related: str, status: str) -> Coalesce:
    """Return a subquery: two joins would count each row as often as the other has rows."""
    this = {"pk": models.OuterRef("pk"), f"{related}__status": status}
    rows = Payment.objects.filter(**this).order_by().values("pk")
    total = rows.annotate(total=Sum(f"{related}__amount"))
    return Coalesce(models.Subquery(total.values("total")), 0)


def _is_refund_to_decide() -> Q:
    """Tell what has to go back, and does not do so by itself: to decide, to look after an attempt
    that failed, or to give back by hand.
    """
    failed = Payment.objects.filter(refunds__status="failed")
    is_by_hand = Q(provider=Payment.BY_HAND)
    is_for_a_person = ~Q(problem__in=Payment.AUTOMATIC) | is_by_hand | Q(pk__in=failed)
    own = Q(refunds__by_provider=False, refunds__status__in=["open", "done"])
    under_way = Payment.objects.filter(own | Q(refunds__status="open"))
    return Q(status=Payment.Status.REFUND_DUE) & is_for_a_person & ~Q(pk__in=under_way)


def _is_disputed() -> Q:
    return Q(pk__in=Payment.objects.filter(disputes__status__in=["asked", "open"]))


def _is_gone_under_a_place() -> Q:
    return (
        Q(status=Payment.Status.REFUNDED, problem__in=Payment.BEHIND_OUR_BACK, decided_by=None)
        & Q(registration__status=Registration.Status.CONFIRMED)
        & ~Q(registration__event__status="cancelled")
    )


class Payment(models.Model):
    """One payment for one registration: integer minor units and the currency's ISO code.

    `amount` is what is asked for while it is open, and then what really came. `key` names the hold
    it is for, so that asking again leads to the same payment. `reference` and `intent` are the
    provider's ids of the checkout and of the money itself. `error` is the code of why no checkout
    could be opened. `decided_by` took the payment back as noted by mistake, or left the place to
    somebody whose money is gone; `decision` says why.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        PAID = "paid", _("paid")
        FAILED = "failed", _("failed")
        REFUND_DUE = "refund_due", _("refund due")
        REFUNDED = "refunded", _("refunded")
        MISTAKEN = "mistaken", _("noted by mistake")

    class Problem(models.TextChoices):
        """Reasons why money that came has to go back."""

        CANCELLED = "cancelled", _("the registration was cancelled")
        EVENT_CANCELLED = "event_cancelled", _("the event was cancelled")
        LATE = "late", _("it came too late for the place")
        TWICE = "twice", _("the place was paid for already")
        AMOUNT = "amount", _("it is not the amount that was agreed")
        REFUSED = "refused", _("the person may not have the place")
        RETURNED = "returned", _("it was given back at the payment provider")
        DISPUTED = "disputed", _("the payer's bank took it back")

    #: The provider of payments that people arrange themselves.
    BY_HAND = "manual"
    #: Problems with which the site gives money back by itself; with others a person decides.
    AUTOMATIC = (Problem.CANCELLED, Problem.EVENT_CANCELLED)
    #: Problems of money that went back without anybody asking the site.
    BEHIND_OUR_BACK = (Problem.RETURNED, Problem.DISPUTED)

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
    error = models.CharField(_("error"), max_length=80, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decision = models.CharField(_("decision"), max_length=300, blank=True)
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
            ),
            models.Index(fields=["intent"], condition=~Q(intent=""), name="payment_by_intent"),
            models.Index(fields=["-created_at", "-id"], name="payment_newest"),
        ]
        constraints = [
            # By hand they are unique within an event; `payments.ledger` sees to it.
            models.UniqueConstraint(
                name="payment_reference_once_per_provider",
                fields=["provider", "reference"],
                condition=~Q(reference="") & ~Q(provider="manual"),
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
                condition=Q(
                    status__in=["open", "paid", "failed", "refund_due", "refunded", "mistaken"]
                ),
            ),
            models.CheckConstraint(
                name="payment_that_goes_back_has_a_reason",
                condition=~Q(status__in=["refund_due", "refunded"]) | ~Q(problem=""),
            ),
            models.CheckConstraint(
                name="payment_taken_back_names_who_did_it",
                condition=~Q(status="mistaken") | Q(decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} · {self.get_status_display()}"

    @property
    def receipt_number(self) -> str:
        """A number that no other payment has, and that stays: made of the row's own."""
        return f"{self.pk:06}"

    @property
    def is_the_price(self) -> bool:
        """Return whether it is what the place costs: an organizer may have moved the person to a
        workshop of another price since they were asked.
        """
        agreed = self.registration
        return (self.amount, self.currency) == (agreed.amount, agreed.currency)

    @property
    def is_wanted(self) -> bool:
        return self.is_the_price and self.registration.is_payable(timezone.now())

    @property
    def goes_back_by_itself(self) -> bool:
        return self.status == Payment.Status.REFUND_DUE and self.problem in Payment.AUTOMATIC

    @property
    def given_back(self) -> int:
        """Sum up the refunds that are done. Reads `refunds`, which lists should prefetch."""
        return sum(refund.amount for refund in self.refunds.all() if refund.status == "done")

    @property
    def lost(self) -> int:
        """Sum up the disputes that are lost. Reads `disputes`, which lists should prefetch."""
        return sum(dispute.amount for dispute in self.disputes.all() if dispute.status == "lost")

    @property
    def left(self) -> int:
        """Return how much of the money has not gone back."""
        return max(self.amount - self.given_back - self.lost, 0)

    @property
    def disputed(self) -> int:
        """Sum up what a bank has taken for now, of what is left."""
        taken = sum(dispute.amount for dispute in self.disputes.all() if dispute.status == "open")
        return min(taken, self.left)

    @property
    def is_disputed(self) -> bool:
        return any(dispute.is_undecided for dispute in self.disputes.all())
