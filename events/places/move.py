"""Move somebody to another workshop of the event, or give their place to somebody else."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from events import happened
from events.access import pricing
from events.access.facts import Facts, read_facts
from events.access.pricing import Price
from events.access.refusals import TooLate
from events.messages import texts
from events.models import Attendee, Registration, Workshop

from .cancel import falling_with, give_up
from .let_in import Act, fields_of, give, lock_people, tell, weigh
from .lock import change, current, locked_event
from .register import reread
from .settle import settle_locked

Status = Registration.Status


class NotMovable(Exception):
    """There is no place or spot at a workshop any more, or its person has come already."""


class HasOther(Exception):
    """The person has a place there already, perhaps this one, or waits for one."""


class PriceDiffers(Exception):
    """The place was paid for, and the other one has another price."""

    def __init__(self, paid: Price, asked: Price) -> None:
        super().__init__(f"{paid} {asked}")
        self.paid, self.asked = paid, asked


def move(*, registration: Registration, to: Workshop, act: Act) -> Registration:
    """Take somebody's place or spot at one workshop, and give them a place at another.

    The row stays, with its code and its money. Raises `NotMovable`, `HasOther`, `PriceDiffers`, and
    as `let_in`; nothing was done then.
    """
    with locked_event(registration.event_id) as event:
        now = timezone.now()
        person = lock_people(registration.attendee, act.by, event)
        settle_locked(event, now)
        moving = current(registration, event)
        moving.attendee = person
        before = _workshop_of(moving, now)
        target = event.workshops.get(pk=to.pk)
        facts = _facts_without(moving, read_facts(event, person, now), target)
        change(moving, **_fields(moving, facts, target, act))
        moving.workshop = target
        texts.moved(moving, before)
        happened.note_place(happened.Kind.LET_IN, moving)
        settle_locked(event, now)
        return current(moving, event)


def _workshop_of(moving: Registration, now: datetime) -> Workshop:
    if moving.workshop is None or not moving.is_active or moving.checked_in_at is not None:
        raise NotMovable
    if moving.bookable.has_ended(now):
        raise TooLate
    return moving.workshop


def _facts_without(moving: Registration, facts: Facts, target: Workshop) -> Facts:
    """Return the facts as they are once the person has left: it is in nothing's way then."""
    if facts.registration(target) is not None:
        raise HasOther
    others = tuple(one for one in facts.registrations if one.pk != moving.pk)
    return replace(facts, registrations=others)


def _fields(moving: Registration, facts: Facts, target: Workshop, act: Act) -> dict[str, object]:
    fields = fields_of(facts, target, act, weigh(facts, target, act))
    fields |= {"workshop": target, "filling_pass": None, "overtook": 0}
    fields |= {"passed_over_for": "", "is_owed_reasons": False}
    if moving.status != Status.CONFIRMED or not moving.amount:
        return fields
    return fields | _paid_terms(moving, facts, target)


def _paid_terms(moving: Registration, facts: Facts, target: Workshop) -> dict[str, object]:
    """Keep what was agreed and paid. No promise about money ends earlier than it said."""
    perk = pricing.perk_of(facts.attendee, facts.perks, facts.now)
    paid = Price(moving.amount, moving.currency)
    asked = pricing.price_of(target, perk)
    if (paid.amount, paid.currency) != (asked.amount, asked.currency):
        raise PriceDiffers(paid, asked)
    deadlines = [moving.refund_until, facts.event.refund_until(target)]
    known = [one for one in deadlines if one is not None]
    return {
        "status": Status.CONFIRMED,
        "perk_label": moving.perk_label,
        "confirmed_at": moving.confirmed_at,
        "hold_until": moving.hold_until,
        "refund_until": max(known, default=None),
        "refund_days": moving.refund_days,
    }


def give_instead(*, leaving: Registration, attendee: Attendee, act: Act) -> Registration:
    """Cancel a place, with the money back in full, and give it to somebody else at once.

    Nobody who waits gets it in between. Raises `NotMovable`, `HasOther`, and as `let_in`; nothing
    was done then.
    """
    with locked_event(leaving.event_id) as event:
        now = timezone.now()
        person = lock_people(attendee, act.by, event)
        settle_locked(event, now)
        ending = current(leaving, event)
        if not ending.has_place(now) or ending.checked_in_at is not None:
            raise NotMovable
        if ending.bookable.has_ended(now):
            raise TooLate
        if ending.attendee_id == person.pk:
            raise HasOther
        give_up(falling_with(ending), now, in_full=True)
        given, is_new = give(person, reread(ending.bookable, event), act, now)
        if not is_new:
            raise HasOther
        tell(given)
        settle_locked(event, now)
        return given
