"""The money of one event: sums that are those of the rows."""

from collections import defaultdict
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from events.admin.desk import money
from events.formatting.money import format_amount
from events.models import Event, Payment, Registration
from events.payments.providers import manual
from events.payments.totals import totals
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at, body, cells, make_money, table
from tests.events.admin.pages import EVENTS, PAYMENTS, names, page_of, read, rows
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

RECEIVED = ["paid", "refund_due", "refunded"]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", slug="jam", organizers=[mika], price=500)


# --- The page ------------------------------------------------------------------------------------


def test_money_page_adds_up_every_currency(browser: Client, jam: Event) -> None:
    """Two who pay, one whose money goes back, one who has it back; three who owe it."""
    for status in ["paid", "paid", "refund_due", "refunded", "open", "failed"]:
        make_money(jam, status=status)
    Registration.objects.filter(payments__status__in=RECEIVED).update(
        status="confirmed", confirmed_at=NOON
    )
    make_money(jam, currency="JPY", amount=1200)
    make_money(jam, currency="KWD", amount=1234, status="refund_due")
    Registration.objects.filter(payments__currency="JPY").update(currency="JPY", amount=1200)
    assert cells(browser.get(at(jam)), "sums") == [
        ["EUR", "€15.00", "€10.00", "€5.00", "€15.00", "€5.00", "€0.00"],
        ["JPY", "¥1,200", "¥1,200", "¥0", "¥1,200", "¥0", "¥0"],
        ["KWD", "KWD0.000", "KWD0.000", "KWD1.234", "KWD1.234", "KWD0.000", "KWD0.000"],
    ]


def test_money_page_of_an_event_without_money_says_so(browser: Client, jam: Event) -> None:
    response = browser.get(at(jam))
    assert cells(response, "sums") == [["EUR", *["€0.00"] * 6]]
    assert "There are no payments yet." in read(response).text


def test_money_page_lists_the_ledger(browser: Client, mika: User, jam: Event) -> None:
    Event.objects.update(time_zone="Asia/Tokyo")
    guest = make_attendee(neos_id="U-guest", neos_username="Guest")
    held = register(guest, jam)
    manual.mark_paid(registration=held, by=mika, reference="TX-1")
    when = "Sat 1 June 2030, 21:00 (Asia/Tokyo)"
    response = browser.get(at(jam))
    assert cells(response, "ledger") == [
        ["Guest ( U-guest )", "Jam", "€5.00", "paid", "–", "by hand", "TX-1", "mika", when, when]
    ]
    link = read(response).first("table", id="ledger").first("a").attributes["href"]
    assert link == f"{PAYMENTS}{Payment.objects.get().pk}/change/"


def test_money_page_leads_to_what_waits_for_a_decision(browser: Client, jam: Event) -> None:
    assert "decision" not in read(browser.get(at(jam))).text
    for name, status in [("Ada", "refund_due"), ("Bo", "refund_due"), ("Cy", "paid")]:
        make_money(jam, attendee=make_attendee(neos_username=name), status=status)
    links = read(browser.get(at(jam))).all("a")
    task = next(link for link in links if link.text == "2 payments need a decision")
    assert sorted(names(browser.get(task.attributes["href"]))) == ["Ada", "Bo"]


def test_money_page_leads_to_who_has_not_paid_yet(browser: Client, jam: Event) -> None:
    register(make_attendee(neos_username="Ada"), jam)
    Event.objects.update(capacity=1)
    register(make_attendee(neos_username="Bo"), jam)
    link = read(browser.get(at(jam))).first("table", id="sums").first("a")
    assert names(browser.get(link.attributes["href"])) == ["Ada"]


def test_money_page_shows_long_ledgers_piece_by_piece(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "ROWS_PER_PAGE", 2)
    for number in range(3):
        make_money(jam, reference=f"T-{number}", amount=100)
    pages = [browser.get(at(jam), {"page": page}) for page in ("1", "2", "x", "99")]
    shown = [[row[6] for row in cells(page, "ledger")] for page in pages]
    assert shown == [["T-0", "T-1"], ["T-2"], ["T-0", "T-1"], ["T-2"]]
    assert {cells(page, "sums")[0][2] for page in pages} == {"€3.00"}


