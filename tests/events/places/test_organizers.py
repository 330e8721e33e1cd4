"""Organizers of an event are added and removed; one always stays."""

import pytest
from django.contrib.auth.models import User

from events import places
from events.formatting import text
from events.models import Event
from events.places import LastOrganizer, NoOrganizer
from tests.factories import make_attendee, make_event, make_organizer, make_user

pytestmark = [pytest.mark.both, pytest.mark.django_db]


def add(event: Event, named: str) -> User | None:
    """As the form does it."""
    name, address = text.clean_account_name(named), text.clean_address(named)
    return places.add_organizer(event=event, name=name, address=address)


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(organizers=[mika])


@pytest.mark.parametrize("named", ["robin", " robin ", "R@Example.org", " r@example.org"])
def test_organizer_is_added_by_name_or_address(jam: Event, mika: User, named: str) -> None:
    robin = make_organizer(username="robin", email="r@example.org")
    assert add(jam, named) == robin
    assert add(jam, named) is None
    assert set(jam.organizers.all()) == {mika, robin}


def people_without_the_role() -> list[User]:
    closed = make_organizer(username="closed", email="closed@example.org")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    return [
        closed,
        make_user(username="staff", email="staff@example.org", is_staff=True),
        make_attendee(user=make_user(username="guest", email="guest@example.org")).user,
    ]


def test_account_without_the_role_looks_like_none(jam: Event, mika: User) -> None:
    names = [x for user in people_without_the_role() for x in (user.username, user.email)]
    for named in [*names, "nobody", "nobody@example.org", "", "@", "\u200b", "ROBIN"]:
        with pytest.raises(NoOrganizer) as refused:
            add(jam, named)
        assert str(refused.value) == ""
    assert list(jam.organizers.all()) == [mika]


def test_address_of_two_accounts_names_nobody(jam: Event) -> None:
    for name in ("robin", "robina"):
        make_organizer(username=name, email="r@example.org")
    with pytest.raises(NoOrganizer):
        add(jam, "r@example.org")


def test_last_organizer_stays(jam: Event, mika: User) -> None:
    robin = make_organizer(username="robin")
    with pytest.raises(LastOrganizer):
        places.remove_organizer(event=jam, user=mika)
    add(jam, "robin")
    assert places.remove_organizer(event=jam, user=mika) is True
    assert places.remove_organizer(event=jam, user=mika) is False
    assert list(jam.organizers.all()) == [robin]


def test_closed_account_does_not_count_as_one_who_stays(jam: Event, mika: User) -> None:
    robin = make_organizer(username="robin")
    add(jam, "robin")
    User.objects.filter(pk=robin.pk).update(is_active=False)
    with pytest.raises(LastOrganizer):
        places.remove_organizer(event=jam, user=mika)
