"""Taking a place, or joining the waitlist."""

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from events.access import rules
from events.access.facts import Facts, read_facts
from events.access.refusals import PlaceRefused
from events.messages import texts
from events.models import Attendee, Bookable, Event, Registration, Workshop

from .lock import locked_event
from .lottery import is_due
from .settle import settle
from .terms import terms

Status = Registration.Status


def register(*, user: User, bookable: Bookable) -> Registration:
    """Take a place for the user's attendee, or join the waitlist; doing it again changes nothing.

    Raises `PlaceRefused` with every reason when the attendee may not have the place.
    """
    with locked_event(_event_id(bookable)) as event:
        attendee = _locked_attendee(user, event)
        bookable = _reread(bookable, event)
        facts = _due_done(read_facts(event, attendee, timezone.now()), attendee)
        if existing := facts.registration(bookable):
            return existing
        if found := rules.refusals_but_full(facts, bookable):
            raise PlaceRefused(found)
        facts = _line_served(facts, attendee, bookable)
        if found := rules.refusals(facts, bookable):
            raise PlaceRefused(found)
        if facts.has_room(bookable):
            return _take_place(facts, bookable)
        return _join_waitlist(facts, bookable)


def _event_id(bookable: Bookable) -> int:
    return bookable.event_id if isinstance(bookable, Workshop) else bookable.pk


def _locked_attendee(user: User, event: Event) -> Attendee:
    """The attendee as of now, locked: what Neos vouched for cannot be unlinked meanwhile, nor the
    account closed. Other events may go on writing to them, or two people who wait at each other's
    events would wait for each other.
    """
    locked = Attendee.objects.select_for_update(of=("self", "user"), no_key=True)
    return locked.facing(event).select_related("user").get(user=user)


def _reread(bookable: Bookable, event: Event) -> Bookable:
    if not isinstance(bookable, Workshop):
        return event
    workshop = Workshop.objects.get(pk=bookable.pk, event=event)
    workshop.event = event
    return workshop


def _due_done(facts: Facts, attendee: Attendee) -> Facts:
    """The facts once what is due has happened: holds that ran out, a draw."""
    has_lapsed = any(occupancy.lapsed for occupancy in facts.occupancies.values())
    is_anything_due = has_lapsed or is_due(facts.event, facts.now)
    return _settled(facts, attendee) if is_anything_due else facts


def _line_served(facts: Facts, attendee: Attendee, bookable: Bookable) -> Facts:
    """The facts once what is free has gone to whoever waits, so that no newcomer overtakes. What is
    free after that nobody who waits may have.
    """
    is_waited_for = facts.occupancy(bookable).waiting > 0 and facts.has_room(bookable)
    return _settled(facts, attendee) if is_waited_for else facts


def _settled(facts: Facts, attendee: Attendee) -> Facts:
    settle(facts.event, facts.now)
    return read_facts(facts.event, attendee, facts.now)


def _take_place(facts: Facts, bookable: Bookable) -> Registration:
    values = terms(facts, bookable, settings.PAYMENT_HOLD)
    registration = _create(facts, bookable, overtook=facts.occupancy(bookable).waiting, **values)
    if registration.status == Status.CONFIRMED:
        texts.registered(registration)
    else:
        texts.payment_due(registration)
    return registration


def _join_waitlist(facts: Facts, bookable: Bookable) -> Registration:
    waiting = _create(facts, bookable, status=Status.WAITLISTED, waitlisted_at=facts.now)
    if facts.is_draw_ahead(bookable):
        texts.entered_draw(waiting)
    else:
        texts.waitlisted(waiting)
    return waiting


def _create(facts: Facts, bookable: Bookable, **values: object) -> Registration:
    workshop = bookable if isinstance(bookable, Workshop) else None
    registration = Registration(
        **{
            "attendee": facts.attendee,
            "event": facts.event,
            "workshop": workshop,
            "currency": facts.event.currency,
            "created_at": facts.now,
        }
        | values
    )
    registration.save(force_insert=True)
    return registration.sharing(facts.event)
