"""Registrations as organizers see them. Every change goes through `places` or `payments`."""

from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events.formatting import money
from events.models import Payment, Registration

from . import shown
from .base import OwnEventsAdmin
from .in_zone import InZoneAdmin
from .money_words import provider_name
from .read_only import ReadOnlyAdmin, ReadOnlyInline
from .registration_columns import RegistrationColumns
from .registration_filters import AnswerFilter, CameFilter, MailFilter, NeedFilter, OwnFilter
from .registration_numbers import number_in_line
from .registration_page import RegistrationPage

if TYPE_CHECKING:
    from events.models.registration import RegistrationQuerySet


class PaymentInline(ReadOnlyInline):
    model = Payment
    fields = (
        "created_at",
        "through",
        "sum",
        "state",
        "problem",
        "paid_at",
        "reference",
        "noted_by",
        "note",
    )
    readonly_fields = fields
    show_change_link = True

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return request.user.has_perm("events.view_registration")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        q = super().get_queryset(request).select_related("recorded_by")
        return q.prefetch_related("refunds", "disputes")

    @admin.display(description=_("status"))
    def state(self, payment: Payment) -> str:
        return shown.state_of_money(payment)

    @admin.display(description=_("amount"))
    def sum(self, payment: Payment) -> str:
        return money.format_amount(payment.amount, payment.currency)

    @admin.display(description=_("provider"))
    def through(self, payment: Payment) -> str:
        return provider_name(payment.provider)

    @admin.display(description=_("recorded by"))
    def noted_by(self, payment: Payment) -> SafeString:
        return shown.account(payment.recorded_by)


@admin.register(Registration)
class RegistrationAdmin(
    RegistrationPage, RegistrationColumns, OwnEventsAdmin, ReadOnlyAdmin, InZoneAdmin
):
    list_display = [
        "person",
        "neos",
        "event",
        "workshop",
        "state",
        "has_come",
        "cost",
        "registered",
    ]
    list_filter = [
        "status",
        NeedFilter,
        MailFilter,
        CameFilter,
        AnswerFilter,
        ("event", OwnFilter),
        ("workshop", OwnFilter),
    ]
    list_select_related = ("attendee__user", "event", "workshop")
    search_fields = [
        "attendee__neos_id",
        "attendee__former_neos_ids__neos_id",  # where a warning about a block leads
        "attendee__neos_username",
        "attendee__display_name",
        "attendee__user__username",
    ]
    search_help_text = _("Name, Neos id, or the whole registration code")
    inlines = [PaymentInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "code",
                    "profile",
                    "neos",
                    "event",
                    "workshop",
                    "state",
                    "tier",
                    "mail",
                    "obstacles",
                ]
            },
        ),
        (
            _("Waitlist"),
            {
                "fields": [
                    "waitlisted_at",
                    "draw_rank",
                    "promoted_at",
                    "promoter",
                    "given_because",
                    "moved_up",
                ]
            },
        ),
        (_("Money"), {"fields": ["cost", "perk_label", "hold_until", "refund_until"]}),
        (
            _("When"),
            {
                "fields": [
                    "zone",
                    "created_at",
                    "confirmed_at",
                    "checked_in_at",
                    "noted_by",
                    "left_at",
                    "ended_at",
                ],
                "description": _("All times on this page are in the event's time zone."),
            },
        ),
    ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Number in line the rows of the page that is shown, and not of the whole list."""
        response = super().changelist_view(request, extra_context)
        shown_list = (getattr(response, "context_data", None) or {}).get("cl")
        if shown_list is not None:
            shown_list.result_list = list(shown_list.result_list)
            number_in_line(shown_list.result_list)
        return response

    def get_queryset(self, request: HttpRequest) -> "RegistrationQuerySet":
        """Read all of one row in one statement for its own page; the list numbers its own rows."""
        q = cast("RegistrationQuerySet", super().get_queryset(request))
        if request.resolver_match is None or "object_id" not in request.resolver_match.kwargs:
            return q
        return q.with_waitlist_position().select_related(
            *self.list_select_related, "promoted_by", "filling_pass"
        )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Find a registration by its whole code, however the database stores codes."""
        try:
            return queryset.filter(code=UUID(search_term.strip())), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)
