"""Collect what templates of mails may name: registration, event and facts, without a query."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import ngettext

from events.access import entrance
from events.formatting import marked, money
from events.formatting.contact import Contact, contact_of
from events.formatting.marked import Marked, inline, sentence
from events.models import Attendee, Event, Notification, Payment, Registration
from events.models.texts import Text

from . import when
from .money_reasons import why_back

Values = dict[str, Any]
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def values_of(notification: Notification) -> Values:
    values: Values = {"site": settings.SITE_URL, "site_name": settings.SITE_NAME}
    values["contact"] = contact_for(notification)
    if notification.registration is not None:
        values |= _about(notification.registration, notification.attendee)
    elif notification.event is not None:
        values |= _about_event(notification.event, notification.attendee)
    return values | _from_facts(notification)


def contact_for(notification: Notification) -> Contact:
    """Return whom an answer goes to: the event's contact, or the site's."""
    event = notification.registration.event if notification.registration else notification.event
    return contact_of(event.contact if event else "")


def one_line(text: str) -> str:
    return " ".join(text.split())


def said(text: Text) -> Marked:
    """Return one line, which the HTML of a mail in another language marks."""
    return inline(Text(one_line(text), text.language))


def when_named(make: Callable[..., str], *values: object) -> object:
    """Make it only once a template names it."""
    return SimpleLazyObject(lambda: make(*values))


# --- About a registration ------------------------------------------------------------------------


def _about(registration: Registration, reader: Attendee) -> Values:
    """Titles become one line, in the reader's language; times name their zone. What takes time is
    made when it is named.
    """
    event, bookable = registration.event, registration.bookable

    def moment(instant: datetime | None) -> object:
        return when_named(_moment, instant, reader, event)

    return {
        "title": said(bookable.shown_title),
        "event_title": said(event.shown_title),
        "is_workshop": registration.workshop_id is not None,
        "start": moment(bookable.starts_at),
        "has_started": bookable.starts_at <= timezone.now(),
        "end": moment(bookable.ends_at),
        "starts_in": partial(_starts_in, registration),  # templates call it
        "deadline": moment(registration.hold_until),
        "price": when_named(money.format_amount, registration.amount, registration.currency),
        "is_held": registration.status == Registration.Status.AWAITING_PAYMENT,
        "had_place": registration.taken_at is not None,
        "moved_up": registration.filling_pass_id is not None,
        "is_paid": registration.amount > 0 and registration.confirmed_at is not None,
        "money_back_until": when_named(_money_back_until, registration, reader),
        "draw_at": moment(event.draw_at),
        "awaits_draw": event.is_awaiting_draw and registration.workshop_id is None,
        "commitment": event.draw_commitment,
        "is_open": event.is_published and timezone.now() < bookable.registration_ends_at,
        "waits_until": moment(bookable.waitlist_ends_at),
        "is_session_open": when_named(_open_session, registration),
        "session_opens": when_named(_session_opening, registration, reader),
        "code": str(registration.code),
    }


def _moment(instant: datetime | None, reader: Attendee, event: Event) -> str:
    return when.in_words(instant, reader, event) if instant else ""


def _money_back_until(registration: Registration, reader: Attendee) -> str:
    until = registration.money_back_until
    is_ahead = until is not None and timezone.now() < until
    return _moment(until, reader, registration.event) if is_ahead else ""


def _starts_in(registration: Registration) -> Marked:
    """Say how long it is until the start, in hours, or in minutes for less than two hours."""
    left = registration.bookable.starts_at - timezone.now()
    if left >= 2 * HOUR:
        n = round(left / HOUR)
        text = ngettext(
            "“%(title)s” starts in %(n)d hour.", "“%(title)s” starts in %(n)d hours.", n
        )
    else:
        n = max(round(left / MINUTE), 1)
        text = ngettext(
            "“%(title)s” starts in %(n)d minute.", "“%(title)s” starts in %(n)d minutes.", n
        )
    return sentence(text, title=said(registration.bookable.shown_title), n=n)


def _open_session(registration: Registration) -> str:
    """Return the way in for who may come in now; "" else."""
    return entrance.entrance_of(registration, timezone.now()).address


def _session_opening(registration: Registration, reader: Attendee) -> str:
    """Return when the way in is shown; "" if that time has come, or there is no link yet."""
    if not registration.event.session_url:
        return ""
    found = entrance.entrance_of(registration, timezone.now())
    return _moment(found.opens_at, reader, registration.event) if found.is_ahead else ""


# --- About an event ------------------------------------------------------------------------------


def _about_event(event: Event, reader: Attendee) -> Values:
    return {
        "title": said(event.shown_title),
        "summary": said(event.shown_summary),
        "start": when_named(_moment, event.starts_at, reader, event),
        "has_started": event.starts_at <= timezone.now(),
        "opens": when_named(_opening, event, reader),
    }


def _opening(event: Event, reader: Attendee) -> str:
    """Return when registration opens; "" if it has opened."""
    is_ahead = event.opens_at is not None and timezone.now() < event.opens_at
    return _moment(event.opens_at, reader, event) if is_ahead else ""


# --- From the facts ------------------------------------------------------------------------------


def _from_facts(notification: Notification) -> Values:
    """Leave out the sentence whose fact is missing."""
    facts, registration = notification.facts, notification.registration
    names = ("draw", "drawn", "over", "held", "kept", "added")
    values: Values = {name: facts.get(name, False) for name in names}
    values["note"] = facts.get("note", "")
    values |= {"what": facts.get("what", ""), "left": facts.get("left")}
    for name in ("before", "before_end"):
        if registration and name in facts:
            instant = datetime.fromisoformat(facts[name])
            values[name] = _moment(instant, notification.attendee, registration.event)
    values["is_test"] = facts.get("test", False)
    if "amount" in facts:
        values["amount"] = money.format_amount(facts["amount"], facts["currency"])
    if "sums" in facts:
        values["back"] = money.format_sums(facts["sums"])
    if "problem" in facts:
        values["why"] = why_back(facts["problem"])
        is_other = facts["problem"] == Payment.Problem.AMOUNT
        values["is_other_amount"] = is_other and "amount" in facts
    return values


def titles(found: list[Text]) -> Marked:
    """Format like "“Jam” and “Tea”"."""
    return marked.listed(marked.quoted(said(title)) for title in found)
