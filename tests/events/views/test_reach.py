"""Pages say whom to write to, that no message reaches somebody, and until when."""

from datetime import UTC, datetime, timedelta

import pytest
import responses
import time_machine
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from events import places
from events.http import errors
from events.models import Attendee, Block, Event, Registration
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_user,
    make_workshop,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SITE = "team@example.org"
LINK = '<a href="https://discord.example/jam">https://discord.example/jam</a>'
MAILTO = f'<a href="mailto:{SITE}">{SITE}</a>'


@pytest.fixture(autouse=True)
def site_contact(settings: Settings) -> None:
    settings.SITE_CONTACT = SITE


@pytest.fixture
def jam() -> Event:
    return make_event(title="Jam", price=1500, contact="Mika https://discord.example/jam")


@pytest.fixture
def ann(client: Client) -> Attendee:
    """Signed in with Neos, which has told no address."""
    person = make_attendee(neos_id="U-ann")
    client.force_login(person.user)
    return person


def read(client: Client, address: str) -> str:
    return " ".join(client.get(address).content.decode().split())


# --- Whom to write to ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        *("/", "/?when=past", "/accounts/login/", "/accounts/signup/", "/accounts/closed/"),
        *("/accounts/password-reset/", "/nowhere/", "/accounts/confirm/x/"),
    ],
)
def test_every_page_names_the_contact_of_the_site_r14(client: Client, address: str) -> None:
    page = read(client, address)
    assert f"Questions about this site? Write to {MAILTO}" in page


def test_closed_account_is_told_whom_to_write_to_r14(client: Client) -> None:
    assert f"this is a mistake, write to {MAILTO}" in read(client, "/accounts/closed/")


def test_broken_pages_name_the_contact_without_a_request_r14() -> None:
    request = RequestFactory().get("/")
    pages = [errors.server_error(request), errors.unavailable()]
    pages.append(errors.bad_request(request, OperationalError()))
    assert [MAILTO in page.content.decode() for page in pages] == [True] * 3


def test_event_names_its_contact_r14(client: Client, jam: Event) -> None:
    page = read(client, jam.get_absolute_url())
    assert f"Questions about this event? Write to <bdi>Mika</bdi> ({LINK})" in page


def test_event_without_a_contact_names_the_sites_r14(client: Client) -> None:
    page = read(client, make_event().get_absolute_url())
    assert f"Questions about this event? Write to {MAILTO}" in page


def test_contact_is_escaped_r14(client: Client) -> None:
    event = make_event(contact="<script>x</script> mika@example.org")
    page = read(client, event.get_absolute_url())
    assert "<script>x" not in page
    assert "mailto:mika@example.org" in page


def test_blocked_person_is_told_whom_to_write_to_r14(
    client: Client, ann: Attendee, jam: Event
) -> None:
    Block.objects.create(neos_id="U-ann", event=jam)
    page = read(client, jam.get_absolute_url())
    assert "If you do not know why, write to Mika (https://discord.example/jam)." in page
    assert '<a class="button" href="https://discord.example/jam">' in page


@pytest.mark.usefixtures("neos")
def test_locked_person_is_told_where_to_ask_r14(client: Client, ann: Attendee, jam: Event) -> None:
    Attendee.objects.update(neos_locked=True)
    assert "Ask Neos about it (hello@neos.com)" in read(client, jam.get_absolute_url())


@pytest.mark.usefixtures("resonite")
def test_locked_person_is_told_where_resonite_answers(
    client: Client, ann: Attendee, jam: Event
) -> None:
    Attendee.objects.update(neos_locked=True)
    page = read(client, jam.get_absolute_url())
    assert "Ask Resonite about it (https://support.resonite.com)" in page


def test_payment_that_cannot_be_opened_says_whom_to_write_to_r14(
    client: Client, ann: Attendee, jam: Event, settings: Settings
) -> None:
    settings.PAYMENT_PROVIDER = "stripe"
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_test", "whsec_test"
    held = places.register(user=ann.user, bookable=jam)
    with responses.RequestsMock() as stripe:
        stripe.post("https://api.stripe.com/v1/checkout/sessions", status=400, json={"error": {}})
        page = client.post(f"/registrations/{held.code}/pay/").content.decode()
    assert "please write to Mika (https://discord.example/jam) before the time is over" in page


def test_pages_of_a_payment_name_the_contact_r14(client: Client, ann: Attendee, jam: Event) -> None:
    held = places.register(user=ann.user, bookable=jam)
    addresses = [f"/registrations/{held.code}/{page}/" for page in ("pay", "paid")]
    for address in [*addresses, "/registrations/"]:
        assert f"Write to <bdi>Mika</bdi> ({LINK})" in read(client, address)


# --- Whom no message reaches ---------------------------------------------------------------------

NO_ADDRESS, UNCONFIRMED = 'data-code="no-address"', 'data-code="address-unconfirmed"'


@pytest.mark.parametrize(
    "fields",
    [{"price": 1500}, {"price": 1500, "capacity": 0}, {"draw_at": NOON + timedelta(days=1)}],
)
def test_person_without_an_address_is_told_before_they_join_r20(
    client: Client, ann: Attendee, fields: dict[str, object]
) -> None:
    event = make_event(**fields)
    make_workshop(event)
    page = read(client, event.get_absolute_url())
    assert page.count(NO_ADDRESS) == 1
    assert f'href="/account/?next=%2Fevents%2F{event.slug}%2F">Add an address</a>' in page
    assert '<button class="primary">' in page  # it is no refusal


def test_person_without_an_address_is_told_wherever_they_look_r20(
    client: Client, ann: Attendee, jam: Event
) -> None:
    held = places.register(user=ann.user, bookable=jam)
    addresses = ["/account/", "/registrations/", jam.get_absolute_url()]
    for address in [*addresses, f"/registrations/{held.code}/pay/"]:
        assert read(client, address).count(NO_ADDRESS) == 1


