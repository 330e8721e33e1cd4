"""The ledger of one event as a file: exact, and safe to open."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.models import Attendee, Event
from tests.events.admin.ledgers import at, body, make_money, table
from tests.factories import make_attendee, make_event, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", slug="jam", organizers=[mika], price=500)


def test_table_has_every_row_with_exact_amounts(browser: Client, mika: User, jam: Event) -> None:
    guest = make_attendee(neos_id="U-guest", neos_username="Guest")
    payment = make_money(
        jam,
        attendee=guest,
        amount=1234567,
        currency="KWD",
        status="refund_due",
        recorded_by=mika,
        reference="TX-1",
        note="cash",
        paid_at=datetime(2030, 6, 1, 14, 30, 5, tzinfo=UTC),
    )
    assert table(browser, jam) == [
        {
            "payment": str(payment.pk),
            "registration": str(payment.registration.code),
            "name": "Guest",
            "neos_id": "U-guest",
            "for": "Jam",
            "status": "refund_due",
            "problem": "twice",
            "amount": "1234.567",
            "currency": "KWD",
            "provider": "manual",
            "reference": "TX-1",
            "recorded_by": "mika",
            "note": "cash",
            "created": "2030-06-01T12:00:00Z",
            "received": "2030-06-01T14:30:05Z",
            "given_back": "0.000",
            "dispute": "",
        }
    ]


def test_table_is_a_file_of_utf_8_that_spreadsheets_know_r24(browser: Client, jam: Event) -> None:
    make_money(jam, attendee=make_attendee(neos_username="Zoë"))
    response = browser.get(at(jam, "money.csv"))
    assert response.streaming is True
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="payments-jam-2030-06-01.csv"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "private" in response["Cache-Control"]
    text = body(response)
    assert text.startswith("\ufeffpayment,registration,name,")
    assert text.count("\ufeff") == 1
    assert "Zoë" in text


@pytest.mark.parametrize("name", ["👩‍🚀 Zoe", "علی‌رضا", "柚子", "a\u0301"])
def test_table_keeps_names_of_every_script_s9(browser: Client, jam: Event, name: str) -> None:
    make_money(jam, attendee=make_attendee(neos_username=name))
    assert [row["name"] for row in table(browser, jam)] == [name]


def test_table_name_cannot_leave_its_header(browser: Client, jam: Event) -> None:
    """No form makes such an address, but a row may come from elsewhere."""
    Event.objects.update(slug='x"; a=é')
    named = browser.get(at(jam, "money.csv"))["Content-Disposition"]
    assert named == "attachment; filename*=utf-8''payments-x-a-%C3%A9-2030-06-01.csv"


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1+cmd|' /C calc'!A0", "'-1+cmd\\|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1+1", "'=1+1"),
        ("\r\n=1+1", "'=1+1"),
        (" =1+1", "'=1+1"),
        ("\uff1d1+1", "'\uff1d1+1"),
        ('a","=1+1', 'a","=1+1'),
        ("a\n=1+1", "a =1+1"),
        ("Zoë", "Zoë"),
    ],
)
def test_table_holds_no_formulas(browser: Client, jam: Event, name: str, written: str) -> None:
    payment = make_money(jam, reference=name, note=name)
    Attendee.objects.filter(pk=payment.registration.attendee_id).update(neos_username=name)
    (row,) = table(browser, jam)
    cells = [row["name"], row["reference"], row["note"]]
    assert cells == [written] * 3


def test_table_holds_no_addresses(browser: Client, jam: Event) -> None:
    guest = make_attendee(user=make_user(username="guest", email="needle@example.org"))
    make_money(jam, attendee=guest)
    text = body(browser.get(at(jam, "money.csv")))
    assert ("U-person" in text, "needle" in text, "@" in text) == (True, False, False)
