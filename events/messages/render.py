"""Make the words of a message when it is handed over, in the person's language of that moment."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.template import Context, Engine
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from events.access.refusals import Code, Refusal
from events.formatting import money, times
from events.formatting.contact import Contact, contact_of
from events.models import Bookable, Event, Notification, Payment, Registration

from .confirmation import confirmation_link, refusal_link
from .password_reset import reset_link
from .stop_link import following_address, stop_link

Kind = Notification.Kind
Values = dict[str, Any]

MOST_OF_A_SUBJECT = 200  # characters
CODES = frozenset(code.value for code in Code)
PROBLEMS = dict(Payment.Problem.choices)


@dataclass(frozen=True, slots=True)
class Words:
    """A finished mail; `subject` is one line."""

    subject: str
    text: str
    html: str


def words(notification: Notification) -> Words:
    """Render the templates of the message's kind.

    `notification` comes with attendee and user, and with registration, event and workshop.
    """
    with translation.override(notification.attendee.mail_language):
        values = _values(notification) | _looked_up(notification)
        values["subject"] = subject = _subject(notification, values)
        text = _render(notification, "txt", values).strip()
        html = _render(notification, "html", values, autoescape=True)
        return Words(subject, f"{text}\n", html)


def subject_line(notification: Notification) -> str:
    """Render the subject in the reader's own language, without a query and without secrets."""
    return _subject(notification, _values(notification))


def _subject(notification: Notification, values: Values) -> str:
    return _one_line(_render(notification, "subject", values))[:MOST_OF_A_SUBJECT]


def _render(
    notification: Notification, part: str, values: Values, *, autoescape: bool = False
) -> str:
    """Escape in HTML only, not in plain text and subjects."""
    name = f"messages/{notification.kind}.{part}"
    template = Engine.get_default().get_template(name)
    return str(template.render(Context(values, autoescape=autoescape)))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def contact_for(notification: Notification) -> Contact:
    """Return whom an answer goes to: the event's contact, or the site's."""
    event = notification.registration.event if notification.registration else notification.event
    return contact_of(event.contact if event else "")


# --- What the templates may name -----------------------------------------------------------------


def _values(notification: Notification) -> Values:
    values: Values = {
        "site": settings.SITE_URL,
        "site_name": settings.SITE_NAME,
        "registrations": settings.SITE_URL + reverse("events:registrations"),
    }
    values["contact"] = contact_for(notification)
    if notification.registration is not None:
        values |= _about(notification.registration)
    elif notification.event is not None:
        values |= _about_event(notification.event)
    return values | _from_facts(notification)


def _about(registration: Registration) -> Values:
    """Titles become one line; times name their zone. What takes time is made
    when a template names it."""
    event, bookable = registration.event, registration.bookable
    return {
        "title": _one_line(bookable.title),
        "start": _when_named(times.in_words, bookable.starts_at, event.zone),
        "end": _when_named(times.in_words, bookable.ends_at, event.zone),
        "deadline": _when_named(_time, registration, registration.hold_until),
        "price": _when_named(money.format_amount, registration.amount, registration.currency),
        "is_held": registration.status == Registration.Status.AWAITING_PAYMENT,
        "had_place": registration.taken_at is not None,
        "is_paid": registration.amount > 0 and registration.confirmed_at is not None,
        "money_back_until": _when_named(_money_back_until, registration),
        "draw_at": _when_named(_time, registration, event.draw_at),
        "commitment": event.draw_commitment,
        "is_open": event.is_published and timezone.now() < bookable.registration_ends_at,
        "code": str(registration.code),
    }


def _about_event(event: Event) -> Values:
    return {
        "title": _one_line(event.title),
        "summary": _one_line(event.summary),
        "start": _when_named(times.in_words, event.starts_at, event.zone),
        "opens": _when_named(_opening, event),
        "event": settings.SITE_URL + event.get_absolute_url(),
        "followed": following_address(),
    }


def _opening(event: Event) -> str:
    """Return when registration opens; "" if it has opened."""
    opens_at = event.opens_at
    is_ahead = opens_at is not None and timezone.now() < opens_at
    return times.in_words(opens_at, event.zone) if opens_at and is_ahead else ""


