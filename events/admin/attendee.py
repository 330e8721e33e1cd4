"""Attendees with what Neos and Patreon said about them, to read only."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from events import pricing
from events.models import Attendee, Registration

from .scope import OwnEventsAdmin, ReadOnlyAdmin, own_events


@admin.register(Attendee)
class AttendeeAdmin(OwnEventsAdmin, ReadOnlyAdmin):
    list_display = ["person", "neos_id", "verified", "verified_at", "pledge", "address_confirmed"]
    list_filter = [
        "neos_email_verified",
        "neos_locked",
        "patreon_known",
        "patreon_supporter",
        ("neos_id", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["user"]
    search_fields = ["neos_id", "neos_username", "display_name", "user__username"]
    ordering = ["pk"]
    fieldsets = [
        (None, {"fields": ["person", "time_zone", "address_confirmed"]}),
        (
            _("Neos"),
            {
                "fields": [
                    "neos_id",
                    "neos_username",
                    "verified",
                    "verified_at",
                    "neos_registered_at",
                    "neos_email_verified",
                    "neos_locked",
                    "neos_banned_until",
                    "neos_tags",
                ]
            },
        ),
        (
            _("Patreon"),
            {"fields": ["patreon_known", "patreon_supporter", "pledge", "patreon_until"]},
        ),
    ]

    def narrow(self, q: QuerySet[Attendee], request: HttpRequest) -> QuerySet[Attendee]:
        """People who have signed up for one of the organizer's events."""
        here = Registration.objects.filter(attendee=OuterRef("pk"), event__in=own_events(request))
        return q.filter(Exists(here))

    @admin.display(description=_("attendee"), ordering="neos_username")
    def person(self, attendee: Attendee) -> SafeString:
        return format_html("<bdi>{}</bdi>", attendee.name)

    @admin.display(description=_("verified Neos account"), boolean=True)
    def verified(self, attendee: Attendee) -> bool:
        return attendee.is_verified

    @admin.display(description=_("pledge a month"), ordering="patreon_cents")
    def pledge(self, attendee: Attendee) -> str:
        if not attendee.patreon_known:
            return _t("not shared")
        return pricing.format_amount(attendee.pledge(timezone.now()), "USD")

    @admin.display(description=_("e-mail confirmed"), boolean=True)
    def address_confirmed(self, attendee: Attendee) -> bool:
        return attendee.email_confirmed_at is not None
