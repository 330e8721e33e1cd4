"""Actions of organizers on registrations: each asks `places` or `payments`, row by row."""

from collections import Counter
from collections.abc import Sequence
from enum import Enum, auto
from typing import TYPE_CHECKING, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.formatting import money
from events.models import Payment, Registration
from events.payments.providers import manual

from . import arrivals, shown
from .confirmed_actions import ConfirmedActionsAdmin, typed
from .money_forms import PaymentNoteForm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

CHANGED = ngettext_lazy("%(n)d registration changed.", "%(n)d registrations changed.", "n")
HAVE_PLACE = ngettext_lazy("%(n)d person has a place now.", "%(n)d people have a place now.", "n")
FIRST_IN_LINE = ngettext_lazy(
    "%(n)d person is first in line now, because no place is free. Raise the capacity to "
    "let them in.",
    "%(n)d people are first in line now, because no place is free. Raise the capacity to "
    "let them in.",
    "n",
)
WHY_LEFT = _("the status or the time does not allow it")


class Promotion(Enum):
    """Results of letting one person move up before everybody else."""

    HAS_PLACE = auto()
    FIRST_IN_LINE = auto()
    REFUSED = auto()
    LEFT = auto()


def _with_refund(line: SafeString, refund: str | None) -> SafeString:
    goes_back = gettext("%(sum)s goes back") % {"sum": refund} if refund else ""
    return shown.joined(line, goes_back)


def _with_start(line: SafeString, registration: Registration) -> SafeString:
    when = shown.moment(registration.bookable.starts_at, registration.event.zone)
    return shown.joined(line, gettext("starts %(when)s") % {"when": when})


