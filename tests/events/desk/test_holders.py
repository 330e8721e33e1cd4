"""Conditions of the desk, held against the rules that decide about one person."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from events.access import rules
from events.access.facts import read_facts
from events.access.refusals import Code
from events.desk import holders
from events.models import Attendee, Block, Event, FormerNeosId, Registration
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register
from tests.states.state import change

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: What has happened to somebody since they got the place.
SINCE: dict[str, Callable[[Attendee], object]] = {
    "nothing": lambda _person: None,
    "unlinked": lambda person: person.forget_neos(),
    "unverified": lambda person: setattr(person, "neos_email_verified", False),
    "locked": lambda person: setattr(person, "neos_locked", True),
    "banned": lambda person: setattr(person, "neos_banned_until", NOON + timedelta(days=9)),
    "ban over": lambda person: setattr(person, "neos_banned_until", NOON),
    "old": lambda person: setattr(person, "verified_at", NOON - timedelta(days=900)),
    "blocked": lambda person: Block.objects.create(neos_id=person.neos_id),
    "blocked before": lambda person: Block.objects.create(
        neos_id=FormerNeosId.objects.create(attendee=person, neos_id="U-before").neos_id
    ),
    "pledge gone": lambda person: setattr(person, "patreon_until", NOON),
    "not shared": lambda person: setattr(person, "patreon_known", False),
}
#: A sign-in renews the one, and the desk has another line for the other.
CURED = {Code.NEOS_STALE, Code.EMAIL_UNCONFIRMED}
GATES: dict[str, dict[str, object]] = {
    "open": {},
    "neos": {"neos_required": True},
    "patrons": {"patron_cents": 600},
}


@pytest.mark.parametrize("gate", GATES)
@pytest.mark.parametrize("since", SINCE)
def test_holders_are_ineligible_as_the_rules_say(gate: str, since: str) -> None:
    """At the event and at a workshop of its own."""
    event = make_event()
    person = make_attendee(patreon_cents=600)
    workshop = make_workshop(event)
    for bookable in (event, workshop):
        register(person, bookable)
    change(event, **GATES[gate])
    SINCE[since](person)
    person.save()
    facing = Attendee.objects.facing(event).select_related("user").get(pk=person.pk)
    found = rules.refusals_of_person(read_facts(event, facing, NOON), event)
    is_refused = {refusal.code for refusal in found} - CURED != set()

    refused = Registration.objects.filter(holders.ineligible(NOON))
    assert refused.count() == 2 * is_refused


def test_paid_workshop_of_a_free_event_asks_for_itself() -> None:
    event = make_event()
    workshop = make_workshop(event)
    person = make_attendee()
    for bookable in (event, workshop):
        register(person, bookable)
    type(workshop).objects.update(price=500)
    Attendee.objects.update(neos_locked=True)

    refused = Registration.objects.filter(holders.ineligible(NOON))
    assert [one.workshop_id for one in refused] == [workshop.pk]


def test_only_places_are_lost_and_no_spot_on_a_waitlist() -> None:
    event: Event = make_event(capacity=0)
    person = make_attendee(neos_locked=True)
    register(person, event)
    change(event, neos_required=True)
    assert not Registration.objects.filter(holders.ineligible(NOON)).exists()
