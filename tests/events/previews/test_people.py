"""The people to look as are those who would sign in, and have no rows."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client

from events.access import rules
from events.access.facts import Facts
from events.models import Attendee
from events.previews import people
from neos_backend.sandbox.person import Person
from tests.factories import NOON, make_event, make_perk
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def made(key: str) -> Attendee:
    kind = people.find_kind(key)
    assert kind is not None
    attendee = kind.make(NOON)
    assert attendee is not None
    return attendee


@pytest.mark.parametrize("person", people.SANDBOX.people, ids=lambda person: person.key)
def test_person_is_as_after_a_real_sign_in(person: Person, client: Client) -> None:
    looked = made(person.key)
    sign_in(client, person.profile(people.SCOPES, NOON))
    stored = Attendee.objects.get()
    names = [*Attendee.neos_fields(), "email_confirmed_at", "mail_address", "public_name"]
    assert [getattr(looked, n) for n in names] == [getattr(stored, n) for n in names]


def test_making_people_writes_nothing() -> None:
    assert [kind.make(NOON) for kind in people.kinds()].count(None) == 1
    assert {m.__name__: m._base_manager.count() for m in (User, Attendee)} == {
        "User": 0,
        "Attendee": 0,
    }
    assert apps.get_model("social_django", "UserSocialAuth").objects.count() == 0


def test_all_of_the_cast_and_people_of_this_site_can_be_chosen() -> None:
    keys = [kind.key for kind in people.kinds()]
    own = ["visitor", "local", "unproved", "stale", "unshared", "blocked"]
    assert keys == [*own, *(person.key for person in people.SANDBOX.people)]
    assert people.find_kind("nobody") is None


@pytest.mark.parametrize(
    ("key", "codes"),
    [
        ("local", ["neos-required"]),
        ("unproved", ["neos-required"]),
        ("stale", ["neos-stale"]),
        ("unshared", []),
        ("blocked", ["blocked"]),
        ("verified", []),
        ("unverified", ["neos-unverified"]),
        ("locked", ["neos-locked"]),
        ("banned", ["neos-banned"]),
        ("ban-over", []),
        ("bare", []),
        ("lapsed", ["registration-not-open"]),
        ("gunter", []),
    ],
)
def test_rules_say_of_a_person_what_they_say_of_a_real_one(key: str, codes: list[str]) -> None:
    early = key in {"lapsed", "gunter"}
    event = make_event(neos_required=True, opens_at=NOON + timedelta(hours=1) if early else None)
    perk = make_perk(event, min_cents=1200, early_hours=24)
    person = made(key)
    facts = Facts(event, person, NOON, is_blocked=person.is_blocked, perks=(perk,))
    assert [refusal.code.value for refusal in rules.refusals(facts, event)] == codes
