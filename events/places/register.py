"""Take a place, or join the waitlist."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from events import happened
from events.access import rules
from events.access.facts import Facts, read_facts
from events.access.questions import Typed
from events.access.refusals import PlaceRefused
from events.messages import texts
from events.models import Attendee, Bookable, Event, Registration

from .answers import answers_for, write_given
from .lock import locked_event
from .lottery import is_due
from .settle import settle_locked
from .terms import terms_of
from .waitlist import is_anybody_next

Status = Registration.Status
KINDS = {
    Status.CONFIRMED: happened.Kind.PLACE_TAKEN,
    Status.AWAITING_PAYMENT: happened.Kind.PLACE_HELD,
    Status.WAITLISTED: happened.Kind.WAITLISTED,
}


def register(
    *,
    user: User,
    bookable: Bookable,
    answers: Typed | None = None,
    agreed: Collection[int] = (),
    read_in: str = "",
) -> Registration:
    """Take a place for the user, or join the waitlist; a second call returns the first result.

    Raises `PlaceRefused` with every reason if the person may not have the place, and
    `AnswersNeeded` if it has questions that `answers` do not answer, or if there are pages of the
    site to agree to whose versions are not in `agreed`. `read_in` is the language of the page that
    asked for these.
    """
    with _refusal_noted(bookable), locked_event(bookable.event.pk) as event:
        attendee = _locked_attendee(user, event)
        bookable = reread(bookable, event)
        facts = _settle_if_due(read_facts(event, attendee, timezone.now()), attendee)
        if existing := facts.registration(bookable):
            return existing
        if found := rules.refusals_but_full(facts, bookable):
            raise PlaceRefused(found)
        facts = _serve_waitlist_first(facts, attendee, bookable)
        if is_full := rules.full(facts, bookable):
            raise PlaceRefused([is_full])
        given = answers_for(attendee, bookable, answers, agreed, read_in, facts.now)
        made = _take_place if facts.has_room(bookable) else _join_waitlist
        registration = made(facts, bookable)
        write_given(registration, given, facts.now)
        happened.note_place(KINDS[Status(registration.status)], registration)
        return registration


@contextmanager
def _refusal_noted(bookable: Bookable) -> Iterator[None]:
    try:
        yield
    except PlaceRefused as refused:
        happened.note_refused(bookable, [refusal.code for refusal in refused.refusals])
        raise


def _locked_attendee(user: User, event: Event) -> Attendee:
    """Lock the attendee, so that Neos cannot be unlinked nor the account closed while we decide.

    NO KEY: filling another event may refer to this row, and two people who wait at each other's
    events must not wait for each other. Staff made on the command line have no attendee yet.
    """
    locked = Attendee.objects.select_for_update(of=("self", "user"), no_key=True)
    found = locked.facing(event).select_related("user").filter(user=user)
    if attendee := found.first():
        return attendee
    Attendee.objects.get_or_create(user=user)  # their account page may be making it right now
    return found.get()


def reread(bookable: Bookable, event: Event) -> Bookable:
    if bookable.workshop is None:
        return event
    return event.workshops.get(pk=bookable.pk)


def _settle_if_due(facts: Facts, attendee: Attendee) -> Facts:
    has_lapsed = any(occupancy.lapsed for occupancy in facts.occupancies.values())
    is_anything_due = has_lapsed or is_due(facts.event, facts.now)
    return _settle(facts, attendee) if is_anything_due else facts


def _serve_waitlist_first(facts: Facts, attendee: Attendee, bookable: Bookable) -> Facts:
    """Give free places to people who wait, so that no newcomer overtakes; return fresh facts.

    A place that is still free afterwards is one that nobody on the waitlist may have. If nobody may
    have it now, nothing is written: who may not was told when the place became free. A place
    outside of the capacity is in nobody's way.
    """
    if facts.is_outside(bookable):
        return facts
    is_waited_for = facts.occupancy(bookable).waiting > 0 and facts.has_room(bookable)
    if is_waited_for and is_anybody_next(bookable, facts.now):
        return _settle(facts, attendee)
    return facts


def _settle(facts: Facts, attendee: Attendee) -> Facts:
    settle_locked(facts.event, facts.now)
    return read_facts(facts.event, attendee, facts.now)


def _take_place(facts: Facts, bookable: Bookable) -> Registration:
    registration = _new(facts, bookable)
    for name, value in terms_of(facts, bookable, settings.PAYMENT_HOLD).as_fields().items():
        setattr(registration, name, value)
    registration.overtook = facts.occupancy(bookable).waiting
    registration.save(force_insert=True)
    if registration.status == Status.CONFIRMED:
        texts.registered(registration)
    else:
        texts.payment_due(registration)
    return registration


def _join_waitlist(facts: Facts, bookable: Bookable) -> Registration:
    waiting = _new(facts, bookable)
    waiting.status = Status.WAITLISTED
    waiting.waitlisted_at = facts.now
    waiting.save(force_insert=True)
    if facts.is_draw_ahead(bookable):
        texts.entered_draw(waiting)
    else:
        texts.waitlisted(waiting)
    return waiting


def _new(facts: Facts, bookable: Bookable) -> Registration:
    return Registration(
        attendee=facts.attendee,
        event=facts.event,
        workshop=bookable.workshop,
        currency=facts.event.currency,
        created_at=facts.now,
        **facts.marks(bookable),
    )
