"""Say to which pages of the site somebody agreed: for a registration, and for a person."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from events.access.agreements import agreements_of
from events.models import Agreement, Attendee, Registration

from . import shown


def lines_of_agreements(one: Registration) -> list[SafeString]:
    """Return a line for each page to which the person agreed with this registration."""
    q = one.agreements.select_related("version__page").defer("version__text", "version__page__text")
    return _lines(q, one.event.zone)


def lines_of_person(attendee: Attendee, zone: ZoneInfo) -> list[SafeString]:
    return _lines(agreements_of(attendee), zone)


def _lines(agreements: Iterable[Agreement], zone: ZoneInfo) -> list[SafeString]:
    return [_line(agreement, zone) for agreement in agreements]


def _line(agreement: Agreement, zone: ZoneInfo) -> SafeString:
    version = agreement.version
    return format_html(
        '<a href="{}">{}</a> ({})',
        version.get_absolute_url(),
        gettext("{title}, version {number}").format(
            title=version.shown_title, number=version.number
        ),
        shown.moment(agreement.agreed_at, zone),
    )