def _when_named(make: Callable[..., str], *values: object) -> object:
    return SimpleLazyObject(lambda: make(*values))


def _time(registration: Registration, instant: datetime | None) -> str:
    return times.in_words(instant, registration.event.zone) if instant else ""


def _money_back_until(registration: Registration) -> str:
    until = registration.money_back_until
    return _time(registration, until) if until and timezone.now() < until else ""


def _from_facts(notification: Notification) -> Values:
    """Leave out the sentence whose fact is missing."""
    facts, registration = notification.facts, notification.registration
    values: Values = {name: facts.get(name, False) for name in ("draw", "drawn", "over", "held")}
    if registration and "before" in facts:
        values["before"] = _time(registration, datetime.fromisoformat(facts["before"]))
    if "amount" in facts:
        values["amount"] = money.format_amount(facts["amount"], facts["currency"])
    if "problem" in facts:
        values["why"] = PROBLEMS.get(facts["problem"], "")
        is_other = facts["problem"] == Payment.Problem.AMOUNT
        values["is_other_amount"] = is_other and "amount" in facts
    return values


# --- What only a delivery needs ------------------------------------------------------------------


def _looked_up(notification: Notification) -> Values:
    look = LOOK_UPS.get(Kind(notification.kind))
    return look(notification) if look else {}


def _as_uuid(text: object) -> UUID | None:
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _other(notification: Notification) -> Values:
    q = Registration.objects.select_related("workshop", "event")
    code = _as_uuid(notification.facts.get("other"))
    other = q.filter(code=code).first() if code else None
    return {"other": _one_line(other.bookable.title) if other else ""}


def _refusals(notification: Notification) -> Values:
    registration = notification.registration
    if registration is None:
        return {}
    reasons = [r for r in notification.facts.get("refusals", ()) if r["code"] in CODES]
    found = [_refusal_of(reason, registration.bookable) for reason in reasons]
    return {"refusals": [_with_step(refusal) for refusal in found]}


def _refusal_of(reason: Mapping[str, Any], bookable: Bookable) -> Refusal:
    """Make the refusal of what was noted, without what the person has given up since then."""
    pks = [pk for pk in (reason["held"], *reason.get("also_held", ())) if pk]
    found = Registration.objects.active().select_related("workshop", "event").in_bulk(pks)
    held = [found[pk] for pk in pks if pk in found]
    first = held[0] if held else None
    return Refusal(Code(reason["code"]), bookable, held=first, also_held=tuple(held[1:]))


def _with_step(refusal: Refusal) -> tuple[str, str, str]:
    step = refusal.step
    return refusal.sentence, step.label, step.absolute(settings.SITE_URL)


def _confirmation(notification: Notification) -> Values:
    back = str(notification.facts.get("back", ""))
    return {"link": confirmation_link(notification.attendee, back)}


def _refusal(notification: Notification) -> Values:
    attendee = notification.attendee
    return {"link": refusal_link(attendee), "name": attendee.user.get_username()}


def _reset(notification: Notification) -> Values:
    user = notification.attendee.user
    return {"link": reset_link(user), "name": user.get_username()}


def _hosts(notification: Notification) -> Values:
    """Name the hosts that the person follows, and the link with which they stop."""
    event, attendee = notification.event, notification.attendee
    if event is None:
        return {}
    theirs = list(event.hosts.filter(follows__attendee=attendee))
    names = [_one_line(host.name) for host in theirs]
    return {"hosts": ", ".join(names), "stop": stop_link(attendee, theirs)}


LOOK_UPS: Mapping[Kind, Callable[[Notification], Values]] = {
    Kind.TIME_CLASH: _other,
    Kind.PASSED_OVER: _refusals,
    Kind.CONFIRM_ADDRESS: _confirmation,
    Kind.ADDRESS_CHANGE: _refusal,
    Kind.PASSWORD_RESET: _reset,
    Kind.NEW_EVENT: _hosts,
}
