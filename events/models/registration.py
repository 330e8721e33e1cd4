"""One attendee's place, or spot on the waitlist. Only `events.places` writes these rows."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Self, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .attendee import Attendee, is_kept_out_there
from .event import Event
from .registration_status import ACTIVE, RegistrationStatus, takes_place_at
from .waitlist_log import FillingPass
from .workshop import Workshop

if TYPE_CHECKING:
    from datetime import datetime


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def active(self) -> Self:
        return self.filter(status__in=Registration.ACTIVE)

    def taking_place(self, now: datetime) -> Self:
        return self.filter(takes_place_at(now))

    def lapsed(self, now: datetime) -> Self:
        """Holds whose deadline has passed, and which have not been ended yet."""
        return self.filter(status=Registration.Status.AWAITING_PAYMENT, hold_until__lte=now)

    def not_lapsed(self, now: datetime) -> Self:
        return self.exclude(status=Registration.Status.AWAITING_PAYMENT, hold_until__lte=now)

    def waiting(self) -> Self:
        return self.filter(status=Registration.Status.WAITLISTED).order_by("turn", "pk")

    def ahead_of(self, turn: int, pk: int) -> Self:
        return self.filter(Q(turn__lt=turn) | Q(turn=turn, pk__lt=pk))

    def with_blocks(self) -> Self:
        return self.annotate(is_kept_out=is_kept_out_there(person="attendee__"))

    def with_waitlist_position(self) -> Self:
        """Annotate `ahead`: how many wait before this one for the same place; None for nobody."""
        earlier = Q(turn__lt=OuterRef("turn")) | Q(turn=OuterRef("turn"), pk__lt=OuterRef("pk"))
        ahead = (
            Registration.objects.filter(status=Registration.Status.WAITLISTED)
            .alias(place=Coalesce("workshop", Value(0)))
            .filter(earlier, event=OuterRef("event"), place=OuterRef("place"))
            .order_by()
            .values("event")
            .annotate(count=models.Count("pk"))
            .values("count")
        )
        return self.alias(place=Coalesce("workshop", Value(0))).annotate(
            ahead=models.Subquery(ahead, output_field=models.IntegerField())
        )


class Registration(models.Model):
    Status: TypeAlias = RegistrationStatus
    ACTIVE = ACTIVE
    #: `turn` of people whom an organizer put first in line.
    PROMOTED_TURN = -(2**31)

    code = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    attendee = models.ForeignKey(
        Attendee,
        on_delete=models.PROTECT,
        related_name="registrations",
        verbose_name=_("attendee"),
    )
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, related_name="registrations", verbose_name=_("event")
    )
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=_("workshop"),
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    amount = models.PositiveIntegerField(_("amount"), default=0)
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    perk_label = models.CharField(_("perk"), max_length=120, blank=True)
    # Copied from the event's policy when the place was taken; empty if nothing ever comes back.
    refund_until = models.DateTimeField(_("refund until"), null=True, blank=True)
    # The policy itself, to reckon the time again when the event is moved; empty as above.
    refund_days = models.PositiveIntegerField(null=True, blank=True, editable=False)
    hold_until = models.DateTimeField(_("place held until"), null=True, blank=True)
    created_at = models.DateTimeField(pgettext_lazy("time", "registered"))
    waitlisted_at = models.DateTimeField(_("on the waitlist since"), null=True, blank=True)
    # The waitlist is sorted by `turn`, then by row number: a clock may jump, row numbers under the
    # event's lock do not. It is 0 for most, negative in the order of a draw, lowest if promoted.
    turn = models.IntegerField(default=0, editable=False)
    draw_rank = models.PositiveIntegerField(_("number in the draw"), null=True, blank=True)
    promoted_at = models.DateTimeField(_("promoted"), null=True, blank=True)
    promoted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("promoted by"),
    )
    # An organizer's own words why they gave this place by hand, and what they overruled for it:
    # codes of `places.let_in`, each with a "+" behind it.
    given_because = models.CharField(
        _("given because"), max_length=300, default="", db_default="", blank=True
    )
    overruled = models.CharField(
        max_length=120, default="", db_default="", blank=True, editable=False
    )
    filling_pass = models.ForeignKey(
        FillingPass,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="registrations",
        verbose_name=pgettext_lazy("registration", "moved up"),
    )
    taken_at = models.DateTimeField(_("place taken"), null=True, blank=True)
    # How many people before this one in line were refused the place when it was taken.
    overtook = models.PositiveIntegerField(_("passed over"), default=0, editable=False)
    # Why this person was last passed over: refusal codes, each with a "+" behind it; and whether
    # they are still to be told.
    passed_over_for = models.CharField(max_length=255, default="", blank=True, editable=False)
    is_owed_reasons = models.BooleanField(default=False, editable=False)
    confirmed_at = models.DateTimeField(pgettext_lazy("time", "confirmed"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    checked_in_at = models.DateTimeField(pgettext_lazy("time", "checked in"), null=True, blank=True)
    # Nobody if a world's door did it, or if it was noted before we kept the name.
    checked_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked in by"),
    )
    # When they went out of the session again, as a world noted it; empty while they are in.
    left_at = models.DateTimeField(pgettext_lazy("time", "went out"), null=True, blank=True)
    # What the person's roles give, copied here while this is active; see `places.roles`.
    outside_capacity = models.BooleanField(
        _("outside of the capacity"), default=False, db_default=False, editable=False
    )
    early_minutes = models.PositiveIntegerField(
        _("enters earlier (minutes)"), default=0, db_default=0, editable=False
    )
    # Whether the person's name is shown on the event's page; only they can say so.
    is_shown = models.BooleanField(_("shown among the people"), default=False)

    objects = RegistrationQuerySet.as_manager()

    if TYPE_CHECKING:
        ahead: int | None  # there only after `with_waitlist_position`
        is_kept_out: bool  # after `with_blocks`, and on rows of `access.facts`

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # All that counting places looks at, so that PostgreSQL need not read the rows.
            models.Index(
                fields=["event", "workshop", "status", "hold_until", "outside_capacity"],
                name="registration_by_place",
            ),
            models.Index(
                fields=["event", "workshop", "turn", "id"],
                condition=Q(status="waitlisted"),
                name="registration_waitlist",
            ),
            models.Index(
                fields=["event"],
                condition=Q(is_owed_reasons=True),
                name="registration_owed_reasons",
            ),
            models.Index(fields=["-created_at", "-id"], name="registration_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_active_registration_per_event",
                fields=["attendee", "event"],
                condition=Q(
                    workshop__isnull=True,
                    status__in=["waitlisted", "awaiting_payment", "confirmed"],
                ),
            ),
            models.UniqueConstraint(
                name="one_active_registration_per_workshop",
                fields=["attendee", "workshop"],
                condition=Q(status__in=["waitlisted", "awaiting_payment", "confirmed"]),
            ),
            models.CheckConstraint(
                name="registration_status_has_its_time",
                condition=Q(status="waitlisted", waitlisted_at__isnull=False)
                | Q(status="awaiting_payment", hold_until__isnull=False)
                | Q(status="confirmed", confirmed_at__isnull=False)
                | Q(status__in=["cancelled", "expired"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="registration_left_after_it_came",
                condition=Q(left_at=None) | Q(checked_in_at__isnull=False),
            ),
            models.CheckConstraint(
                name="registration_place_was_taken",
                condition=~Q(status__in=["awaiting_payment", "confirmed"])
                | Q(taken_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attendee} · {self.bookable} · {self.get_status_display()}"

    @property
    def bookable(self) -> Event | Workshop:
        """The event or the workshop. A workshop shares this row's event, without a query."""
        if self.workshop is None:
            return self.event
        self.workshop.event = self.event
        return self.workshop

    def falls_with(self, other: Registration) -> bool:
        """Giving up `other` gives up this one too: itself, or the workshops with the event."""
        if other.workshop_id is not None:
            return self.pk == other.pk
        return (self.event_id, self.attendee_id) == (other.event_id, other.attendee_id)

    @property
    def is_active(self) -> bool:
        return self.status in Registration.ACTIVE

    def has_lapsed(self, now: datetime) -> bool:
        is_held = self.status == Registration.Status.AWAITING_PAYMENT
        return is_held and self.hold_until is not None and self.hold_until <= now

    def gets_money_back(self, now: datetime) -> bool:
        """Return whether cancelling now gives money back, by the frozen policy."""
        return self.refund_until is not None and now < self.refund_until

    @property
    def money_back_until(self) -> datetime | None:
        """The refund deadline to show: nothing can be given up once it is over."""
        return min(self.refund_until, self.bookable.ends_at) if self.refund_until else None

    def is_payable(self, now: datetime) -> bool:
        is_held = self.status == Registration.Status.AWAITING_PAYMENT and not self.has_lapsed(now)
        return is_held and self.event.is_published

    def has_place(self, now: datetime) -> bool:
        """This is a place at `now`: the rule of `takes_place_at`, for one row."""
        if self.status == Registration.Status.AWAITING_PAYMENT:
            return not self.has_lapsed(now)
        return self.status == Registration.Status.CONFIRMED

    def uses_up_place(self, now: datetime) -> bool:
        """This counts at `now`: the rule of `uses_up_place_at`, for one row."""
        return self.has_place(now) and not self.outside_capacity

    @property
    def session_opens_at(self) -> datetime:
        return self.event.session_opens_at - timedelta(minutes=self.early_minutes)

    @property
    def awaits_draw(self) -> bool:
        """This is an entry of a lottery that has not been held; it has no place in line yet."""
        is_entry = self.status == Registration.Status.WAITLISTED and self.workshop_id is None
        return is_entry and self.event.is_awaiting_draw

    @property
    def position(self) -> int | None:
        """Place in the waitlist, counted from 1; None for entries of a draw. Needs a row loaded
        with `with_waitlist_position`.
        """
        if self.status != Registration.Status.WAITLISTED or self.awaits_draw:
            return None
        return (self.ahead or 0) + 1

    def may_be_cancelled(self, now: datetime) -> bool:
        return self.is_active and not self.bookable.has_ended(now)

    def needs_neos(self, now: datetime) -> bool:
        """Neos must stay linked: it could take a second place for another account of ours.

        A lapsed hold needs nothing: if its money comes late, the rules are asked again.
        """
        is_held = self.is_active and not self.has_lapsed(now) and not self.bookable.has_ended(now)
        return is_held and self.bookable.requires_neos

    def is_coming(self, now: datetime) -> bool:
        return self.is_active and not self.has_lapsed(now) and not self.bookable.has_ended(now)
