"""Read what a mail says besides, when it is handed over: names, positions, reasons, sums."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from events.access.refusals import Code, Refusal
from events.formatting import money, times
from events.formatting.marked import Marked, sentence
from events.models import Bookable, Event, Notification, Payment, Registration, Workshop
from events.models.texts import Text

from . import roles, when
from .values import Values, said, titles
from .ways import Way

Kind = Notification.Kind
CODES = frozenset(code.value for code in Code)
#: How many events a mail of thanks names.
MOST_EVENTS = 3


def looked_up(notification: Notification) -> Values:
    """Ask the database for what this kind of message needs; most need nothing."""
    look = LOOK_UPS.get(Kind(notification.kind))
    return look(notification) if look else {}


def _as_uuids(texts: object) -> list[UUID]:
    """Leave out what is no code."""
    found = []
    for text in texts if isinstance(texts, list) else []:
        try:
            found.append(UUID(str(text)))
        except ValueError:
            continue
    return found


def _titles_of(codes: object) -> list[Text]:
    wanted = _as_uuids(codes)
    if not wanted:
        return []
    q = Registration.objects.select_related("workshop", "event").filter(code__in=wanted)
    return [registration.bookable.shown_title for registration in q.order_by("pk")]


def _other(notification: Notification) -> Values:
    found = _titles_of([notification.facts.get("other")])
    return {"other": said(found[0]) if found else ""}


def _former(notification: Notification) -> Values:
    """Name the workshop from which organizers moved the person; "" if they did not."""
    pk = notification.facts.get("former")
    found = Workshop.objects.select_related("event").filter(pk=pk).first() if pk else None
    return {"former": said(found.shown_title) if found else ""}


def _fallen(notification: Notification) -> Values:
    return {"fallen": titles(_titles_of(notification.facts.get("with")))}


def _position(notification: Notification) -> Values:
    """Return where somebody stands now; None if they wait no more, or there is no order yet."""
    registration = notification.registration
    if registration is None:
        return {}
    q = Registration.objects.with_waitlist_position().select_related("event")
    found = q.filter(pk=registration.pk).first()
    return {"position": found.position if found else None}


def _refusals(notification: Notification) -> Values:
    registration = notification.registration
    if registration is None:
        return {}
    reasons = [r for r in notification.facts.get("refusals", ()) if r["code"] in CODES]
    found = [_refusal_of(reason, registration.bookable) for reason in reasons]
    return {"items": [_with_step(refusal) for refusal in found]}


def _refusal_of(reason: Mapping[str, Any], bookable: Bookable) -> Refusal:
    """Make the refusal of what was noted, without what the person has given up since then."""
    pks = [pk for pk in (reason["held"], *reason.get("also_held", ())) if pk]
    found = Registration.objects.active().select_related("workshop", "event").in_bulk(pks)
    held = [found[pk] for pk in pks if pk in found]
    first = held[0] if held else None
    return Refusal(Code(reason["code"]), bookable, held=first, also_held=tuple(held[1:]))


def _with_step(refusal: Refusal) -> Way:
    step = refusal.step
    return Way(step.label, step.absolute(settings.SITE_URL), before=refusal.sentence)


# --- Money ---------------------------------------------------------------------------------------


def _receipt(notification: Notification) -> Values:
    payment = Payment.objects.filter(pk=notification.facts.get("payment")).first()
    registration = notification.registration
    if payment is None or registration is None:
        return {}
    came_at = payment.paid_at or payment.created_at
    return {
        "amount": money.format_amount(payment.amount, payment.currency),
        "number": payment.receipt_number,
        "day": times.day(came_at, registration.event.zone),  # as on the receipt itself
    }


def _comes_back(notification: Notification) -> Values:
    """Sum up all that the person paid for the event and its workshops, and that goes back."""
    registration = notification.registration
    if registration is None:
        return {}
    q = Payment.objects.filter(
        registration__attendee=registration.attendee_id,
        registration__event=registration.event_id,
        problem=Payment.Problem.EVENT_CANCELLED,
        status__in=[Payment.Status.REFUND_DUE, Payment.Status.REFUNDED],
    )
    sums = Counter[str]()
    for payment in q.prefetch_related("refunds", "disputes"):
        sums[payment.currency] += payment.left or payment.given_back
    return {
        "back": money.format_sums((amount, currency) for currency, amount in sorted(sums.items()))
    }


# --- What else there is --------------------------------------------------------------------------


def _workshops(notification: Notification) -> Values:
    """Name the person's workshops that are still to come, for a mail about the event."""
    registration = notification.registration
    if registration is None or registration.workshop_id is not None:
        return {}
    held = registration.event.registrations.filter(
        attendee=registration.attendee_id,
        status=Registration.Status.CONFIRMED,
        workshop__ends_at__gt=timezone.now(),
    ).select_related("workshop")
    lines = [_line(other, notification) for other in held.order_by("workshop__starts_at", "pk")]
    return {"workshops": lines}


def _line(held: Registration, notification: Notification) -> Marked:
    bookable = held.bookable
    start = when.in_words(bookable.starts_at, notification.attendee, bookable.event)
    return sentence(gettext("%(title)s: %(start)s"), title=said(bookable.shown_title), start=start)


def _what_comes_next(notification: Notification) -> Values:
    """Name the next public events of the same hosts."""
    registration = notification.registration
    if registration is None:
        return {}
    hosts = registration.event.hosts.all()
    q = Event.objects.inviting(timezone.now()).filter(hosts__in=hosts)
    coming = q.exclude(pk=registration.event_id).order_by("starts_at", "pk").distinct()
    return {"items": list(_as_items(coming[:MOST_EVENTS], notification))}


def _as_items(events: Iterable[Event], notification: Notification) -> Iterable[Way]:
    for event in events:
        start = when.in_words(event.starts_at, notification.attendee, event)
        text = gettext("“%(title)s” starts %(start)s.")
        before = sentence(text, title=said(event.shown_title), start=start)
        yield Way(gettext("See the event"), settings.SITE_URL + event.get_absolute_url(), before)


LOOK_UPS: Mapping[Kind, Callable[[Notification], Values]] = {
    Kind.REGISTERED: _former,
    Kind.PAYMENT_DUE: _former,
    Kind.TIME_CLASH: _other,
    Kind.PASSED_OVER: _refusals,
    Kind.WAITLISTED: _position,
    Kind.GIVEN_UP: _fallen,
    Kind.CANCELLED: _fallen,
    Kind.EVENT_CANCELLED: _comes_back,
    Kind.PAID: _receipt,
    Kind.REMINDER_DAY: _workshops,
    Kind.REMINDER_HOUR: _workshops,
    Kind.THANKS: _what_comes_next,
    Kind.ROLE_GIVEN: roles.look_up,
}
