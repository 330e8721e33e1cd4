"""Registrations as organizers see them. Every change goes through `places` or `payments`."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.access import offers, pricing, rules
from events.access.facts import Facts, read_facts
from events.access.hints import MailHintCode
from events.formatting import money, text
from events.models import Attendee, Bookable, Payment, Registration

from . import shown
from .base import InZoneAdmin, OwnEventsAdmin, ReadOnlyAdmin, ReadOnlyInline
from .money_words import provider_name
from .registration_filters import CameFilter, MailFilter, NeedFilter, OwnFilter
from .registration_page import RegistrationPage

if TYPE_CHECKING:
    from events.models.registration import RegistrationQuerySet

#: Why no message reaches somebody.
MAIL = {
    MailHintCode.NO_ADDRESS: _("no e-mail address: no message reaches this person"),
    MailHintCode.ADDRESS_UNCONFIRMED: _("address not confirmed: no message reaches this person"),
}
ROWS_IN_MEMORY = 2_000


def obstacles_of_waiting(facts: Facts, bookable: Bookable) -> list[str]:
    """Return why a waiting person does not move up now, in the words that the person reads."""
    found = rules.refusals_of_waiting(facts, bookable)
    lines = [text.noted(refusal.sentence, refusal.code) for refusal in found]
    if facts.is_draw_ahead(bookable):
        when = shown.moment(facts.event.draw_at, facts.event.zone)
        return [gettext("The draw comes first: %(when)s.") % {"when": when}, *lines]
    if facts.has_free_place(bookable):
        return lines
    return [gettext("No place is free."), *lines]


def price_or_free(amount: int, currency: str) -> str:
    return money.format_amount(amount, currency) if amount else gettext("free")


def number_in_line(registrations: Iterable[Registration]) -> None:
    """Set `ahead` on people who wait, among these rows, by walking along their lines once."""
    waiting = {r.pk: r for r in registrations if r.status == Registration.Status.WAITLISTED}
    if not waiting:
        return
    lines = Registration.objects.waiting().filter(event__in={r.event_id for r in waiting.values()})
    walk = lines.order_by("event", "workshop", "turn", "pk").values_list("event", "workshop", "pk")
    for _place, people in groupby(walk.iterator(ROWS_IN_MEMORY), itemgetter(0, 1)):
        for ahead, (_event, _workshop, pk) in enumerate(people):
            if pk in waiting:
                waiting[pk].ahead = ahead


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
class RegistrationAdmin(RegistrationPage, OwnEventsAdmin, ReadOnlyAdmin, InZoneAdmin):
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

    @admin.display(description=_("attendee"), ordering="attendee__neos_username")
    def person(self, registration: Registration) -> SafeString:
        return shown.name(registration.attendee.name)

    @admin.display(description=_("attendee"))
    def profile(self, registration: Registration) -> SafeString:
        address = reverse("admin:events_attendee_change", args=[registration.attendee_id])
        return format_html('<a href="{}">{}</a>', address, self.person(registration))

    @admin.display(description=_("Neos id"), ordering="attendee__neos_id")
    def neos(self, registration: Registration) -> SafeString:
        return shown.neos_id(registration.attendee)

    @admin.display(description=_("status"), ordering="status")
    def state(self, registration: Registration) -> str:
        return shown.state_of_place(registration, timezone.now())

    @admin.display(description=_("Patreon"))
    def tier(self, registration: Registration) -> SafeString | str:
        """Name what the pledge gives at this event, never its amount."""
        person, now = registration.attendee, timezone.now()
        perk = pricing.perk_of(person, registration.event.perks.all(), now)
        return shown.name(perk.label) if perk else shown.support(person, now)

    @admin.display(description=_("mail"))
    def mail(self, registration: Registration) -> str:
        """Say whether messages reach the person; the address itself is not shown here."""
        hint = offers.mail_hint(registration.attendee)
        return str(MAIL[hint.code]) if hint else gettext("messages reach this person")

    @admin.display(description=_("why this person does not move up"))
    def obstacles(self, registration: Registration) -> SafeString | str:
        if registration.status != Registration.Status.WAITLISTED:
            return shown.NOTHING
        event = registration.event
        person = Attendee.objects.facing(event).select_related("user")
        attendee = person.get(pk=registration.attendee_id)
        facts = read_facts(event, attendee, timezone.now())
        lines = obstacles_of_waiting(facts, registration.bookable)
        return shown.lines(lines) or shown.NOTHING

    @admin.display(description=_("promoted by"))
    def promoter(self, registration: Registration) -> SafeString:
        return shown.account(registration.promoted_by)

    @admin.display(description=_("checked in by"))
    def noted_by(self, registration: Registration) -> SafeString:
        return shown.account(registration.checked_in_by)

    @admin.display(description=pgettext_lazy("registration", "moved up"))
    def moved_up(self, registration: Registration) -> SafeString | str:
        """Link to the waitlist log, which says who else moved up then."""
        line = registration.filling_pass
        if line is None:
            return shown.NOTHING
        address = reverse("admin:events_fillingpass_change", args=[line.pk])
        when = shown.moment(line.at, registration.event.zone)
        return format_html('<a href="{}">{}</a>', address, when)

    @admin.display(
        description=pgettext_lazy("registration", "checked in"), ordering="checked_in_at"
    )
    def has_come(self, registration: Registration) -> str:
        return gettext("yes") if registration.checked_in_at else shown.NOTHING

    @admin.display(description=_("amount"), ordering="amount")
    def cost(self, registration: Registration) -> str:
        """Show nothing for a waiting person: the amount is agreed when the place is taken."""
        if registration.status == Registration.Status.WAITLISTED:
            return shown.NOTHING
        return price_or_free(registration.amount, registration.currency)

    @admin.display(description=pgettext_lazy("time", "registered"), ordering="created_at")
    def registered(self, registration: Registration) -> str:
        return shown.moment(registration.created_at, registration.event.zone)

    @admin.display(description=_("time zone"))
    def zone(self, registration: Registration) -> str:
        return str(registration.event.zone)
