"""Payments as organizers see them, and those that need their decision."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.formatting import money
from events.models import Dispute, Event, Payment, Refund

from . import shown
from .base import OwnEventsAdmin, own_events
from .in_zone import InZoneAdmin
from .money_words import explain, provider_name
from .payment_actions import PaymentActions
from .read_only import ReadOnlyAdmin, ReadOnlyInline

if TYPE_CHECKING:
    from events.models.payment import PaymentQuerySet


class TaskFilter(admin.SimpleListFilter):
    title = _("task")
    parameter_name = "task"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("person", _("Needs a decision"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        if self.value() != "person":
            return queryset
        return cast("PaymentQuerySet", queryset).undecided()


class EventFilter(admin.SimpleListFilter):
    """Filter by own events that have payments. The id of any other event finds nothing."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        q = own_events(request).filter(registrations__payments__isnull=False).distinct()
        return [(str(pk), title) for pk, title in q.values_list("pk", "title")]

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        chosen = self.value()
        if chosen is None:
            return queryset
        if chosen not in {pk for pk, _title in self.lookup_choices}:
            return queryset.none()
        return queryset.filter(registration__event=int(chosen))


class RefundInline(ReadOnlyInline):
    model = Refund
    fields = (
        "created_at",
        "status",
        "sum",
        "asked_by",
        "reference",
        "by_provider",
        "why",
        "tries",
        "try_at",
        "finished_at",
        "note",
    )
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("events.view_payment")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Refund]:
        return super().get_queryset(request).select_related("payment", "requested_by")

    @admin.display(description=_("amount"))
    def sum(self, refund: Refund) -> str:
        return money.format_amount(refund.amount, refund.currency)

    @admin.display(description=_("error"))
    def why(self, refund: Refund) -> str:
        return explain(refund.error) or shown.NOTHING

    @admin.display(description=_("requested by"))
    def asked_by(self, refund: Refund) -> SafeString:
        return shown.account(refund.requested_by)


class DisputeInline(ReadOnlyInline):
    """Organizers answer the bank at the provider; the site only shows what came of it."""

    model = Dispute
    fields = ("created_at", "status", "sum", "reference", "told_at")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("events.view_payment")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        return super().get_queryset(request).select_related("payment")

    @admin.display(description=_("amount"))
    def sum(self, dispute: Dispute) -> str:
        return money.format_amount(dispute.amount, dispute.currency)


class DisputeFilter(admin.SimpleListFilter):
    title = _("dispute")
    parameter_name = "dispute"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Dispute.Status.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        if self.value() not in Dispute.Status.values:
            return queryset
        return queryset.filter(disputes__status=self.value()).distinct()


@admin.register(Payment)
class PaymentAdmin(PaymentActions, OwnEventsAdmin, ReadOnlyAdmin, InZoneAdmin):
    list_display = [
        "person",
        "event",
        "what",
        "sum",
        "state",
        "problem",
        "through",
        "received",
    ]
    list_filter = [TaskFilter, "status", "problem", DisputeFilter, EventFilter]
    search_fields = [
        "reference",
        "registration__attendee__neos_id",
        "registration__attendee__neos_username",
        "registration__attendee__display_name",
        "registration__attendee__user__username",
    ]
    search_help_text = _("Name, Neos id or reference")
    inlines = [RefundInline, DisputeInline]
    fieldsets = [
        (None, {"fields": ["place", "neos", "event", "what"]}),
        (_("Money"), {"fields": ["sum", "state", "problem", "why", "through", "reference"]}),
        (
            _("When"),
            {
                "fields": ["created_at", "paid_at", "noted_by", "note", "decider", "decision"],
                "description": _("All times on this page are in the event's time zone."),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        q: QuerySet[Payment] = super().get_queryset(request)
        return q.select_related(
            "registration__attendee__user",
            "registration__event",
            "registration__workshop",
            "recorded_by",
            "decided_by",
        ).prefetch_related("refunds", "disputes")

    def narrow(self, q: QuerySet[Payment], request: HttpRequest) -> QuerySet[Payment]:
        return q.filter(registration__event__in=own_events(request))

    def event_of(self, row: Payment) -> Event:
        return row.registration.event

    @admin.display(description=_("attendee"), ordering="registration__attendee__neos_username")
    def person(self, payment: Payment) -> SafeString:
        return shown.name(payment.registration.attendee.name)

    @admin.display(description=_("attendee"))
    def place(self, payment: Payment) -> SafeString:
        address = reverse("admin:events_registration_change", args=[payment.registration_id])
        return format_html('<a href="{}">{}</a>', address, self.person(payment))

    @admin.display(description=_("Neos id"))
    def neos(self, payment: Payment) -> SafeString:
        return shown.neos_id(payment.registration.attendee)

    @admin.display(description=_("event"), ordering="registration__event__title")
    def event(self, payment: Payment) -> SafeString:
        return shown.name(payment.registration.event.title)

    @admin.display(description=_("for"))
    def what(self, payment: Payment) -> SafeString | str:
        workshop = payment.registration.workshop
        return shown.name(workshop.title) if workshop else gettext("the event itself")

    @admin.display(description=_("amount"), ordering="amount")
    def sum(self, payment: Payment) -> str:
        return money.format_amount(payment.amount, payment.currency)

    @admin.display(description=_("status"), ordering="status")
    def state(self, payment: Payment) -> str:
        return shown.state_of_money(payment)

    @admin.display(description=_("error"))
    def why(self, payment: Payment) -> str:
        return explain(payment.error) or shown.NOTHING

    @admin.display(description=_("provider"), ordering="provider")
    def through(self, payment: Payment) -> str:
        return provider_name(payment.provider)

    @admin.display(description=_("decided by"))
    def decider(self, payment: Payment) -> SafeString:
        return shown.account(payment.decided_by)

    @admin.display(description=_("received"), ordering="paid_at")
    def received(self, payment: Payment) -> str:
        return shown.moment(payment.paid_at, payment.registration.event.zone)

    @admin.display(description=_("recorded by"))
    def noted_by(self, payment: Payment) -> SafeString:
        return shown.account(payment.recorded_by)
