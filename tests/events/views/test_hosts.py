"""A host's page, and buttons to follow a host or the opening of an event."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import follows
from events.models import Attendee, Event, Follow, Host
from tests.deletions import deleted_once_read
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_perk,
    make_user,
)
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


@pytest.fixture
def host() -> Host:
    return Host.objects.create(name="Lanterns & <b>", slug="lanterns", about="We *walk*.")


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody signed in whom mail reaches."""
    attendee = make_local_attendee()
    client.force_login(attendee.user)
    return attendee


def hosted(host: Host, **fields: object) -> Event:
    event = make_event(**fields)
    event.hosts.add(host)
    return event


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


# --- The page ------------------------------------------------------------------------------------


def test_page_shows_public_events_of_the_host_and_no_others(client: Client, host: Host) -> None:
    hosted(host, title="Later", starts_at=NOON + 2 * DAY)
    hosted(host, title="Sooner", starts_at=NOON + DAY)
    hosted(host, title="Before", starts_at=NOON - 2 * DAY)
    hosted(host, title="Draft", status="draft")
    hosted(host, title="Unlisted", listed=False)
    make_event(title="Other")
    client.force_login(make_organizer())
    context = client.get("/hosts/lanterns/").context
    found = [[listing.event.title for listing in context[name]] for name in ("coming", "past")]
    assert found == [["Sooner", "Later"], ["Before"]]


def test_page_is_safe_and_drawn(client: Client, host: Host) -> None:
    page = text(client, "/hosts/lanterns/")
    assert "<bdi>Lanterns &amp; &lt;b&gt;</bdi>" in page
    assert "<p>We <em>walk</em>.</p>" in page
    assert "/art/meetup/lanterns.svg" in page
    assert "Nothing is planned at the moment." in page


def test_page_of_no_host_is_not_found(client: Client) -> None:
    assert client.get("/hosts/nobody/").status_code == 404


def test_page_costs_the_same_for_many_events_growth(
    client: Client, host: Host, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    other = Host.objects.create(name="Other", slug="other")
    client.get("/hosts/lanterns/")  # what a process remembers is read
    for _ in range(2):
        hosted(host).hosts.add(other)
        hosted(host, starts_at=NOON - DAY)
        with django_assert_num_queries(5):
            client.get("/hosts/lanterns/")


# --- Following a host ----------------------------------------------------------------------------


def test_button_follows_and_another_one_stops(
    client: Client, host: Host, attendee: Attendee
) -> None:
    response = client.post("/hosts/lanterns/follow/", follow=True)
    assert response.redirect_chain == [("/hosts/lanterns/", 302)]
    assert follows.is_followed(attendee, host=host)
    assert "Stop following" in response.content.decode()
    client.post("/hosts/lanterns/follow/", {"stop": "yes"})
    assert Follow.objects.count() == 0


def test_following_concerns_nobody_else(client: Client, host: Host, attendee: Attendee) -> None:
    stranger = make_attendee()
    follows.follow(stranger, host=host)
    client.post("/hosts/lanterns/follow/", {"stop": "yes"})
    assert follows.is_followed(stranger, host=host)


def test_signed_out_visitor_signs_in_and_comes_back(client: Client, host: Host) -> None:
    user = make_user(username="ada")
    assert 'href="/accounts/login/?next=/hosts/lanterns/"' in text(client, "/hosts/lanterns/")
    response = client.post("/hosts/lanterns/follow/")
    assert response["Location"] == "/accounts/login/?next=/hosts/lanterns/follow/"
    answers = {"username": "ada", "password": "secret", "next": "/hosts/lanterns/follow/"}
    response = client.post("/accounts/login/", answers, follow=True)
    assert response.redirect_chain[-1] == ("/hosts/lanterns/", 302)
    assert (user.is_active, Follow.objects.count()) == (True, 0)


def test_following_asks_for_the_token_of_the_form(host: Host) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user())
    assert browser.post("/hosts/lanterns/follow/").status_code == 403
    assert Follow.objects.count() == 0


def test_person_without_a_proved_address_is_told_before(client: Client, host: Host) -> None:
    client.force_login(make_attendee().user)
    event = make_event(opens_at=NOON + DAY)
    for address, missed in (
        ("/hosts/lanterns/", "so we cannot tell you about new events"),
        (event.get_absolute_url(), "so we cannot tell you when it opens"),
    ):
        page = text(client, address)
        assert ('data-code="no-address"' in page, missed in page) == (True, True)
        assert f'href="/account/?next={quote(address, safe="")}#profile"' in page


# --- The opening of an event ---------------------------------------------------------------------


def test_event_offers_to_tell_of_its_opening(client: Client, attendee: Attendee) -> None:
    event = make_event(opens_at=NOON + DAY)
    address = event.get_absolute_url()
    assert "Tell me when it opens" in text(client, address)
    response = client.post(f"{address}follow/", follow=True)
    assert response.redirect_chain == [(address, 302)]
    assert "Do not tell me" in response.content.decode()
    assert follows.is_followed(attendee, event=event)
    client.post(f"{address}follow/", {"stop": "yes"})
    assert Follow.objects.count() == 0


