"""Format what needs care in the admin: people's names, their ids, sums, and times."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.contrib.auth.models import User
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from events.formatting import money, text, times
from events.models import Attendee, Notification, Payment, Registration
from events.payments import quotes

NOTHING = "–"
BREAK = SafeString("<br>")
MAX_NAMES = 20  # in one line; nobody reads more


def name(words: str) -> SafeString:
    """Return a name in its own bidi context, so that it cannot reorder the text beside it."""
    return format_html("<bdi>{}</bdi>", words)


def neos_id(attendee: Attendee) -> SafeString:
    """Return the Neos id on one line: people compare ids, and a break at a hyphen hinders them."""
    return format_html('<span class="nowrap">{}</span>', attendee.neos_id or NOTHING)


def person(attendee: Attendee) -> SafeString:
    return text.noted_html(name(attendee.name), neos_id(attendee))


def support(attendee: Attendee, now: datetime) -> str:
    """Say whether somebody supports Neos on Patreon. The amount is between them and Neos."""
    if not attendee.patreon_known:
        return gettext("not shared")
    is_one = attendee.pledge(now) or attendee.supports_without_amount(now)
    return gettext("supporter") if is_one else gettext("not a supporter")


def account(user: User | None) -> SafeString:
    """Return only the name: the pages of accounts are for superusers."""
    return name(user.get_username() if user else NOTHING)


def some(parts: Sequence[SafeString], *, of: int | None = None) -> list[SafeString | str]:
    """Return the first `MAX_NAMES` of them, and how many more there are: `of`, if that many were
    not even read.
    """
    first: list[SafeString | str] = [*parts[:MAX_NAMES]]
    if more := max(of or 0, len(parts)) - len(first):
        first.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return first


def lines(parts: Iterable[str]) -> SafeString:
    """Return a line of HTML for each part."""
    return format_html_join(BREAK, "{}", ((part,) for part in parts))


def joined(*parts: str) -> SafeString:
    """Join the parts of a line with dots, without those that are empty."""
    return format_html_join(" · ", "{}", ((part,) for part in parts if part))


def sums_back(registrations: Sequence[Registration]) -> dict[int, str]:
    """Return by primary key what goes back if organizers cancel: "€15.00", or "" for nothing."""
    found = quotes.quotes_in_full(registrations)
    return {
        pk: money.format_sums((price.amount, price.currency) for price in prices)
        for pk, prices in found.items()
    }


def moment(instant: datetime | None, zone: ZoneInfo) -> str:
    return NOTHING if instant is None else times.in_words(instant, zone)


def state_of_place(registration: Registration, now: datetime) -> str:
    """Return the status, and the number in line; needs `ahead` on people who wait."""
    if registration.has_lapsed(now):
        return gettext("not paid in time")
    if registration.awaits_draw:
        return gettext("in the draw")
    if registration.position:
        number = {"position": registration.position}
        return gettext("on the waitlist, number %(position)d") % number
    return registration.get_status_display()


def state_of_money(payment: Payment) -> str:
    """Return the status, with what went back or is disputed, like "paid · €5.00 given back".

    Reads `refunds` and `disputes`, which lists should prefetch.
    """
    parts = [payment.get_status_display()]
    if payment.given_back and payment.left:
        amount = money.format_amount(payment.given_back, payment.currency)
        parts.append(gettext("%(amount)s given back") % {"amount": amount})
    parts += [dispute.get_status_display() for dispute in payment.disputes.all()]
    return " · ".join(map(str, parts))


def state_of_message(notification: Notification, zone: ZoneInfo) -> str:
    """Return the state in words.

    A claim that has run out was interrupted: nobody knows whether the message arrived.
    """
    states = Notification.State
    is_sending = notification.state == states.SENDING
    if is_sending and not notification.is_being_sent(timezone.now()):
        return str(states.DEAD.label)
    if notification.state == states.QUEUED and notification.next_try_at:
        when = moment(notification.next_try_at, zone)
        return gettext("will be tried again at %(when)s") % {"when": when}
    return notification.get_state_display()
