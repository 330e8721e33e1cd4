"""Give somebody a place as an organizer's explicit act, and record who that was and why.

An organizer may overrule times and numbers: not open yet, closed, full, a draw or people who wait.
Nobody overrules what is asked of the person: the gate, a block, another workshop at that time.
"""

from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.utils import timezone

from events import happened
from events.access import rules
from events.access.facts import Facts, read_facts
from events.access.refusals import PlaceRefused, TooLate
from events.messages import texts
from events.models import Attendee, Bookable, Event, Registration

from .lock import change, locked_event
from .register import reread
from .settle import settle_locked
from .terms import terms_of

Status = Registration.Status


class Overruled(StrEnum):
    """What would keep a newcomer from the place, and an organizer may set aside."""

    NOT_OPEN = "not-open"
    CLOSED = "closed"
    FULL = "full"
    LINE = "line"
    DRAW = "draw"


EVERYTHING = frozenset(Overruled)


@dataclass(frozen=True, slots=True)
class Act:
    """Who gives the place (None: their account is gone), why, and what they agreed to overrule."""

    by: User | None
    because: str
    agreed: Set[Overruled] = frozenset()


class MustAgree(Exception):
    """The place can be given only if the organizer agrees to overrule `codes`; nothing was done."""

    def __init__(self, codes: Iterable[Overruled]) -> None:
        self.codes = tuple(codes)
        super().__init__(", ".join(self.codes))


def let_in(*, attendee: Attendee, bookable: Bookable, act: Act) -> Registration:
    """Give the place, if need be beyond the capacity; who has it already keeps what they have.

    Raises `PlaceRefused` if the person may not have it, `TooLate` once it is over, and `MustAgree`
    if `act` does not agree to all that is overruled.
    """
    with locked_event(bookable.event.pk) as event:
        now = timezone.now()
        person = lock_people(attendee, act.by, event)
        settle_locked(event, now)
        given, is_new = give(person, reread(bookable, event), act, now)
        if is_new:
            tell(given)
        return given


def lock_people(attendee: Attendee, by: User | None, event: Event) -> Attendee:
    """Lock the person and who acts, in the order of rows; return the person.

    Two organizers who let each other in at two events must not wait for each other.
    """
    locked = Attendee.objects.select_for_update(of=("self", "user"), no_key=True)
    both = Q(pk=attendee.pk) | (Q(user=by.pk) if by else Q(pk=attendee.pk))
    found = locked.facing(event).select_related("user").filter(both).order_by("pk")
    return next(one for one in found if one.pk == attendee.pk)


def give(
    person: Attendee, bookable: Bookable, act: Act, now: datetime
) -> tuple[Registration, bool]:
    """Write the place, and return it and whether it is new. The caller holds all locks, has
    settled the event, and tells the person.
    """
    facts = read_facts(bookable.event, person, now)
    mine = facts.registration(bookable)
    if mine is not None and mine.status != Status.WAITLISTED:
        return mine, False
    overruled = weigh(facts, bookable, act)
    fields = fields_of(facts, bookable, act, overruled)
    if mine is not None:
        mine.attendee = person
        change(mine, **fields)
        return mine, True
    given = Registration(
        attendee=person, event=bookable.event, workshop=bookable.workshop, created_at=now
    )
    for name, value in fields.items():
        setattr(given, name, value)
    given.save(force_insert=True)
    return given, True


def weigh(facts: Facts, bookable: Bookable, act: Act) -> list[Overruled]:
    """Return what is overruled; raise as `let_in` does."""
    if bookable.has_ended(facts.now):
        raise TooLate
    if found := rules.refusals_of_person(facts, bookable):
        raise PlaceRefused(found)
    overruled = overruled_at(facts, bookable)
    if not set(overruled) <= act.agreed:
        raise MustAgree(overruled)
    return overruled


def would_overrule(*, attendee: Attendee, bookable: Bookable, without: int = 0) -> list[Overruled]:
    """Return what giving the place would overrule now, to ask about it first.

    Reads without a lock, and raises as `let_in` does. `without` is a registration of theirs that
    they leave for it.
    """
    event = bookable.event
    person = Attendee.objects.facing(event).select_related("user").get(pk=attendee.pk)
    facts = read_facts(event, person, timezone.now())
    others = tuple(one for one in facts.registrations if one.pk != without)
    facts = replace(facts, registrations=others)
    return weigh(facts, bookable, Act(None, "", EVERYTHING))


def overruled_at(facts: Facts, bookable: Bookable) -> list[Overruled]:
    mine = facts.registration(bookable)
    others = facts.occupancy(bookable).waiting - (mine is not None)
    is_draw = facts.is_draw_ahead(bookable)
    found = {
        Overruled.NOT_OPEN: rules.registration_not_open(facts, bookable) is not None,
        Overruled.CLOSED: rules.registration_closed(facts, bookable) is not None,
        Overruled.FULL: not facts.has_free_place(bookable),
        Overruled.LINE: others > 0 and not is_draw and not facts.is_outside(bookable),
        Overruled.DRAW: is_draw,
    }
    return [code for code, applies in found.items() if applies]


def fields_of(
    facts: Facts, bookable: Bookable, act: Act, overruled: Iterable[Overruled]
) -> dict[str, object]:
    """Return the terms of the place, and the record of the act. It counts as promoted."""
    terms = terms_of(facts, bookable, settings.WAITLIST_PAYMENT_HOLD)
    return (
        terms.as_fields()
        | facts.marks(bookable)
        | {
            "promoted_at": facts.now,
            "promoted_by": act.by,
            "turn": Registration.PROMOTED_TURN,
            "given_because": act.because,
            "overruled": "".join(f"{code}+" for code in overruled),
        }
    )


def forget_reasons(*, attendee: Attendee) -> None:
    """Empty what organizers typed when they gave this person places: the person is erased."""
    attendee.registrations.update(given_because="")


def tell(given: Registration, *, is_asked: bool = False) -> None:
    """`is_asked`: the person took the place themselves, so the mail need not say who did."""
    happened.note_place(happened.Kind.LET_IN, given)
    if given.status == Status.CONFIRMED:
        texts.registered(given, added=not is_asked)
    else:
        texts.payment_due(given, added=not is_asked)
