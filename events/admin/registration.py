"""Registrations as organizers see them. Every change goes through `places` or `payments`."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events import places, pricing
from events.models import Payment, Registration
from events.payments import manual

from .scope import OwnEventsAdmin, ReadOnlyAdmin

if TYPE_CHECKING:
    PaymentTabularInline = admin.TabularInline[Payment, Registration]
else:
    PaymentTabularInline = admin.TabularInline


class PaymentNoteForm(forms.Form):
    reference = forms.CharField(label=_("Reference"), max_length=120, required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)


class PaymentInline(PaymentTabularInline):
    model = Payment
    fields = ("created_at", "provider", "amount", "currency", "status", "reference", "note")
    readonly_fields = fields
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("events.view_registration")


@admin.register(Registration)
class RegistrationAdmin(OwnEventsAdmin, ReadOnlyAdmin):
    list_display = ["person", "neos_id", "event", "workshop", "state", "cost", "created_at"]
    list_filter = [
        "status",
        ("event", admin.RelatedOnlyFieldListFilter),
        ("workshop", admin.RelatedOnlyFieldListFilter),
    ]
    list_select_related = ["attendee__user", "event", "workshop"]
    search_fields = [
        "code__exact",
        "attendee__neos_id",
        "attendee__neos_username",
        "attendee__display_name",
        "attendee__user__username",
    ]
    search_help_text = _("Name, Neos id, or the whole registration code")
    inlines = [PaymentInline]
    actions = ["cancel", "mark_paid", "check_in"]
    fieldsets = [
        (None, {"fields": ["code", "person", "neos_id", "event", "workshop", "state"]}),
        (_("Money"), {"fields": ["cost", "perk_label", "hold_until"]}),
        (
            _("When"),
            {
                "fields": [
                    "created_at",
                    "waitlisted_at",
                    "confirmed_at",
                    "checked_in_at",
                    "ended_at",
                ]
            },
        ),
    ]

    def has_manage_permission(self, request: HttpRequest) -> bool:
        """Acting on registrations, which are never edited field by field."""
        return request.user.has_perm("events.change_registration")

    @admin.display(description=_("attendee"), ordering="attendee__neos_username")
    def person(self, registration: Registration) -> SafeString:
        """A name in its own bidi context: it must not reorder what stands beside it."""
        return format_html("<bdi>{}</bdi>", registration.attendee.name)

    @admin.display(description=_("Neos id"), ordering="attendee__neos_id")
    def neos_id(self, registration: Registration) -> str:
        return registration.attendee.neos_id or "–"

    @admin.display(description=_("status"), ordering="status")
    def state(self, registration: Registration) -> str:
        if registration.has_lapsed(timezone.now()):
            return gettext("not paid in time")
        return registration.get_status_display()

    @admin.display(description=_("amount"), ordering="amount")
    def cost(self, registration: Registration) -> str:
        return pricing.format_amount(registration.amount, registration.currency)

    @admin.action(description=_("Cancel the selected registrations"), permissions=["manage"])
    def cancel(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        if "confirmed" not in request.POST:
            question = _("Cancel these registrations? Their places go to the waitlist.")
            return self._ask(request, q, "cancel", question)
        done = sum(self._cancel_one(request, registration) for registration in q)
        self._report(request, done, q.count())
        return None

    def _cancel_one(self, request: HttpRequest, registration: Registration) -> bool:
        try:
            ended = places.cancel(registration=registration)
        except places.TooLate:
            return False
        self.log_change(request, ended, "Cancelled.")
        return registration.is_active

    @admin.action(description=_("Mark the selected as paid"), permissions=["manage"])
    def mark_paid(self, request: HttpRequest, q: QuerySet[Registration]) -> HttpResponse | None:
        form = PaymentNoteForm(request.POST if "confirmed" in request.POST else None)
        if not form.is_valid():
            question = _("Was the full amount received for each of these?")
            return self._ask(request, q, "mark_paid", question, form)
        held = [r for r in q if r.status in manual.PAYABLE]
        done = sum(self._mark_one(request, registration, form) for registration in held)
        self._report(request, done, q.count())
        return None

    def _mark_one(
        self, request: HttpRequest, registration: Registration, form: PaymentNoteForm
    ) -> bool:
        assert request.user.is_authenticated  # noqa: S101 - for the type checker: the admin is
        try:
            payment = manual.mark_paid(
                registration=registration, by=request.user, **form.cleaned_data
            )
        except manual.ReferenceUsed:
            text = gettext("This reference is noted for another payment already.")
            self.message_user(request, text, messages.ERROR)
            return False
        self.log_change(request, registration, f"Marked as paid: {payment}")
        return payment.status == Payment.Status.PAID

    @admin.action(description=_("Check the selected in"), permissions=["manage"])
    def check_in(self, request: HttpRequest, q: QuerySet[Registration]) -> None:
        done = sum(places.check_in(registration=registration) for registration in q)
        self._report(request, done, q.count())

    def _ask(
        self,
        request: HttpRequest,
        q: QuerySet[Registration],
        action: str,
        question: Any,
        form: forms.Form | None = None,
    ) -> HttpResponse:
        """A page that names everybody concerned, before anything happens."""
        context = self.admin_site.each_context(request) | {
            "title": question,
            "opts": self.opts,
            "registrations": q,
            "action": action,
            "form": form,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/events/registration/confirm.html", context)

    def _report(self, request: HttpRequest, done: int, asked: int) -> None:
        text = ngettext("%(done)d registration changed.", "%(done)d registrations changed.", done)
        self.message_user(request, text % {"done": done}, messages.SUCCESS)
        if left := asked - done:
            why = gettext("%(left)d left as they were: over, ended before, or without a place.")
            self.message_user(request, why % {"left": left}, messages.WARNING)
