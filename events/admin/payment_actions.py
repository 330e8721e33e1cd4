"""Decisions about money that has to go back: each action asks `payments`, row by row.

The site gives back money that came through a provider. Money that came by hand goes back by hand:
organizers do that themselves, and the site records it.
"""

from collections import Counter
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from events import places
from events.formatting import lists, money, text
from events.models import Payment, Refund
from events.payments import ledger, refunds
from events.payments.providers import manual

from . import shown
from .confirmed_actions import ConfirmedActionsAdmin, typed
from .money_forms import GivenForm, NoteForm, ReasonForm
from .money_words import provider_name

if TYPE_CHECKING:
    from django.contrib.auth.models import User

GIVEN_BY_HAND = ngettext_lazy(
    "%(n)d payment is noted as given back.", "%(n)d payments are noted as given back.", "n"
)
GIVEN_SOON = ngettext_lazy(
    "%(n)d payment is given back soon; if that fails, its page says so.",
    "%(n)d payments are given back soon; if that fails, their pages say so.",
    "n",
)
TAKEN_BACK = ngettext_lazy(
    "%(n)d payment was removed from the books.", "%(n)d payments were removed from the books.", "n"
)
KEEP_PLACE = ngettext_lazy("%(n)d person keeps the place.", "%(n)d people keep the place.", "n")
TIES = {
    places.Tie.MONEY: _("it was not noted by hand, or it has gone back"),
    places.Tie.CHECKED_IN: _("the person was checked in"),
    places.Tie.OVER: _("it is over"),
    places.Tie.WORKSHOPS: _("the person has workshops that need this place; cancel those first"),
}
HAVE_PLACE = ngettext_lazy(
    "%(n)d person has the place now.", "%(n)d people have the place now.", "n"
)


