"""Attendees with what Neos and Patreon say about them, read only."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from events.formatting import lists
from events.models import Attendee, Registration

from . import shown
from .agreed import lines_of_person
from .base import OwnEventsAdmin, own_events
from .in_zone import UTC
from .read_only import ReadOnlyAdmin


@admin.register(Attendee)
class AttendeeAdmin(OwnEventsAdmin, ReadOnlyAdmin):
    list_display = ["person", "neos", "verified", "vouched", "support", "address_confirmed"]
    list_filter = [
        "neos_email_verified",
        "neos_locked",
        "patreon_known",
        "patreon_supporter",
        ("neos_id", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["user"]
    search_fields = ["neos_id", "neos_username", "display_name", "user__username"]
    search_help_text = _("Name or Neos id")
    ordering = ["pk"]
    view_on_site = False
    fieldsets = [
        (None, {"fields": ["person", "time_zone", "address_confirmed", "agreed_to"]}),
        (
            _("Neos"),
            {
                "fields": [
                    "neos",
                    "neos_name",
                    "verified",
                    "vouched",
                    "since",
                    "neos_email_verified",
                    "neos_locked",
                    "banned",
                    "badges",
                ]
            },
        ),
        (_("Patreon"), {"fields": ["patreon_known", "support"]}),
    ]

    def narrow(self, q: QuerySet[Attendee], request: HttpRequest) -> QuerySet[Attendee]:
        here = Registration.objects.filter(attendee=OuterRef("pk"), event__in=own_events(request))
        return q.filter(Exists(here))

    @admin.display(description=_("attendee"), ordering="neos_username")
    def person(self, attendee: Attendee) -> SafeString:
        return shown.name(attendee.name)

    @admin.display(description=_("Neos id"), ordering="neos_id")
    def neos(self, attendee: Attendee) -> SafeString:
        return shown.neos_id(attendee)

    @admin.display(description=_("Neos name"))
    def neos_name(self, attendee: Attendee) -> SafeString:
        return shown.name(attendee.neos_username or shown.NOTHING)

    @admin.display(description=_("verified Neos account"), boolean=True)
    def verified(self, attendee: Attendee) -> bool:
        return attendee.is_verified

    @admin.display(description=_("last checked with Neos"), ordering="verified_at")
    def vouched(self, attendee: Attendee) -> str:
        return shown.moment(attendee.verified_at, UTC)

    @admin.display(description=_("on Neos since"))
    def since(self, attendee: Attendee) -> str:
        return shown.moment(attendee.neos_registered_at, UTC)

    @admin.display(description=_("banned until"))
    def banned(self, attendee: Attendee) -> str:
        return shown.moment(attendee.neos_banned_until, UTC)

    @admin.display(description=_("badges"))
    def badges(self, attendee: Attendee) -> str:
        return lists.joined(attendee.neos_tags) or shown.NOTHING

    @admin.display(description=_("Patreon"))
    def support(self, attendee: Attendee) -> str:
        """The page of a registration names the tier: it is one of that event."""
        return shown.support(attendee, timezone.now())

    @admin.display(description=_("agreed to"))
    def agreed_to(self, attendee: Attendee) -> SafeString | str:
        lines = lines_of_person(attendee, UTC)
        return shown.lines(lines) if lines else shown.NOTHING

    @admin.display(description=_("e-mail confirmed"), boolean=True)
    def address_confirmed(self, attendee: Attendee) -> bool:
        return attendee.email_confirmed_at is not None