def test_money_page_reads_the_payments_of_one_page_growth(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(money, "ROWS_PER_PAGE", 2)
    for number in range(5):
        make_money(jam, reference=f"T-{number}", amount=100)
    with CaptureQueriesContext(connection) as captured:
        browser.get(at(jam))
    ledger = [q["sql"] for q in captured if 'ORDER BY "events_payment"."created_at"' in q["sql"]]
    assert [sql.rpartition(" LIMIT ")[2] for sql in ledger] == ["2"]


def test_event_page_and_list_lead_to_the_money(browser: Client, jam: Event) -> None:
    for address in [page_of(jam), EVENTS]:
        links = [link.attributes["href"] for link in read(browser.get(address)).all("a")]
        assert links.count(at(jam)) == 1
    assert rows(browser.get(EVENTS))[0][-1] == "Money"


@pytest.mark.parametrize("tail", ["money/", "money.csv"])
def test_money_costs_the_same_with_more_of_it(
    browser: Client, jam: Event, django_assert_num_queries: DjangoAssertNumQueries, tail: str
) -> None:
    mixing = make_workshop(jam, price=300)
    expected = {"money/": 16, "money.csv": 8}
    for wanted in [1, 30]:
        while Payment.objects.count() < wanted:
            payment = make_money(jam, recorded_by=make_user())
            Registration.objects.filter(pk=payment.registration_id).update(workshop=mixing)
        with django_assert_num_queries(expected[tail]):
            response = browser.get(at(jam, tail))
            text = body(response) if response.streaming else response.content.decode()
        assert text.count(mixing.title) == wanted


# --- Sums and rows ------------------------------------------------------------------------------


MONEY = st.lists(
    st.tuples(
        st.integers(0, 2**40),
        st.sampled_from(["EUR", "JPY", "KWD"]),
        st.sampled_from([*RECEIVED, "open", "failed"]),
    ),
    max_size=12,
)


@given(payments=MONEY)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_sums_are_those_of_the_rows(
    browser: Client, mika: User, payments: list[tuple[int, str, str]]
) -> None:
    jam = make_event(organizers=[mika], price=500)
    for amount, currency, status in payments:
        make_money(jam, amount=amount, currency=currency, status=status)
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in table(browser, jam):
        sums[row["currency"]][row["status"]] += int(row["amount"].replace(".", ""))
    shown = {line[0]: line[2:6] for line in cells(browser.get(at(jam)), "sums")}
    for currency, found in shown.items():
        paid, to_refund, refunded = (sums[currency][status] for status in RECEIVED)
        expected = [paid, to_refund, paid + to_refund, refunded]
        assert found == [format_amount(amount, currency) for amount in expected]
    assert {currency for currency, found in sums.items() if any(found.values())} <= shown.keys()


def test_sum_of_what_is_due_is_that_of_the_places_held(
    browser: Client, jam: Event, held: list[Registration]
) -> None:
    assert len(held) == 2
    Registration.objects.filter(pk=held[0].pk).update(hold_until=NOON - timedelta(seconds=1))
    assert [line.due for line in totals(jam)] == [500]
    assert cells(browser.get(at(jam)), "sums")[0][1] == "€5.00"


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["money/", "money.csv"])
def test_money_of_others_is_not_there(
    signed_in: SignedIn, browser: Client, robin: User, superuser: User, tail: str
) -> None:
    theirs = make_event(title="Ball", organizers=[robin], price=500)
    make_money(theirs, attendee=make_attendee(neos_id="U-veil"))
    for address in [at(theirs, tail), f"{EVENTS}987654/{tail}", f"{EVENTS}x/{tail}"]:
        response = browser.get(address)
        assert (response.status_code, b"Ball" in response.content) == (404, False)
    for reader in [signed_in(robin), signed_in(superuser)]:
        response = reader.get(at(theirs, tail))
        text = body(response) if response.streaming else response.content.decode()
        assert "U-veil" in text


@pytest.mark.parametrize("tail", ["money/", "money.csv"])
def test_money_is_closed_to_strangers(
    signed_in: SignedIn, client: Client, jam: Event, tail: str
) -> None:
    guest = make_money(jam).registration.attendee.user
    helper = make_user(is_staff=True)
    jam.organizers.add(helper)
    for stranger, code in [(client, 302), (signed_in(guest), 302), (signed_in(helper), 403)]:
        response = stranger.get(at(jam, tail))
        assert (response.status_code, response.streaming) == (code, False)
        assert b"U-person" not in response.content


@pytest.mark.parametrize("tail", ["money/", "money.csv"])
def test_money_is_only_read(browser: Client, jam: Event, tail: str) -> None:
    assert browser.post(at(jam, tail), {}).status_code == 405
