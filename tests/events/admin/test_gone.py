"""Rows that are deleted while an organizer works with them: a message, and never an error page."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events import places
from events.models import Event, Payment, Registration
from tests.deletions import deleted_once_read
from tests.factories import NOON, make_attendee, make_event, make_user

from .conftest import SignedIn
from .pages import act, delete, fields, page_of, version, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

GONE = "It was deleted a moment ago. Please look again."


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


@pytest.fixture
def empty(mika: User) -> Event:
    return make_event(title="Empty", organizers=[mika])


def test_form_of_an_event_that_was_just_deleted_says_so_m13(root: Client, empty: Event) -> None:
    form = fields(root.get(page_of(empty)))
    with deleted_once_read(empty):
        response = root.post(page_of(empty), form | {"title": "Mine"})
    assert response.status_code == 302
    assert "Perhaps it was deleted?" in words(response)[-1]
    assert Event.objects.count() == 0


def test_deletion_of_what_was_just_deleted_says_so_m13(root: Client, empty: Event) -> None:
    address = page_of(empty).removesuffix("change/")
    said = {"post": "yes", "version": version(root.get(f"{address}delete/"))}
    with deleted_once_read(empty):
        response = root.post(f"{address}delete/", said)
    assert "Perhaps it was deleted?" in words(response)[-1]


def held_place() -> Registration:
    return places.register(user=make_attendee().user, bookable=make_event(price=500))


def waiting() -> Registration:
    return places.register(user=make_attendee().user, bookable=make_event(capacity=0))


def late_money() -> Payment:
    held = held_place()
    places.cancel(registration=held, in_full=False)
    return Payment.objects.create(
        registration=held,
        provider="manual",
        amount=500,
        currency="EUR",
        status="refund_due",
        problem="late",
        created_at=NOON,
        paid_at=NOON,
    )


@pytest.mark.parametrize(
    ("action", "make"),
    [
        ("cancel", held_place),
        ("mark_paid", held_place),
        ("promote", waiting),
        ("give_back", late_money),
        ("accept", late_money),
    ],
)
def test_action_on_a_row_that_was_just_deleted_says_so_m13(
    root: Client, action: str, make: Callable[[], Registration | Payment]
) -> None:
    row = make()
    asked = version(act(root, action, row))
    with deleted_once_read(row):
        response = act(root, action, row, confirmed="1", version=asked)
    assert (response.status_code, words(response)) == (302, [GONE])


def test_person_who_was_just_deleted_is_not_erased_m13(root: Client) -> None:
    ada = make_user(username="ada")
    asked = root.post("/admin/auth/user/", {"action": "erase", "_selected_action": str(ada.pk)})
    said = {"confirmed": "1", "version": version(asked)}
    with deleted_once_read(ada):
        response = root.post(
            "/admin/auth/user/", {"action": "erase", "_selected_action": str(ada.pk)} | said
        )
    assert response.status_code == 302
    assert User.objects.filter(username="ada").count() == 0


def test_deletion_of_an_event_somebody_just_signed_up_for_says_so_l5(
    root: Client, empty: Event
) -> None:
    address = page_of(empty).removesuffix("change/")
    said = {"post": "yes", "version": version(root.get(f"{address}delete/"))}
    places.register(user=make_attendee().user, bookable=empty)
    answer = root.post(f"{address}delete/", said).content.decode()
    assert "1 registration was made for it" in answer
    assert Event.objects.count() == 1
    places.cancel(registration=Registration.objects.get(), in_full=False)
    assert "1 registration was made for it" in delete(root, address).content.decode()
