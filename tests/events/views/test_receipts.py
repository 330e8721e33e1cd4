"""Receipts: of each payment that came, for the payer alone."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from pytest_django import Settings

from events import housekeeping, places
from events.models import Attendee, Event, Payment, Registration
from events.payments.providers import manual
from tests.factories import make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register
from tests.markup import TreeBuilder

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

Clock = time_machine.Traveller
SELLER = "Worlds & Co.\nHafenweg 1\n20457 Hamburg"


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody signed in."""
    attendee = make_attendee(neos_username="Aster")
    client.force_login(attendee.user)
    return attendee


@pytest.fixture
def paid(attendee: Attendee) -> Registration:
    paid = register(attendee, make_event(title="Jam", price=1500, refund_days=0))
    manual.mark_paid(registration=paid, by=make_organizer())
    return paid


def receipts(client: Client, registration: Registration) -> list[str]:
    page = client.get(f"/registrations/{registration.code}/receipt/")
    assert (page.status_code, "no-store" in page["Cache-Control"]) == (200, True)
    return [found.text for found in TreeBuilder(page.content.decode()).root.all("section")]


def test_receipt_names_number_sum_day_matter_payer_and_seller(
    client: Client, paid: Registration, settings: Settings
) -> None:
    settings.SELLER = SELLER
    number = f"{Payment.objects.get().pk:06}"
    assert receipts(client, paid) == [
        f"No. {number} Received €15.00 (EUR) On 1 June 2030 For A place at “ Jam ”, 8 June 2030 "
        "From Aster To Worlds & Co. Hafenweg 1 20457 Hamburg All dates are in the zone UTC."
    ]


def test_receipt_without_a_seller_names_the_site_and_its_contact(
    client: Client, paid: Registration, settings: Settings
) -> None:
    settings.SELLER, settings.SITE_NAME = "", "Neos nights"
    settings.SITE_CONTACT = "Mika <mika@example.org>"
    assert "To Neos nights Mika (mika@example.org) All dates" in receipts(client, paid)[0]


def test_receipt_of_a_workshop_names_both(client: Client, paid: Registration) -> None:
    workshop = register(paid.attendee, make_workshop(paid.event, title="Fog", price=300))
    manual.mark_paid(registration=workshop, by=make_organizer())
    assert "For A place in the workshop “ Fog ” at “ Jam ”" in receipts(client, workshop)[0]


def test_receipt_says_what_went_back_and_when(
    client: Client, paid: Registration, clock: Clock, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDER = "sandbox"
    Payment.objects.update(provider="sandbox", intent="paid-1")
    places.cancel(registration=paid, in_full=False)
    assert "Still goes back to you €15.00" in receipts(client, paid)[0]
    clock.shift(timedelta(days=1))
    housekeeping.run()
    (said,) = receipts(client, paid)
    assert "Given back €15.00 · 2 June 2030" in said
    assert "Still goes back" not in said


def test_receipt_has_the_same_dates_whoever_reads_it(
    client: Client, paid: Registration, clock: Clock
) -> None:
    """The money came at 19:00 in Berlin, when it was the next day in Kiritimati."""
    came = datetime(2030, 6, 1, 17, tzinfo=UTC)
    Event.objects.update(
        time_zone="Europe/Berlin", starts_at=came, ends_at=came + timedelta(hours=1)
    )
    Payment.objects.update(paid_at=came)
    found = []
    for zone in ("UTC", "Pacific/Kiritimati"):
        Attendee.objects.update(time_zone=zone)
        found += receipts(client, paid)
    assert found[0] == found[1]
    assert "On 1 June 2030 For A place at “ Jam ”, 1 June 2030 From" in found[0]
    assert found[0].endswith("All dates are in the zone Europe/Berlin.")


def test_receipt_of_a_currency_without_cents(client: Client, attendee: Attendee) -> None:
    mine = register(attendee, make_event(price=500, currency="JPY"))
    manual.mark_paid(registration=mine, by=make_organizer())
    assert "Received ¥500 (JPY)" in receipts(client, mine)[0]


@pytest.mark.parametrize("status", ["open", "failed", "mistaken"])
def test_receipt_is_not_there_where_no_money_came(
    client: Client, paid: Registration, status: str
) -> None:
    Payment.objects.update(status=status, decided_by=make_organizer())
    assert client.get(f"/registrations/{paid.code}/receipt/").status_code == 404
    assert "Receipt" not in client.get(f"/registrations/{paid.code}/").content.decode()


def test_receipt_is_not_there_for_a_free_place(client: Client, attendee: Attendee) -> None:
    mine = register(attendee, make_event())
    assert client.get(f"/registrations/{mine.code}/receipt/").status_code == 404
