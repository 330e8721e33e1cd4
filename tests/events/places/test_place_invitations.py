"""A link gives its place once, overrules times and numbers, and never the gate."""

from datetime import timedelta

import pytest
import time_machine

from events import places
from events.access.refusals import PlaceRefused
from events.accounts import closing
from events.audit import audit
from events.models import Attendee, Bookable, Event, PlaceInvitation, Registration
from events.places import NotOpen
from events.places.place_invitations import GOOD_FOR
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_workshop,
)
from tests.lines import kinds, register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller


def invite(bookable: Bookable) -> PlaceInvitation:
    until = NOON + GOOD_FOR
    made, _token = places.invite(
        bookable=bookable, by=make_organizer(), because="Plays", until=until
    )
    return made


def take(invitation: PlaceInvitation, attendee: Attendee) -> Registration:
    return places.take_invited(invitation=invitation, attendee=attendee)


def test_secret_is_long_and_only_its_digest_is_stored() -> None:
    made, token = places.invite(
        bookable=make_event(), by=make_organizer(), because="", until=NOON + GOOD_FOR
    )
    assert len(token) >= 43  # 256 bits, six in a character
    row = PlaceInvitation.objects.values().get()
    assert token not in str(row)
    assert places.find_invitation(places.digest_of(token)) == made
    assert places.find_invitation(token) is None


def test_link_gives_the_place_past_close_and_capacity_once() -> None:
    event = make_event(capacity=0, closes_at=NOON, has_waitlist=False)
    invitation, ada = invite(event), make_attendee()
    given = take(invitation, ada)
    invitation.refresh_from_db()
    assert (given.status, given.overruled) == ("confirmed", "closed+full+")
    assert (given.promoted_by, given.given_because) == (invitation.created_by, "Plays")
    assert (invitation.used_at, invitation.used_by) == (NOON, ada)
    assert kinds(ada) == ["registered"]
    assert ada.notifications.get().facts == {}
    for person in (ada, make_attendee()):
        with pytest.raises(NotOpen):
            take(invitation, person)
    assert (Registration.objects.count(), list(audit(event))) == (1, [])


def test_link_opens_no_gate_and_is_not_used_up_by_that() -> None:
    invitation = invite(make_event(neos_required=True))
    with pytest.raises(PlaceRefused, match="neos-required"):
        take(invitation, make_local_attendee())
    assert take(invitation, make_attendee()).status == "confirmed"


def test_link_to_a_workshop_needs_the_event() -> None:
    event, ada = make_event(), make_attendee()
    invitation = invite(make_workshop(event, capacity=0))
    with pytest.raises(PlaceRefused, match="event-place-required"):
        take(invitation, ada)
    register(ada, event)
    assert take(invitation, ada).workshop == invitation.workshop


def test_who_has_the_place_keeps_the_link_too() -> None:
    event, ada = make_event(), make_attendee()
    mine, invitation = register(ada, event), invite(event)
    assert take(invitation, ada) == mine
    assert take(invitation, make_attendee()).status == "confirmed"


def test_who_waits_is_let_in() -> None:
    event, ada = make_event(capacity=0), make_attendee()
    mine = register(ada, event)
    assert (take(invite(event), ada).pk, list(audit(event))) == (mine.pk, [])


def test_revoked_and_expired_links_give_nothing(clock: Clock) -> None:
    event = make_event(starts_at=NOON + timedelta(days=30))
    revoked, late, used = invite(event), invite(event), invite(event)
    assert places.revoke_invitation(invitation=revoked) is True
    take(used, make_attendee())
    for gone in (revoked, used):
        assert places.revoke_invitation(invitation=gone) is False
    clock.shift(GOOD_FOR)
    for gone in (revoked, late):
        with pytest.raises(NotOpen):
            take(gone, make_attendee())
    assert Registration.objects.count() == 1


def test_erased_person_is_forgotten_as_the_one_who_used_it() -> None:
    invitation, ada = invite(make_event()), make_attendee()
    take(invitation, ada)
    closing.erase(ada.user)
    invitation.refresh_from_db()
    assert (invitation.used_by, invitation.reason, invitation.used_at) == (None, "", NOON)
    assert Registration.objects.get().given_because == ""


def test_link_of_an_erased_organizer_still_works() -> None:
    invitation = invite(make_event(capacity=0))
    assert invitation.created_by is not None
    closing.erase(invitation.created_by)
    assert take(invitation, make_attendee()).status == "confirmed"
    assert list(audit(Event.objects.get())) == []
