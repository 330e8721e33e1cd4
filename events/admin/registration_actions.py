"""What organizers do with registrations: each action asks `places` or `payments`, row by row."""

from collections import Counter
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import places
from events.access.refusals import PlaceRefused, TooLate
from events.formatting import money
from events.models import Payment, Registration
from events.payments.providers import manual

from . import shown
from .money_forms import PaymentNoteForm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

#: At once: the confirmation names everybody, and each row is a transaction of its own.
MOST = 200


class Promotion(Enum):
    """What became of letting somebody move up before everybody else."""

    HAS_PLACE = auto()
    FIRST_IN_LINE = auto()
    REFUSED = auto()
    LEFT = auto()


class RegistrationActions(ModelAdmin):
    actions = ["cancel", "promote", "mark_paid", "check_in"]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Acting on registrations, which are never edited field by field."""
        return request.user.has_perm("events.change_registration")

    @admin.action(description=_("Cancel the selected registrations"), permissions=["manage"])
    def cancel(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen = self._chosen(request, q)
        if chosen and "confirmed" not in request.POST:
            question = _(
                "Cancel these registrations? Their places go to the waitlist, and workshops fall "
                "with the place at the event. Everything that was paid for them goes back, "
                "whatever the event says about people who cancel themselves."
            )
            return self._ask(request, chosen, "cancel", question, back=shown.sums_back(chosen))
        self._report(request, [self._cancel_one(request, one) for one in chosen])
        return None

    def _cancel_one(self, request: HttpRequest, registration: Registration) -> bool:
        if not registration.is_active:
            return False
        try:
            ended = places.cancel(registration=registration, in_full=True)
        except TooLate:
            return False
        self.log_change(request, ended, "Cancelled.")
        return True

    @admin.action(
        description=_("Let the selected move up before everybody else"), permissions=["manage"]
    )
    def promote(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen = self._chosen(request, q)
        if chosen and "confirmed" not in request.POST:
            question = _(
                "Let these people move up before everybody else? A free place is theirs at once, "
                "also after the close and before a draw. Without a free place they are first in "
                "line. It stays on record that it was you."
            )
            return self._ask(request, chosen, "promote", question)
        chosen.sort(key=lambda registration: (registration.turn, registration.pk))
        became = Counter(self._promote_one(request, one) for one in chosen)
        self._report_promoted(request, became)
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
            self.log_change(request, promoted, "Let move up before everybody else.")
        is_waiting = promoted.status == Registration.Status.WAITLISTED
        return Promotion.FIRST_IN_LINE if is_waiting else Promotion.HAS_PLACE

    def _warn_refused(
        self, request: HttpRequest, registration: Registration, refused: PlaceRefused
    ) -> None:
        reasons = " ".join(refusal.sentence for refusal in refused.refusals)
        text = format_html("{}: {}", shown.person(registration.attendee), reasons)
        self.message_user(request, text, messages.WARNING)

    def _report_promoted(self, request: HttpRequest, became: Counter[Promotion]) -> None:
        if done := became[Promotion.HAS_PLACE]:
            text = ngettext("%(n)d has a place now.", "%(n)d have a place now.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)
        if first := became[Promotion.FIRST_IN_LINE]:
            text = ngettext(
                "%(n)d is first in line now, because no place is free. Raise the capacity to let "
                "them in.",
                "%(n)d are first in line now, because no place is free. Raise the capacity to let "
                "them in.",
                first,
            )
            self.message_user(request, text % {"n": first}, messages.WARNING)
        self._report_left(request, became[Promotion.LEFT])

    @admin.action(description=_("Mark the selected as paid"), permissions=["manage"])
    def mark_paid(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        chosen = self._chosen(request, q)
        form = PaymentNoteForm(request.POST if "confirmed" in request.POST else None, chosen=chosen)
        if chosen and not form.is_valid():
            return self._ask_paid(request, chosen, form)
        try:
            self._report(request, [self._mark_one(request, one, form) for one in chosen])
        except manual.ReferenceUsed:
            form.add_error("reference", _("Another payment has this reference already."))
            return self._ask_paid(request, chosen, form)
        return None

    def _mark_one(
        self, request: HttpRequest, registration: Registration, form: PaymentNoteForm
    ) -> bool:
        """With a reference there is only one registration, so an error leaves nothing half done."""
        if registration.status not in manual.PAYABLE:
            return False
        user = cast("User", request.user)
        payment = manual.mark_paid(registration=registration, by=user, **form.cleaned_data)
        amount = money.format_amount(payment.amount, payment.currency)
        self.log_change(request, registration, f"Marked {amount} as received.")
        if payment.status == Payment.Status.REFUND_DUE:
            self._warn_goes_back(request, registration, payment)
        return True

    def _warn_goes_back(
        self, request: HttpRequest, registration: Registration, payment: Payment
    ) -> None:
        text = format_html(
            gettext("{who}: {amount} is noted and has to go back, because {why}."),
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
    def check_in(self, request: HttpRequest, q: QuerySet[Registration]) -> None:
        chosen = self._chosen(request, q)
        self._report(request, [self._check_in_one(request, one) for one in chosen])

    def _check_in_one(self, request: HttpRequest, registration: Registration) -> bool:
        is_new = places.check_in(registration=registration)
        if is_new:
            self.log_change(request, registration, "Checked in.")
        return is_new

    def _chosen(self, request: HttpRequest, q: QuerySet[Registration]) -> list[Registration]:
        """The selected rows, or none and a word about why."""
        chosen = list(q[: MOST + 1])
        if not chosen:
            self.message_user(request, gettext("Nothing was selected."), messages.WARNING)
        if len(chosen) <= MOST:
            return chosen
        text = gettext("Please select at most %(most)d registrations at a time.")
        self.message_user(request, text % {"most": MOST}, messages.ERROR)
        return []

    def _ask_paid(
        self, request: HttpRequest, chosen: list[Registration], form: PaymentNoteForm
    ) -> HttpResponse:
        question = _("Was the full amount received for each of these?")
        if "amount" in form.fields:
            question = _("How much was received for this?")
        return self._ask(request, chosen, "mark_paid", question, form=form)

    def _ask(
        self,
        request: HttpRequest,
        chosen: list[Registration],
        action: str,
        question: Any,
        **more: Any,
    ) -> HttpResponse:
        """A page that names everybody concerned, before anything happens."""
        context = self.admin_site.each_context(request) | {
            "title": _("Are you sure?"),
            "question": question,
            "opts": self.opts,
            "chosen": chosen,
            "action": action,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            **more,
        }
        return TemplateResponse(request, "admin/events/registration/confirm.html", context)

    def _report(self, request: HttpRequest, changes: list[bool]) -> None:
        if done := sum(changes):
            text = ngettext("%(n)d registration changed.", "%(n)d registrations changed.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)
        self._report_left(request, len(changes) - done)

    def _report_left(self, request: HttpRequest, left: int) -> None:
        if left:
            why = ngettext(
                "%(n)d was left as it was, because its status or time does not allow it.",
                "%(n)d were left as they were, because their status or time does not allow it.",
                left,
            )
            self.message_user(request, why % {"n": left}, messages.WARNING)