class RegistrationActions(ConfirmedActionsAdmin):
    actions = ["cancel", "promote", "mark_paid", "check_in", "undo_check_in"]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("events.change_registration")

    def describe(self, registration: Registration) -> SafeString:
        amount, currency = registration.amount, registration.currency
        return shown.joined(
            shown.person(registration.attendee),
            shown.name(registration.bookable.title),
            registration.get_status_display(),
            money.format_amount(amount, currency) if amount else "",
        )

    @admin.action(description=_("Cancel the selected registrations"), permissions=["manage"])
    def cancel(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        if self.must_ask(request, chosen):
            return self._ask_cancel(request, chosen)
        self._report_changed(request, [self._cancel_one(request, one) for one in chosen])
        return None

    def _ask_cancel(self, request: HttpRequest, chosen: list[Registration]) -> HttpResponse:
        question = _(
            "Cancel these registrations? Their places go to the waitlist. People who lose their "
            "place at the event lose their workshops too. They get back everything that they paid "
            "for these places, even if the refund rule of the event would give nothing back."
        )
        return self.ask(request, chosen, "cancel", question)

    def describe_all(self, action: str, chosen: Sequence[Registration]) -> dict[int, str]:
        """Say also what goes back if cancelling is asked for, and when it starts at the door."""
        if action == "check_in":
            return {one.pk: _with_start(self.describe(one), one) for one in chosen}
        refunds = shown.sums_back(chosen) if action == "cancel" else {}
        return {one.pk: _with_refund(self.describe(one), refunds.get(one.pk)) for one in chosen}

    def _cancel_one(self, request: HttpRequest, registration: Registration) -> bool:
        if not registration.is_active:
            return False
        try:
            ended = places.cancel(registration=registration, in_full=True)
        except TooLate:
            return False
        self.log_change(request, ended, gettext("Cancelled."))
        return True

    @admin.action(
        description=_("Let the selected move up before everybody else"), permissions=["manage"]
    )
    def promote(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        if self.must_ask(request, chosen):
            question = _(
                "Let these people move up before everybody else? If a place is free, they get it "
                "at once, even after registration has closed or before a draw. If not, they are "
                "first in line. The site records that you did this."
            )
            return self.ask(request, chosen, "promote", question)
        chosen.sort(key=lambda registration: (registration.turn, registration.pk))
        results = Counter(self._promote_one(request, one) for one in chosen)
        self.report(request, HAVE_PLACE, results[Promotion.HAS_PLACE])
        self.report(request, FIRST_IN_LINE, results[Promotion.FIRST_IN_LINE], messages.WARNING)
        self.report_left(request, results[Promotion.LEFT], WHY_LEFT)
        return None

    def _promote_one(self, request: HttpRequest, registration: Registration) -> Promotion:
        if registration.status != Registration.Status.WAITLISTED:
            return Promotion.LEFT
        try:
            promoted = places.promote(registration=registration, by=cast("User", request.user))
        except PlaceRefused as refused:
            self._warn_refused(request, registration, refused)
            return Promotion.REFUSED
        except TooLate:
            return Promotion.LEFT
        if not promoted.is_active or registration.promoted_at is not None:
            return Promotion.LEFT
        if promoted.promoted_by_id == request.user.pk:
            self.log_change(request, promoted, gettext("Let move up before everybody else."))
        is_waiting = promoted.status == Registration.Status.WAITLISTED
        return Promotion.FIRST_IN_LINE if is_waiting else Promotion.HAS_PLACE

    def _warn_refused(
        self, request: HttpRequest, registration: Registration, refused: PlaceRefused
    ) -> None:
        reasons = (refusal.sentence for refusal in refused.refusals)
        text = shown.lines([shown.person(registration.attendee), *reasons])
        self.message_user(request, text, messages.WARNING)

    @admin.action(description=_("Mark the selected as paid"), permissions=["manage"])
    def mark_paid(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        form = PaymentNoteForm(typed(request), chosen=chosen)
        if self.must_ask(request, chosen) or (chosen and not form.is_valid()):
            return self._ask_paid(request, chosen, form)
        try:
            self._report_changed(request, [self._mark_one(request, one, form) for one in chosen])
        except manual.ReferenceUsed:
            text = _("Another payment of this event has this reference already.")
            form.add_error("reference", text)
            return self._ask_paid(request, chosen, form)
        return None

    def _ask_paid(
        self, request: HttpRequest, chosen: list[Registration], form: PaymentNoteForm
    ) -> HttpResponse:
        question = _("Did you receive the full amount for each of these?")
        if "amount" in form.fields:
            question = _("How much did you receive for this?")
        return self.ask(request, chosen, "mark_paid", question, form=form)

    def _mark_one(
        self, request: HttpRequest, registration: Registration, form: PaymentNoteForm
    ) -> bool:
        """Record the money. A reference is for one registration only, so if `ReferenceUsed` is
        raised, no other row was changed before.
        """
        if registration.status not in manual.PAYABLE:
            return False
        user = cast("User", request.user)
        payment = manual.mark_paid(registration=registration, by=user, **form.cleaned_data)
        amount = money.format_amount(payment.amount, payment.currency)
        message = gettext("Marked %(amount)s as received.") % {"amount": amount}
        self.log_change(request, registration, message)
        if payment.status == Payment.Status.REFUND_DUE:
            self._warn_goes_back(request, registration, payment)
        return True

    def _warn_goes_back(
        self, request: HttpRequest, registration: Registration, payment: Payment
    ) -> None:
        text = format_html(
            gettext("{who}: {amount} is noted and has to go back. Reason: {why}."),
            who=shown.person(registration.attendee),
            amount=money.format_amount(payment.amount, payment.currency),
            why=payment.get_problem_display(),
        )
        if payment.problem == Payment.Problem.AMOUNT:
            agreed = money.format_amount(registration.amount, registration.currency)
            more = gettext("It was {agreed}, and the place is not paid for.")
            text = format_html("{} {}", text, format_html(more, agreed=agreed))
        self.message_user(request, text, messages.WARNING)

    @admin.action(description=_("Check the selected in"), permissions=["manage"])
    def check_in(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen, by, now = self.choose(request, q), cast("User", request.user), timezone.now()
        is_early = any(places.is_early(one, now) for one in chosen)
        if is_early and self.must_ask(request, chosen):
            return self._ask_check_in(request, chosen)
        found = [arrivals.check_in(one, by, even_early=is_early) for one in chosen]
        self._report_changed(request, [one is places.Arrival.NOW for one in found])
        return None

    def _ask_check_in(self, request: HttpRequest, chosen: list[Registration]) -> HttpResponse:
        question = _("It is still long before the start. Check these people in all the same?")
        return self.ask(request, chosen, "check_in", question)

    @admin.action(description=_("Take back the check-in of the selected"), permissions=["manage"])
    def undo_check_in(self, request: HttpRequest, q: QuerySet[Registration]) -> None:
        chosen, by = self.choose(request, q), cast("User", request.user)
        noted = [arrivals.undo(one, by) for one in chosen]
        self._report_changed(request, [one is not None for one in noted])

    def _report_changed(self, request: HttpRequest, changes: list[bool]) -> None:
        self.report(request, CHANGED, sum(changes))
        self.report_left(request, changes.count(False), WHY_LEFT)