@pytest.mark.parametrize(
    "fields", [{}, {"opens_at": NOON}, {"opens_at": NOON + DAY, "status": "cancelled"}]
)
def test_event_without_an_opening_ahead_offers_nothing(
    client: Client, attendee: Attendee, fields: dict[str, object]
) -> None:
    event = make_event(**fields)
    address = event.get_absolute_url()
    assert 'id="opening"' not in text(client, address)
    response = client.post(f"{address}follow/", follow=True)
    assert "There is no opening ahead." in response.content.decode()
    assert Follow.objects.count() == 0


def test_event_that_is_open_for_a_patron_offers_them_nothing(client: Client) -> None:
    event = make_event(opens_at=NOON + timedelta(hours=5))
    make_perk(event, min_cents=600, early_hours=5)
    patron, other = make_attendee(patreon_cents=600), make_attendee()
    for attendee, is_offered in ((patron, False), (other, True)):
        client.force_login(attendee.user)
        assert ('id="opening"' in text(client, event.get_absolute_url())) is is_offered


def test_signed_out_visitor_is_led_to_sign_in_and_back(client: Client) -> None:
    event = make_event(opens_at=NOON + DAY)
    address = event.get_absolute_url()
    assert "Sign in, and we can mail you when it opens." in text(client, address)
    response = client.post(f"{address}follow/")
    assert response["Location"] == f"/accounts/login/?next={address}follow/"


def test_draft_is_followed_by_nobody_who_may_not_see_it(client: Client, attendee: Attendee) -> None:
    event = make_event(opens_at=NOON + DAY, status="draft")
    assert client.post(f"{event.get_absolute_url()}follow/").status_code == 404


# --- The list of what one follows ----------------------------------------------------------------


def rows(page: str) -> list[str]:
    section = TreeBuilder(page).root.first("section", id="following")
    return [link.text for link in section.all("a")]


def test_account_lists_what_one_follows_and_stops_it(
    client: Client, host: Host, attendee: Attendee
) -> None:
    event = make_event(title="Jam", opens_at=NOON + DAY)
    over = make_event(title="Over", starts_at=NOON - DAY)
    draft = make_event(title="Draft", status="draft")
    for each in (event, over, draft):
        follows.follow(attendee, event=each)
    follows.follow(attendee, host=host)
    follows.follow(make_attendee(), event=make_event(title="Theirs"))
    assert sorted(rows(text(client, "/account/"))) == ["Jam", "Lanterns & <b>"]
    for address in (f"{event.get_absolute_url()}follow/", "/hosts/lanterns/follow/"):
        response = client.post(address, {"stop": "yes", "from": "account"})
        assert response["Location"] == "/account/#following"
    assert rows(text(client, "/account/")) == []


# --- What is gone meanwhile ----------------------------------------------------------------------


def test_host_that_was_just_deleted_is_not_found_6(
    client: Client, host: Host, attendee: Attendee
) -> None:
    with deleted_once_read(host):
        assert client.post("/hosts/lanterns/follow/").status_code == 404
    assert (Host.objects.count(), Follow.objects.count()) == (0, 0)


def test_event_that_was_just_deleted_is_not_found_6(client: Client, attendee: Attendee) -> None:
    event = make_event(slug="jam", opens_at=NOON + DAY)
    with deleted_once_read(event):
        assert client.post("/events/jam/follow/").status_code == 404
    assert (Event.objects.count(), Follow.objects.count()) == (0, 0)


@pytest.mark.parametrize("address", ["/hosts/lanterns/follow/", "/events/jam/follow/"])
def test_person_who_was_just_erased_follows_nothing_7(
    client: Client, host: Host, attendee: Attendee, address: str
) -> None:
    """The form was sent before the account was deleted in another tab."""
    make_event(slug="jam", opens_at=NOON + DAY)
    stranger = make_local_attendee()
    Attendee.objects.filter(pk=attendee.pk).update(erased_at=NOON)
    assert client.post(address).status_code == 404
    assert Follow.objects.count() == 0
    client.force_login(stranger.user)
    assert client.post(address).status_code == 302
    assert Follow.objects.get().attendee == stranger


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "with Ann , Ben and Tom & Jo"), ("ja", "主催： Ann 、 Ben 、 Tom & Jo")],  # noqa: RUF001
)
def test_hosts_of_an_event_are_listed_as_the_language_lists(
    client: Client, language: str, said: str
) -> None:
    event = make_event()
    for name in ("Ann", "Ben", "Tom & Jo"):
        event.hosts.add(Host.objects.create(name=name, slug=name[:3].lower()))
    page = client.get(event.get_absolute_url(), headers={"accept-language": language})
    kicker = TreeBuilder(page.content.decode()).root.first("p", class_="kicker")
    assert kicker.text.endswith(f"· {said}")
