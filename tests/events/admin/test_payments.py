"""Money as organizers see it: of their own events only, and nothing of it to change."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.models import Attendee, Event, Payment
from tests.factories import NOON, make_event, make_user

from .conftest import SignedIn
from .ledgers import make_payment, make_refund
from .pages import EVENTS, PAYMENTS, act, names, read, registration_page, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ACTIONS = ["give_back", "accept"]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], price=500, time_zone="Asia/Tokyo")


def page_of(payment: Payment) -> str:
    return f"{PAYMENTS}{payment.pk}/change/"


# --- The list ------------------------------------------------------------------------------------


def test_payments_show_who_what_and_how_much(browser: Client, jam: Event) -> None:
    make_payment(jam)
    assert rows(browser.get(PAYMENTS)) == [
        [
            "Guest",
            "Jam",
            "the event itself",
            "€5.00",
            "refund due",
            "the place was paid for already",
            "sandbox",
            "Sat 1 June 2030, 21:00 (Asia/Tokyo)",
        ]
    ]


def test_payments_that_wait_for_a_person_are_found(browser: Client, jam: Event) -> None:
    make_payment(jam, "Decide")
    make_payment(jam, "Auto", problem="cancelled")
    make_payment(jam, "ByHand", problem="cancelled", provider="manual")
    make_payment(jam, "Stays", status="paid", problem="")
    make_refund(make_payment(jam, "Failed", problem="cancelled"))
    for state, finished_at in [("open", None), ("done", NOON)]:
        tried = make_payment(jam, state)
        make_refund(tried)
        make_refund(tried, status=state, finished_at=finished_at)
    found = names(browser.get(f"{PAYMENTS}?task=person"))
    assert sorted(found) == ["ByHand", "Decide", "Failed"]
    assert len(names(browser.get(f"{PAYMENTS}?task=else"))) == 7


@pytest.mark.parametrize(
    ("query", "found"),
    [("status__exact=paid", ["Paid"]), ("problem__exact=late", ["Late"]), ("q=cs-Paid", ["Paid"])],
)
def test_payments_are_found_by_what_they_are(
    browser: Client, jam: Event, query: str, found: list[str]
) -> None:
    make_payment(jam, "Paid", status="paid", problem="")
    make_payment(jam, "Late", problem="late")
    assert names(browser.get(f"{PAYMENTS}?{query}")) == found


def test_payments_are_found_by_their_event(browser: Client, mika: User, jam: Event) -> None:
    make_payment(jam)
    other = make_event(organizers=[mika])
    assert names(browser.get(f"{PAYMENTS}?event={jam.pk}")) == ["Guest"]
    for chosen in [str(other.pk), "987654", "9" * 40, "x", ""]:
        assert names(browser.get(PAYMENTS, {"event": chosen})) == [], chosen


def test_payments_of_others_are_on_no_page(
    signed_in: SignedIn, browser: Client, robin: User, superuser: User, jam: Event
) -> None:
    make_payment(jam)
    theirs = make_payment(make_event(title="Ball", organizers=[robin]), "Veil")
    for address in ["", f"?event={theirs.registration.event_id}", "?q=Veil", "?_facets=True"]:
        page = browser.get(PAYMENTS + address).content.decode()
        assert ("Ball" in page, "U-Veil" in page, "cs-Veil" in page) == (False,) * 3, address
    assert browser.get(page_of(theirs)).status_code == 302
    assert sorted(names(signed_in(superuser).get(PAYMENTS))) == ["Guest", "Veil"]


def test_payments_are_closed_to_strangers(signed_in: SignedIn, client: Client, jam: Event) -> None:
    payment = make_payment(jam)
    guest = payment.registration.attendee.user
    helper = make_user(is_staff=True)
    jam.organizers.add(helper)
    for stranger, code in [(client, 302), (signed_in(guest), 302), (signed_in(helper), 403)]:
        for address in [PAYMENTS, page_of(payment)]:
            response = stranger.get(address)
            assert (response.status_code, b"Guest" in response.content) == (code, False)


@pytest.mark.parametrize(
    "query", ["intent__startswith=p", "registration__attendee__user__password__startswith=p"]
)
def test_payments_are_not_guessed_letter_by_letter(browser: Client, jam: Event, query: str) -> None:
    assert browser.get(f"{PAYMENTS}?{query}").status_code == 400


def test_payments_cost_the_same_with_more_of_them(
    browser: Client, jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for wanted in [1, 30]:
        while Payment.objects.count() < wanted:
            make_payment(jam, f"P{Payment.objects.count()}")
        with django_assert_num_queries(11):
            assert len(rows(browser.get(PAYMENTS))) == wanted


# --- One payment ---------------------------------------------------------------------------------


def test_payment_page_tells_what_was_tried(browser: Client, mika: User, jam: Event) -> None:
    payment = make_payment(jam)
    make_refund(payment, error="insufficient_funds", requested_by=mika, tries=2, note="our fault")
    page = read(browser.get(page_of(payment)))
    line = next(row for row in page.all("tr") if "insufficient_funds" in row.text).text
    for word in [
        "failed",
        "€5.00",
        "mika",
        "2",
        "our fault",
        "Sat 1 June 2030, 21:00 (Asia/Tokyo)",
    ]:
        assert word in line
    assert "pi-Guest" not in page.text


def test_payment_page_is_only_read(browser: Client, superuser: User, jam: Event) -> None:
    payment = make_payment(jam)
    before = list(Payment.objects.values())
    browser.post(page_of(payment), {"status": "paid", "amount": "1"})
    for tail in [f"{payment.pk}/delete/", "add/"]:
        assert browser.post(f"{PAYMENTS}{tail}", {"post": "yes"}).status_code == 403
    assert list(Payment.objects.values()) == before


def test_payment_page_costs_the_same_with_more_attempts(
    browser: Client, jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    payment = make_payment(jam)
    for wanted in [1, 30]:
        while payment.refunds.count() < wanted:
            make_refund(payment, requested_by=make_user(), error="try")
        with django_assert_num_queries(13):
            page = browser.get(page_of(payment))
        assert page.content.count(b"<p>try</p>") == wanted


def test_registration_page_says_until_when_and_why_money_goes_back(
    browser: Client, jam: Event
) -> None:
    payment = make_payment(jam)
    page = read(browser.get(registration_page(payment.registration)))
    assert "the place was paid for already" in page.text
    assert "Refund until: Sat 8 June 2030, 21:00 (Asia/Tokyo)" in page.text
    links = [a.attributes["href"].split("?")[0] for a in page.all("a", class_="inlineviewlink")]
    assert links == [page_of(payment)]


# --- Names and markup ----------------------------------------------------------------------------


def test_names_and_references_are_text_that_stands_apart(browser: Client, jam: Event) -> None:
    markup = '"><img src=x onerror=alert(1)>'
    Event.objects.update(title=markup)
    payment = make_payment(jam, reference=markup, note=markup)
    Attendee.objects.filter(pk=payment.registration.attendee_id).update(neos_username="\u05d0Veil")
    make_refund(payment, reference=markup, note=markup, error=markup)
    money = f"{EVENTS}{jam.pk}/money/"
    pages = [browser.get(page) for page in (PAYMENTS, page_of(payment), money)]
    for response in [*pages, *(act(browser, action, payment) for action in ACTIONS)]:
        page = response.content.decode()
        assert (markup in page, "onerror=alert(1)" in page) == (False, True)
        shown = re.sub(r'="[^"]*"', "", page)
        assert "Veil" in shown
        assert "Veil" not in re.sub(r"<bdi>.*?</bdi>", "", shown)
