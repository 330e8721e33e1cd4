"""The outbox: one row for each message that a person is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .announcement import Announcement
from .attendee import Attendee
from .event import Event
from .registration import Registration

if TYPE_CHECKING:
    from datetime import datetime


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, now: datetime) -> Self:
        """Those to hand over now."""
        return self.queued().filter(Q(next_try_at=None) | Q(next_try_at__lte=now))

    def queued(self) -> Self:
        return self.filter(state=Notification.State.QUEUED)

    def dead(self, now: datetime) -> Self:
        return self.filter(Notification.is_dead_at(now))


class Notification(models.Model):
    """Written in the transaction that owes the message, once per key, and delivered afterwards.

    `subject` names what the message is about: `registration:<code>`, with a suffix where the same
    kind may come more than once, `event:<id>` and `follow:<id>` for people who follow,
    `announcement:<id>`, or `role:<id>`. No words are stored here; those of organizers are with
    their announcement. `facts` holds what will have changed by delivery, like a former starting
    time.
    """

    class Kind(models.TextChoices):
        REGISTERED = "registered", pgettext_lazy("message", "registered")
        WAITLISTED = "waitlisted", _("on the waitlist, or in a draw")
        PASSED_OVER = "passed-over", _("skipped for a free place")
        PLACE_GIVEN = "place-given", _("moved up, or drawn")
        PAYMENT_DUE = "payment-due", _("payment due")
        HOLD_ENDS = "hold-ends", _("to be paid within a day")
        HOLD_LAPSED = "hold-lapsed", pgettext_lazy("message", "not paid in time")
        PAID = "paid", _("receipt")
        GIVEN_UP = "given-up", _("given up")
        CANCELLED = "cancelled", _("cancelled by the organizers")
        EVENT_CANCELLED = "event-cancelled", _("event cancelled")
        EVENT_RESTORED = "event-restored", _("event takes place after all")
        TIME_CHANGED = "time-changed", _("moved to another time")
        TIME_CLASH = "time-clash", _("two workshops at the same time")
        DRAW_MOVED = "draw-moved", _("another time for the draw")
        MONEY_GOES_BACK = "money-goes-back", _("money cannot be kept")
        REFUNDED = "refunded", pgettext_lazy("message", "refunded")
        PAYMENT_MISTAKEN = "payment-mistaken", _("payment noted by mistake")
        CONFIRM_ADDRESS = "confirm-address", _("confirm the address")
        ADDRESS_CHANGE = "address-change", _("another e-mail address")
        PASSWORD_RESET = "password-reset", _("new password")
        SECOND_FACTOR = "second-factor", pgettext_lazy("message", "second factor")
        REGISTRATION_OPEN = "registration-open", pgettext_lazy("message", "registration is open")
        NEW_EVENT = "new-event", _("new event of a host")
        REMINDER_DAY = "reminder-day", _("starts within a day")
        REMINDER_HOUR = "reminder-hour", _("starts within an hour")
        SESSION_OPEN = "session-open", _("session is open")
        SESSION_CHANGED = "session-changed", _("another link into the session")
        THANKS = "thanks", _("thanks")
        ANNOUNCEMENT = "announcement", _("written by the organizers")
        ROLE_GIVEN = "role-given", _("role given")

    class State(models.TextChoices):
        QUEUED = "queued", pgettext_lazy("message", "waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", pgettext_lazy("message", "sent")
        DEAD = "dead", _("not delivered")
        NOBODY = "nobody", _("nobody to write to")

    attendee = models.ForeignKey(
        Attendee,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("attendee"),
    )
    kind = models.CharField(pgettext_lazy("message", "reason"), max_length=32, choices=Kind.choices)
    subject = models.CharField(_("subject"), max_length=255)
    registration = models.ForeignKey(
        Registration,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("registration"),
    )
    # What people are told about who may have no registration: who follow, or have a role.
    event = models.ForeignKey(
        Event,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("event"),
    )
    # What organizers wrote. Its tests have a row too, with another `subject`.
    announcement = models.ForeignKey(
        Announcement,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("written by the organizers"),
    )
    facts = models.JSONField(default=dict, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=16, choices=State.choices, default=State.QUEUED)
    tries = models.PositiveIntegerField(_("tries"), default=0)
    # Empty: at once. While a message is being sent: until when its claim holds.
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True)
    last_error = models.TextField(_("last error"), blank=True)
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(pgettext_lazy("time", "sent"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [
            models.Index(fields=["state", "next_try_at"], name="notification_due"),
            # How long the oldest one waits is asked every few seconds.
            models.Index(
                fields=["created_at"], condition=Q(state="queued"), name="notification_waits_since"
            ),
            models.Index(fields=["-created_at", "-id"], name="notification_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="one_notification_per_reason", fields=["attendee", "subject", "kind"]
            ),
            models.CheckConstraint(
                name="notification_state_has_its_time",
                condition=Q(state="sent", sent_at__isnull=False)
                | Q(state__in=["queued", "sending", "dead", "nobody"], sent_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.subject}"

    @staticmethod
    def is_dead_at(now: datetime) -> Q:
        """Condition of a dead letter: refused for good, or interrupted during the hand-over."""
        interrupted = Q(state=Notification.State.SENDING, next_try_at__lte=now)
        return interrupted | Q(state=Notification.State.DEAD)

    def is_being_sent(self, now: datetime) -> bool:
        """Return whether a process has claimed the message and may still be handing it over."""
        until = self.next_try_at
        return self.state == self.State.SENDING and until is not None and now < until
