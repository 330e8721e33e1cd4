"""Notices of providers in the admin: superusers can have them processed again."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Event, Notice, Payment
from events.payments import ledger
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.lines import register, status

from .conftest import SignedIn
from .pages import NOTICES, act, logged, names, rows, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


@pytest.fixture
def payment(mika: User) -> Payment:
    """Ask somebody for money at Mika's event."""
    event = make_event(title="Jam", organizers=[mika], price=500)
    return ledger.ask(registration=register(make_attendee(), event), provider="sandbox")


def make_notice(external_id: str, **fields: Any) -> Notice:
    defaults: dict[str, Any] = {
        "provider": "sandbox",
        "kind": "paid",
        "amount": 500,
        "currency": "EUR",
        "received_at": NOON,
    }
    return Notice.objects.create(external_id=external_id, **defaults | fields)


def test_notices_show_what_was_told_and_what_came_of_it(root: Client) -> None:
    make_notice("evt-1", processed_at=NOON, outcome="paid")
    when = "Sat 1 June 2030, 12:00 (UTC)"
    assert rows(root.get(NOTICES)) == [["evt-1", "sandbox", "paid", "€5.00", "paid", when, when]]


def test_notices_without_an_amount_are_shown(root: Client) -> None:
    make_notice("evt-1", kind="failed", amount=None, currency="")
    assert rows(root.get(NOTICES))[0][2:4] == ["not paid", "–"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=unprocessed", ["new"]),
        ("state=unmatched", ["lost"]),
        ("state=else", ["done", "lost", "new"]),
        ("kind__exact=failed", ["lost"]),
        ("q=cs-done", ["done"]),
    ],
)
def test_notices_are_found_by_their_state(root: Client, query: str, found: list[str]) -> None:
    make_notice("new")
    make_notice("done", processed_at=NOON, outcome="paid", reference="cs-done")
    make_notice("lost", processed_at=NOON, outcome="unmatched", kind="failed")
    assert sorted(names(root.get(f"{NOTICES}?{query}"))) == found


def test_process_again_does_what_was_left_and_says_so(root: Client, payment: Payment) -> None:
    ours, lost = make_notice("ours", key=payment.key), make_notice("lost", key="nobody's")
    response = act(root, "process_again", ours, lost)
    assert words(response) == [
        "1 notice was processed.",
        "1 matches no payment of ours. Please look it up at the provider.",
    ]
    assert status(payment.registration) == "confirmed"
    assert sorted(logged()) == [
        ("root", "Processed again: matches no payment of ours."),
        ("root", "Processed again: paid."),
    ]


def test_process_again_changes_nothing_that_was_done(root: Client, payment: Payment) -> None:
    ours = make_notice("ours", key=payment.key)
    for _ in range(2):
        act(root, "process_again", ours)
    assert list(Payment.objects.values_list("status", "amount")) == [("paid", 500)]


def test_notices_are_closed_to_everybody_else(
    signed_in: SignedIn, browser: Client, mika: User, payment: Payment
) -> None:
    """Not even a permission opens them."""
    mika.user_permissions.set(Permission.objects.filter(codename__endswith="_notice"))
    notice = make_notice("evt-secret", key=payment.key)
    assert b"otice" not in browser.get("/admin/").content
    guest = signed_in(payment.registration.attendee.user)
    for stranger, code in [(browser, 403), (guest, 302), (signed_in(make_user()), 302)]:
        for path in ["", f"{notice.pk}/change/", "add/", f"{notice.pk}/delete/"]:
            response = stranger.get(f"{NOTICES}{path}")
            assert (response.status_code, b"evt-secret" in response.content) == (code, False), path
        assert act(stranger, "process_again", notice).status_code == code
    assert (status(payment.registration), logged()) == ("awaiting_payment", [])


def test_superuser_changes_and_deletes_no_notice(root: Client) -> None:
    notice = make_notice("evt-1")
    before = list(Notice.objects.values())
    for path in ["add/", f"{notice.pk}/delete/"]:
        assert root.post(f"{NOTICES}{path}", {"post": "yes"}).status_code == 403
    root.post(f"{NOTICES}{notice.pk}/change/", {"kind": "refunded"})
    assert list(Notice.objects.values()) == before
    assert Event.objects.count() == 0


def test_notices_cost_the_same_with_more_of_them(
    root: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for wanted in [1, 30]:
        while Notice.objects.count() < wanted:
            make_notice(f"evt-{Notice.objects.count()}")
        with django_assert_num_queries(6):
            assert len(rows(root.get(NOTICES))) == wanted