class PaymentActions(ConfirmedActionsAdmin):
    actions = ["give_back", "accept", "take_back", "leave_place"]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("events.change_payment")

    def describe(self, payment: Payment) -> SafeString:
        status = payment.get_status_display()
        return shown.joined(
            shown.person(payment.registration.attendee),
            shown.name(payment.registration.bookable.title),
            text.noted(status, payment.get_problem_display()) if payment.problem else status,
            money.format_amount(payment.amount, payment.currency),
            provider_name(payment.provider),
            gettext("disputed") if payment.is_disputed else "",
            _other_money(payment),
        )

    def choose(self, request: HttpRequest, q: QuerySet[Payment]) -> list[Payment]:
        read = ("refunds", "disputes", "registration__payments")
        return super().choose(request, q.order_by("pk").prefetch_related(*read))

    @admin.action(description=_("Give the money back"), permissions=["manage"])
    def give_back(self, request: HttpRequest, q: QuerySet[Payment]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        form = _form(request, chosen)
        if self.must_ask(request, chosen) or (chosen and not form.is_valid()):
            return self.ask(request, chosen, "give_back", _question(chosen), form=form)
        done = [self._give_one(request, payment, form.cleaned_data) for payment in chosen]
        self._report_given(request, chosen, done)
        return None

    def _give_one(self, request: HttpRequest, payment: Payment, said: dict[str, str]) -> bool:
        user = cast("User", request.user)
        amount = money.format_amount(payment.left, payment.currency)
        try:
            if _is_by_hand(payment, said):
                refunds.record_given_back(payment=payment, by=user, **said)
                message = gettext("Noted %(amount)s as given back.")
            else:
                refunds.request(payment=payment, by=user, note=said["note"])
                message = gettext("Asked for %(amount)s to be given back.")
        except refunds.NothingToRefund:
            return False
        self.log_change(request, payment, message % {"amount": amount})
        return True

    def _report_given(self, request: HttpRequest, chosen: list[Payment], done: list[bool]) -> None:
        given = [payment for payment, is_done in zip(chosen, done, strict=True) if is_done]
        q = Refund.objects.filter(status=Refund.Status.DONE, by_provider=False)
        by_hand = sum(q.filter(payment=payment).exists() for payment in given)
        self.report(request, GIVEN_BY_HAND, by_hand)
        self.report(request, GIVEN_SOON, len(given) - by_hand)
        why = _(
            "the money does not have to go back, is on its way already, or the payer's bank has "
            "taken it"
        )
        self.report_left(request, done.count(False), why)

    @admin.action(description=_("Keep the money and give the place"), permissions=["manage"])
    def accept(self, request: HttpRequest, q: QuerySet[Payment]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        if self.must_ask(request, chosen):
            question = _(
                "Keep this money, and give these people the place they paid for? This works only "
                "while a place is free and the person may have it."
            )
            return self.ask(request, chosen, "accept", question)
        done = sum(self._accept_one(request, payment) for payment in chosen)
        self.report(request, HAVE_PLACE, done)
        why = _(
            "no place is free, the person may not have it, or the money has to go back for another "
            "reason"
        )
        self.report_left(request, len(chosen) - done, why)
        return None

    def _accept_one(self, request: HttpRequest, payment: Payment) -> bool:
        is_new = ledger.accept(payment=payment)
        if is_new:
            self.log_change(request, payment, gettext("Kept the money and gave the place."))
        return is_new

    @admin.action(
        description=_("Remove from the books: it was noted by mistake"), permissions=["manage"]
    )
    def take_back(self, request: HttpRequest, q: QuerySet[Payment]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        form = ReasonForm(typed(request))
        if self.must_ask(request, chosen) or (chosen and not form.is_valid()):
            question = _(
                "Did this money never come? It is taken out of the books. People who have a place "
                "for it are told, and have to pay in time to keep it."
            )
            return self.ask(request, chosen, "take_back", question, form=form)
        left = Counter(self._take_one_back(request, payment, form) for payment in chosen)
        self.report(request, TAKEN_BACK, left.pop(None, 0))
        for tie, number in left.items():
            self.report_left(request, number, TIES[tie])  # type: ignore[index]
        return None

    def _take_one_back(
        self, request: HttpRequest, payment: Payment, form: ReasonForm
    ) -> places.Tie | None:
        reason = form.cleaned_data["reason"]
        try:
            ledger.take_back(payment=payment, by=cast("User", request.user), reason=reason)
        except ledger.NotTakenBack as error:
            return error.why
        message = gettext("Removed from the books as noted by mistake: %(reason)s") % {
            "reason": reason
        }
        self.log_change(request, payment, message)
        return None

    @admin.action(description=_("Leave them the place without this money"), permissions=["manage"])
    def leave_place(self, request: HttpRequest, q: QuerySet[Payment]) -> HttpResponse | None:
        chosen = self.choose(request, q)
        form = ReasonForm(typed(request))
        if self.must_ask(request, chosen) or (chosen and not form.is_valid()):
            question = _(
                "This money went back at the payment provider or by the payer's bank. Leave these "
                "people their place all the same? If not, cancel their registrations."
            )
            return self.ask(request, chosen, "leave_place", question, form=form)
        done = sum(self._leave_one(request, payment, form) for payment in chosen)
        self.report(request, KEEP_PLACE, done)
        why = _("its money is here, or nobody has a place for it")
        self.report_left(request, len(chosen) - done, why)
        return None

    def _leave_one(self, request: HttpRequest, payment: Payment, form: ReasonForm) -> bool:
        reason = form.cleaned_data["reason"]
        user = cast("User", request.user)
        is_new = ledger.leave_place(payment=payment, by=user, reason=reason)
        if is_new:
            message = gettext("Left the place without the money: %(reason)s") % {"reason": reason}
            self.log_change(request, payment, message)
        return is_new


def _other_money(payment: Payment) -> str:
    """Name the other money that is here for the same place: the decision may look different."""
    here = (Payment.Status.PAID, Payment.Status.REFUND_DUE)
    others = [
        text.noted(money.format_amount(other.amount, other.currency), _state_of(other))
        for other in payment.registration.payments.all()
        if other.pk != payment.pk and other.status in here
    ]
    sums = lists.joined(others)
    return gettext("for the same place there is also: %(sums)s") % {"sums": sums} if others else ""


def _state_of(payment: Payment) -> str:
    return f"{payment.get_status_display()} · {provider_name(payment.provider)}"


def _form(request: HttpRequest, chosen: list[Payment]) -> NoteForm:
    """Ask for a reference only for one payment that may have been given back by hand."""
    data = typed(request)
    may_be_by_hand = len(chosen) == 1 and (
        chosen[0].provider == manual.PROVIDER or _has_failed(chosen[0])
    )
    return GivenForm(data) if may_be_by_hand else NoteForm(data)


def _question(chosen: list[Payment]) -> Any:
    by_hand = {payment.provider == manual.PROVIDER for payment in chosen}
    if by_hand == {True}:
        return _("Did you give this money back yourselves? The site cannot do it, only record it.")
    if by_hand == {False}:
        return _("Give this money back the way it came? This cannot be undone.")
    return _(
        "Give this money back? Money that came through a payment provider goes back the same way; "
        "this cannot be undone. Money that you received yourselves is only recorded as given back: "
        "the site cannot send it."
    )


def _is_by_hand(payment: Payment, said: dict[str, str]) -> bool:
    """Tell whether a person gave the money back: it came by hand, or the provider failed to give it
    back and a reference was typed now.
    """
    if payment.provider == manual.PROVIDER:
        return True
    return _has_failed(payment) and bool(said.get("reference"))


def _has_failed(payment: Payment) -> bool:
    """Answer from the rows that `choose` read, not from later ones."""
    return any(refund.status == Refund.Status.FAILED for refund in payment.refunds.all())
