"""What organizers decide about money that has to go back: each action asks `payments`, row by row.

The site gives back what a provider brought. What people arranged themselves they give back by hand,
and say so.
"""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.formatting import money
from events.models import Payment, Refund
from events.payments import ledger, refunds
from events.payments.providers import manual

from .actions import MOST
from .money_forms import GivenForm, NoteForm

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class PaymentActions(ModelAdmin):
    actions = ["give_back", "accept"]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Deciding about payments, which are never edited field by field."""
        return request.user.has_perm("events.change_payment")

    @admin.action(description=_("Give the money back"), permissions=["manage"])
    def give_back(self, request: HttpRequest, q: QuerySet[Payment]) -> HttpResponse | None:
        chosen = self._chosen(request, q)
        form = _form(request, chosen)
        if chosen and not form.is_valid():
            return self._ask(request, chosen, "give_back", _question(chosen), form=form)
        done = [self._give_one(request, payment, form.cleaned_data) for payment in chosen]
        self._report_given(request, chosen, done)
        return None

    def _give_one(self, request: HttpRequest, payment: Payment, said: dict[str, str]) -> bool:
        user = cast("User", request.user)
        amount = money.format_amount(payment.amount, payment.currency)
        try:
            if _is_by_hand(payment, said):
                refunds.record_given_back(payment=payment, by=user, **said)
                self.log_change(request, payment, f"Noted {amount} as given back.")
            else:
                refunds.request(payment=payment, by=user, note=said["note"])
                self.log_change(request, payment, f"Asked for {amount} to be given back.")
        except refunds.NothingToRefund:
            return False
        return True

    def _report_given(self, request: HttpRequest, chosen: list[Payment], done: list[bool]) -> None:
        """By hand it is done, by a provider it is going to be."""
        given = [payment for payment, is_done in zip(chosen, done, strict=True) if is_done]
        by_hand = sum(payment.refunds.filter(status="done").exists() for payment in given)
        if by_hand:
            text = ngettext(
                "%(n)d payment is noted as given back.",
                "%(n)d payments are noted as given back.",
                by_hand,
            )
            self.message_user(request, text % {"n": by_hand}, messages.SUCCESS)
        if asked := len(given) - by_hand:
            text = ngettext(
                "%(n)d payment is given back soon; if that fails, its page says so.",
                "%(n)d payments are given back soon; if that fails, their pages say so.",
                asked,
            )
            self.message_user(request, text % {"n": asked}, messages.SUCCESS)
        self._report_left(
            request,
            len(chosen) - len(given),
            _("it does not have to go back, or is on its way already"),
        )

    @admin.action(description=_("Give the place after all"), permissions=["manage"])
    def accept(self, request: HttpRequest, q: QuerySet[Payment]) -> HttpResponse | None:
        chosen = self._chosen(request, q)
        if chosen and "confirmed" not in request.POST:
            question = _(
                "Keep this money, and give these people the place they paid for? That works for "
                "money that came late, while a place is free and the person may have it."
            )
            return self._ask(request, chosen, "accept", question)
        done = sum(self._accept_one(request, payment) for payment in chosen)
        if done:
            text = ngettext("%(n)d has the place now.", "%(n)d have the place now.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)
        self._report_left(
            request,
            len(chosen) - done,
            _("the money did not come late, no place is free, or the person may not have it"),
        )
        return None

    def _accept_one(self, request: HttpRequest, payment: Payment) -> bool:
        is_new = ledger.accept(payment=payment)
        if is_new:
            self.log_change(request, payment, "Gave the place after all.")
        return is_new

    def _chosen(self, request: HttpRequest, q: QuerySet[Payment]) -> list[Payment]:
        """The selected rows, or none and a word about why."""
        chosen = list(q.order_by("pk").prefetch_related("refunds")[: MOST + 1])
        if not chosen:
            self.message_user(request, gettext("Nothing was selected."), messages.WARNING)
        if len(chosen) <= MOST:
            return chosen
        text = gettext("Please select at most %(most)d payments at a time.")
        self.message_user(request, text % {"most": MOST}, messages.ERROR)
        return []

    def _ask(
        self, request: HttpRequest, chosen: list[Payment], action: str, question: Any, **more: Any
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
        return TemplateResponse(request, "admin/events/payment/confirm.html", context)

    def _report_left(self, request: HttpRequest, left: int, why: Any) -> None:
        if left:
            text = ngettext(
                "%(n)d was left as it was: %(why)s.", "%(n)d were left as they were: %(why)s.", left
            )
            self.message_user(request, text % {"n": left, "why": why}, messages.WARNING)


def _form(request: HttpRequest, chosen: list[Payment]) -> NoteForm:
    """A reference is that of one refund, which somebody made by hand."""
    data = request.POST if "confirmed" in request.POST else None
    may_be_by_hand = len(chosen) == 1 and (
        chosen[0].provider == manual.PROVIDER or _has_failed(chosen[0])
    )
    return GivenForm(data) if may_be_by_hand else NoteForm(data)


def _question(chosen: list[Payment]) -> Any:
    by_hand = {payment.provider == manual.PROVIDER for payment in chosen}
    if by_hand == {True}:
        return _("Did you give this money back yourselves? The site cannot do it; it notes it.")
    if by_hand == {False}:
        return _("Give this money back, in the way in which it came? That cannot be undone.")
    return _(
        "Give this money back? What came through a provider goes back the same way; that cannot be "
        "undone. What was arranged by hand is only noted: you have given it back yourselves."
    )


def _is_by_hand(payment: Payment, said: dict[str, str]) -> bool:
    """Money that came by hand, or that the provider could not give back and somebody now has: a
    reference says that it was given.
    """
    if payment.provider == manual.PROVIDER:
        return True
    return _has_failed(payment) and bool(said.get("reference"))


def _has_failed(payment: Payment) -> bool:
    """As it was when the payment was chosen."""
    return any(refund.status == Refund.Status.FAILED for refund in payment.refunds.all())