def test_person_with_an_unconfirmed_address_is_told_to_confirm_it_r20(
    client: Client, ann: Attendee, jam: Event
) -> None:
    User.objects.filter(pk=ann.user_id).update(email="ann@example.org")
    held = places.register(user=ann.user, bookable=jam)
    for address in ["/registrations/", jam.get_absolute_url(), f"/registrations/{held.code}/pay/"]:
        assert read(client, address).count(UNCONFIRMED) == 1
    assert "Please confirm <bdi>ann@example.org</bdi>" in read(client, "/account/")


def test_person_who_can_be_reached_reads_no_hint_r20(client: Client, jam: Event) -> None:
    person = make_attendee(user=make_user(), neos_id="U-bo", email_confirmed_at=NOON)
    client.force_login(person.user)
    held = places.register(user=person.user, bookable=jam)
    addresses = ["/account/", "/registrations/", jam.get_absolute_url()]
    for address in [*addresses, f"/registrations/{held.code}/pay/"]:
        page = read(client, address)
        assert (NO_ADDRESS in page, UNCONFIRMED in page) == (False, False)


def test_visitor_reads_no_hint_r20(client: Client, jam: Event) -> None:
    assert NO_ADDRESS not in read(client, jam.get_absolute_url())


def test_hint_costs_no_query_per_workshop_or_registration_r20(
    client: Client, ann: Attendee, jam: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(10):
        client.get(jam.get_absolute_url())
    for _ in range(5):
        make_workshop(jam)
    with django_assert_num_queries(10):
        client.get(jam.get_absolute_url())


@pytest.mark.parametrize("address", ["a..b@docomo.ne.jp", "ann.@docomo.ne.jp"])
def test_carrier_address_is_taken_wherever_it_is_typed_r20(client: Client, address: str) -> None:
    newcomer = {
        "username": "ann",
        "email": address,
        "password1": "Xk29-vQ8w",
        "password2": "Xk29-vQ8w",
    }
    assert client.post("/accounts/signup/", newcomer).status_code == 302
    assert User.objects.get().email == address
    other = make_local_attendee()
    client.force_login(other.user)
    client.post("/account/", {"email": address, "time_zone": "UTC", "display_name": ""})
    assert "Enter a valid email address" not in read(client, "/account/")
    reset = client.post("/accounts/password-reset/", {"email": address})
    assert reset["Location"] == "/accounts/password-reset/sent/"


# --- Until when ----------------------------------------------------------------------------------


def test_page_says_until_when_money_comes_back_r7(
    client: Client, ann: Attendee, jam: Event
) -> None:
    manual.mark_paid(registration=places.register(user=ann.user, bookable=jam), by=make_organizer())
    for address in ("/registrations/", jam.get_absolute_url()):
        page = read(client, address)
        assert (
            "If you give it up before Sat 8 June 2030, 12:00 (UTC), you get everything back" in page
        )


def test_deadline_after_the_end_is_shown_as_the_end_r7(
    client: Client, ann: Attendee, jam: Event
) -> None:
    manual.mark_paid(registration=places.register(user=ann.user, bookable=jam), by=make_organizer())
    Registration.objects.update(refund_until=NOON + timedelta(days=30))
    page = read(client, "/registrations/")
    assert "If you give it up before Sat 8 June 2030, 14:00 (UTC)" in page


def test_payment_by_hand_is_shown_with_its_day_r15(
    client: Client, ann: Attendee, settings: Settings
) -> None:
    settings.PAYMENT_BY_HAND = True
    event = make_event(price=1500, payment_days=5, payment_instructions="By bank transfer.")
    held = places.register(user=ann.user, bookable=event)
    page = read(client, f"/registrations/{held.code}/pay/")
    assert "for 5 days, until Thu 6 June 2030, 12:00 (UTC)." in page


def test_history_is_in_the_viewers_zone_r4(
    client: Client, ann: Attendee, clock: time_machine.Traveller
) -> None:
    Attendee.objects.update(time_zone="Asia/Tokyo")
    start = datetime(2030, 12, 31, 15, 30, tzinfo=UTC)
    event = make_event(time_zone="Asia/Tokyo", starts_at=start)
    places.register(user=ann.user, bookable=event)
    clock.move_to(start + timedelta(days=2))
    client.force_login(ann.user)  # the session has ended by then
    assert "1 January 2031 · You had a place" in read(client, "/registrations/")


def test_history_without_a_zone_of_ones_own_is_in_the_events_r4(
    client: Client, ann: Attendee, clock: time_machine.Traveller
) -> None:
    start = datetime(2030, 12, 31, 15, 30, tzinfo=UTC)
    places.register(user=ann.user, bookable=make_event(time_zone="Asia/Tokyo", starts_at=start))
    clock.move_to(start + timedelta(days=2))
    client.force_login(ann.user)  # the session has ended by then
    assert "1 January 2031 · You had a place" in read(client, "/registrations/")


def test_doubled_hour_is_told_apart_on_list_and_page_r5(client: Client, ann: Attendee) -> None:
    Attendee.objects.update(time_zone="Europe/Berlin")
    start = datetime(2030, 10, 27, 0, 15, tzinfo=UTC)
    event = make_event(
        time_zone="America/New_York", starts_at=start, ends_at=start + timedelta(hours=1)
    )
    for address in ("/", event.get_absolute_url()):
        page = read(client, address)
        assert "Sun 27 October 2030,</span> 02:15 CEST</time>" in page
        assert ">02:15 CET</time>" in page
        assert '<time datetime="2030-10-27T00:15:00Z">' in page
