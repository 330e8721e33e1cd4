"""One bookable as one person sees it: what a click does, and the way in."""

from datetime import datetime, timedelta

import pytest

from events.access import rules
from events.access.facts import Facts, read_facts
from events.access.offers import make_offer
from events.access.refusals import Code
from events.models import Attendee, Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def facts_of(attendee: Attendee, event: Event, now: datetime = NOON) -> Facts:
    person = Attendee.objects.facing(event).select_related("user").get(pk=attendee.pk)
    return read_facts(event, person, now)


def test_button_is_for_those_who_have_no_place_yet_s9() -> None:
    event = make_event(capacity=1)
    holder, newcomer = make_attendee(), make_attendee()
    register(holder, event)
    offers = [make_offer(facts_of(person, event), event) for person in (holder, newcomer)]
    assert [(offer.can_register, offer.is_full) for offer in offers] == [
        (False, True),
        (True, True),
    ]


def test_way_in_is_for_holders_of_a_confirmed_place_s9() -> None:
    event = make_event(
        starts_at=NOON + timedelta(minutes=5), session_url="neos-session:///S-1", capacity=1
    )
    holder, waiting = make_attendee(), make_attendee()
    for person in (holder, waiting):
        register(person, event)
    offers = [make_offer(facts_of(person, event), event) for person in (holder, waiting)]
    assert [offer.session_url for offer in offers] == ["neos-session:///S-1", ""]


def test_event_is_at_the_time_of_its_own_workshops_s9() -> None:
    """Somebody may have a workshop and no place at the event, after a hold has lapsed."""
    event, person = make_event(), make_attendee()
    make_workshop(event)  # so that the other one has another id than the event
    workshop = make_workshop(event)
    Registration.objects.create(
        attendee=person, event=event, workshop=workshop, status="waitlisted", waitlisted_at=NOON,
        created_at=NOON,
    )  # fmt: skip
    assert rules.time_clash(facts_of(person, event), event) is None


def test_person_who_waits_reads_from_the_very_instant_that_nobody_moves_up_s9() -> None:
    event, person = make_event(capacity=0), make_attendee()
    register(person, event)
    ends_at = event.waitlist_ends_at
    found = [
        [obstacle.code for obstacle in make_offer(facts_of(person, event, now), event).obstacles]
        for now in (ends_at - timedelta(microseconds=1), ends_at)
    ]
    assert found == [[], [Code.REGISTRATION_CLOSED]]
