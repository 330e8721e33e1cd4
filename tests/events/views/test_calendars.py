"""Addresses of calendars: who may read which, how they are answered, and where pages lead there."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import calendars
from events.accounts import closing
from events.models import Attendee, Event, Registration
from tests.events.calendars.reading import Entry, read
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_workshop,
)
from tests.lines import register
from tests.markup import TreeBuilder
from tests.pages import without_token

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ada() -> Attendee:
    return make_attendee(neos_username="Ada")


def signed_in(person: User) -> Client:
    browser = Client()
    browser.force_login(person)
    return browser


def entries(response: HttpResponse) -> list[Entry]:
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return read(response.content)


def summaries(client: Client, address: str) -> list[str]:
    return [entry.summary for entry in entries(client.get(address))]


def address_of(attendee: Attendee) -> str:
    return f"/calendar/{attendee.calendar_token}.ics"


# --- For everybody -------------------------------------------------------------------------------


def test_file_of_an_event_is_the_same_for_everybody(client: Client, ada: Attendee) -> None:
    event = make_event(title="Jam", slug="jam", starts_at=NOON - HOUR, session_url="neos:///S-1")
    register(ada, event)
    response = client.get("/events/jam/calendar.ics")
    assert [entry.summary for entry in entries(response)] == ["Jam"]
    assert signed_in(ada.user).get("/events/jam/calendar.ics").content == response.content
    german = client.get("/events/jam/calendar.ics", headers={"accept-language": "de"})
    assert german.content == response.content
    assert response["Content-Disposition"] == 'attachment; filename="jam.ics"'
    assert response["Cache-Control"] == "max-age=300"
    assert "Cookie" not in response.get("Vary", "")


def test_file_of_a_workshop_has_a_name_of_its_own(client: Client) -> None:
    make_workshop(make_event(slug="jam"), title="Shaders", slug="shaders")
    response = client.get("/events/jam/workshops/shaders/calendar.ics")
    assert [entry.summary for entry in entries(response)] == ["Shaders"]
    assert response["Content-Disposition"] == 'attachment; filename="jam-shaders.ics"'
    assert client.get("/events/jam/workshops/none/calendar.ics").status_code == 404


def test_draft_has_no_public_file_for_anybody(client: Client, ada: Attendee) -> None:
    """Not for its organizers either: the address has one answer, whoever asks."""
    organizer = make_organizer()
    event = make_event(slug="jam", organizers=[organizer])
    make_workshop(event, slug="shaders")
    register(ada, event)
    addresses = ["/events/jam/calendar.ics", "/events/jam/workshops/shaders/calendar.ics"]
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    Event.objects.update(status="draft")
    for browser in (client, signed_in(organizer), signed_in(ada.user)):
        assert [browser.get(address).status_code for address in addresses] == [404, 404]


def test_former_address_leads_to_the_file(client: Client) -> None:
    event = make_event(slug="jam")
    event.former_addresses.create(slug="old")
    response = client.get("/events/old/calendar.ics")
    assert (response.status_code, response["Location"]) == (301, "/events/jam/calendar.ics")


def test_calendar_of_the_site_has_what_is_listed(client: Client) -> None:
    make_event(title="Later", starts_at=NOON + 2 * DAY)
    make_event(title="Off", starts_at=NOON + DAY, status="cancelled")
    make_event(title="Over", starts_at=NOON - 29 * DAY)
    make_event(title="Long ago", starts_at=NOON - 31 * DAY)
    make_event(title="Draft", status="draft")
    make_event(title="Unlisted", listed=False)
    assert summaries(client, "/calendar.ics") == ["Over", "Cancelled: Off", "Later"]
    name = f"X-WR-CALNAME:Events of {settings.SITE_NAME}"
    assert name in client.get("/calendar.ics").content.decode().split("\r\n")


def test_calendar_of_a_host_has_its_events_only(client: Client) -> None:
    theirs, draft = make_event(title="Theirs"), make_event(title="Draft", status="draft")
    make_event(title="Other")
    make_host(theirs, draft, slug="moths", name="Moths, Inc; \\N")
    assert summaries(client, "/hosts/moths/calendar.ics") == ["Theirs"]
    content = client.get("/hosts/moths/calendar.ics").content.decode().replace("\r\n ", "")
    assert f"X-WR-CALNAME:Events with Moths\\, Inc\\; \\\\N at {settings.SITE_NAME}" in content
    assert client.get("/hosts/nobody/calendar.ics").status_code == 404


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize(
    ("address", "queries"),
    [("/calendar.ics", 1), ("/hosts/moths/calendar.ics", 2), ("/events/jam/calendar.ics", 1)],
)
def test_public_calendar_costs_few_queries(
    client: Client,
    count: int,
    address: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    others = [make_event() for _ in range(count - 1)]
    make_host(make_event(slug="jam"), *others, slug="moths")
    with django_assert_num_queries(queries):
        assert client.get(address).status_code == 200


# --- For who has a place -------------------------------------------------------------------------


def test_file_of_a_place_is_for_its_holder_only(client: Client, ada: Attendee) -> None:
    event = make_event(title="Jam", slug="jam", starts_at=NOON - HOUR, session_url="neos:///S-1")
    address = f"/registrations/{register(ada, event).code}/calendar.ics"
    response = signed_in(ada.user).get(address)
    assert [entry.location for entry in entries(response)] == ["neos:///S-1"]
    assert response["Content-Disposition"] == 'attachment; filename="jam.ics"'
    assert response["Cache-Control"] == ("max-age=0, no-cache, no-store, must-revalidate, private")
    strangers = [make_attendee().user, make_organizer()]
    assert [signed_in(user).get(address).status_code for user in strangers] == [404, 404]
    answer = client.get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/accounts/login/")
    missing = f"/registrations/{uuid.uuid4()}/calendar.ics"
    assert signed_in(ada.user).get(missing).status_code == 404


def test_file_of_a_place_at_a_draft_shows_no_way_in(ada: Attendee) -> None:
    event = make_event(starts_at=NOON - HOUR, session_url="neos:///S-1")
    address = f"/registrations/{register(ada, event).code}/calendar.ics"
    assert b"S-1" in signed_in(ada.user).get(address).content
    Event.objects.update(status="draft")
    response = signed_in(ada.user).get(address)
    assert [entry.status for entry in entries(response)] == ["TENTATIVE"]
    assert b"S-1" not in response.content


# --- The feed behind a secret --------------------------------------------------------------------


def test_secret_address_needs_no_session_and_is_kept_by_nobody_else(
    client: Client, ada: Attendee
) -> None:
    register(ada, make_event(title="Jam"))
    response = client.get(address_of(ada))
    assert [entry.summary for entry in entries(response)] == ["Jam"]
    assert response.content == calendars.feed(ada)
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"
    assert "Cookie" not in response.get("Vary", "")
    assert response.cookies == {}
    assert response["Content-Disposition"] == 'inline; filename="my-places.ics"'


def test_secret_address_shows_the_places_of_its_owner_to_everybody(ada: Attendee) -> None:
    bela = make_attendee()
    register(ada, make_event(title="Hers"))
    register(bela, make_event(title="His"))
    assert summaries(signed_in(bela.user), address_of(ada)) == ["Hers"]
    assert summaries(signed_in(ada.user), address_of(bela)) == ["His"]


def test_same_state_is_not_sent_twice(client: Client, ada: Attendee, clock: Clock) -> None:
    register(ada, make_event())
    make_host(make_event(slug="jam"), slug="moths")
    public = ("/calendar.ics", "/events/jam/calendar.ics", "/hosts/moths/calendar.ics")
    tags = {address: client.get(address)["ETag"] for address in (address_of(ada), *public)}
    clock.shift(DAY)
    for address, tag in tags.items():
        response = client.get(address, headers={"if-none-match": tag})
        assert (response.status_code, response.content) == (304, b"")
    Event.objects.update(title="Renamed")
    for address, tag in tags.items():
        assert client.get(address, headers={"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize("count", [0, 1, 5])
def test_secret_address_costs_two_queries(
    client: Client, ada: Attendee, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        register(ada, make_event())
    with django_assert_num_queries(2):
        assert len(entries(client.get(address_of(ada)))) == count


def closed(attendee: Attendee) -> None:
    User.objects.filter(pk=attendee.user.pk).update(is_active=False)


def erased(attendee: Attendee) -> None:
    closing.erase(attendee.user)


def erased_with_the_door_left_open(attendee: Attendee) -> None:
    """The account was opened again by hand, and the secret is as it was."""
    token = attendee.calendar_token
    closing.erase(attendee.user)
    Attendee.objects.filter(pk=attendee.pk).update(calendar_token=token)
    User.objects.filter(pk=attendee.user.pk).update(is_active=True)


@pytest.mark.parametrize("end", [closed, erased, erased_with_the_door_left_open])
def test_account_that_is_over_looks_like_a_wrong_secret(
    client: Client, ada: Attendee, end: object
) -> None:
    register(ada, make_event(title="Jam"))
    assert client.get(address_of(ada)).status_code == 200
    assert callable(end)
    end(ada)
    gone, wrong = client.get(address_of(ada)), client.get(f"/calendar/{'x' * 43}.ics")
    assert (gone.status_code, wrong.status_code) == (404, 404)
    pages = [without_token(gone).replace(ada.calendar_token, ""), without_token(wrong)]
    assert pages[0] == pages[1].replace("x" * 43, "")


@pytest.mark.parametrize("token", ["", "%00", "x" * 3000, "é", "a.b", "..%2f", "month"])
def test_odd_secret_is_nothing(client: Client, ada: Attendee, token: str) -> None:
    assert client.get(f"/calendar/{token}.ics").status_code == 404


def test_calendar_that_asks_without_end_has_to_wait_and_others_do_not(
    client: Client, ada: Attendee, clock: Clock
) -> None:
    answers = [client.get(address_of(ada)).status_code for _ in range(61)]
    assert (answers, answers.index(429)) == ([200] * 60 + [429], 60)
    assert client.get(address_of(make_attendee())).status_code == 200
    clock.shift(HOUR)
    assert client.get(address_of(ada)).status_code == 200


# --- Another secret ------------------------------------------------------------------------------


def test_old_address_stops_working_once_there_is_a_new_one(client: Client, ada: Attendee) -> None:
    register(ada, make_event(title="Jam"))
    old = address_of(ada)
    response = signed_in(ada.user).post("/calendar/new-address/", {"next": "/events/x/"})
    assert (response.status_code, response["Location"]) == (
        302,
        "/account/?next=%2Fevents%2Fx%2F#calendar",
    )
    ada.refresh_from_db()
    assert client.get(old).status_code == 404
    assert summaries(client, address_of(ada)) == ["Jam"]


def test_new_address_is_made_by_its_owners_button_only(client: Client, ada: Attendee) -> None:
    answers = [
        client.post("/calendar/new-address/"),
        signed_in(make_attendee().user).post("/calendar/new-address/"),
        signed_in(ada.user).get("/calendar/new-address/"),
    ]
    assert [answer.status_code for answer in answers] == [302, 302, 405]
    assert 'href="/account/"' in answers[2].content.decode()
    assert client.get(address_of(ada)).status_code == 200


def test_new_address_needs_a_token_against_forged_forms(ada: Attendee) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ada.user)
    assert browser.post("/calendar/new-address/").status_code == 403
    assert browser.get(address_of(ada)).status_code == 200


# --- Pages lead there ----------------------------------------------------------------------------


def links(browser: Client, address: str) -> list[str]:
    """Return where the links to calendars in the page lead."""
    page = TreeBuilder(browser.get(address).content.decode()).root.first("main")
    found = [link.attributes.get("href", "") for link in page.all("a")]
    return [link for link in found if ".ics" in link or link.startswith("webcal:")]


def test_event_leads_to_its_file_and_the_holders_own(client: Client, ada: Attendee) -> None:
    event = make_event(slug="jam")
    workshop = make_workshop(event, slug="shaders")
    page = "/events/jam/"
    public = ["/events/jam/calendar.ics", "/events/jam/workshops/shaders/calendar.ics"]
    assert links(client, page) == links(signed_in(ada.user), page) == public
    place = f"/registrations/{register(ada, event).code}/"
    part = f"/registrations/{register(ada, workshop).code}/"
    own = [f"{place}calendar.ics", f"{part}calendar.ics"]
    assert links(signed_in(ada.user), page) == own
    assert links(signed_in(ada.user), place) == own[:1]
    assert links(signed_in(ada.user), part) == own[1:]
    assert links(signed_in(ada.user), "/registrations/") == own
    assert links(signed_in(make_attendee().user), page) == public


@pytest.mark.parametrize(
    "fields", [{"status": "cancelled"}, {"starts_at": NOON - DAY, "ends_at": NOON - HOUR}]
)
def test_what_does_not_come_is_not_offered(
    client: Client, ada: Attendee, fields: dict[str, object]
) -> None:
    event = make_event(slug="jam")
    registration = register(ada, event)
    Event.objects.update(**fields)
    pages = ("/events/jam/", f"/registrations/{registration.code}/", "/registrations/")
    assert [links(signed_in(ada.user), page) for page in pages] == [[], [], []]


def test_place_that_was_lost_leads_to_no_file(client: Client, ada: Attendee) -> None:
    registration = register(ada, make_event(slug="jam", price=500))
    Registration.objects.update(hold_until=NOON)
    assert links(signed_in(ada.user), f"/registrations/{registration.code}/") == []


def test_account_shows_the_secret_address_to_its_owner_only(ada: Attendee) -> None:
    host = settings.SITE_URL.partition("://")[2]
    assert links(signed_in(ada.user), "/account/") == [f"webcal://{host}{address_of(ada)}"]
    page = signed_in(ada.user).get("/account/").content.decode()
    assert f'<code class="whole">{settings.SITE_URL}{address_of(ada)}</code>' in page
    other = signed_in(make_attendee().user).get("/account/").content.decode()
    assert ada.calendar_token not in other


def test_host_and_month_lead_to_their_feeds(client: Client) -> None:
    make_host(make_event(), slug="moths")
    host = settings.SITE_URL.partition("://")[2]
    assert links(client, "/hosts/moths/") == [f"webcal://{host}/hosts/moths/calendar.ics"]
    assert links(client, "/calendar/month/") == [f"webcal://{host}/calendar.ics"]
