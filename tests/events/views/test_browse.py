"""The list and the event's page, as strangers, attendees and organizers see them."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.http import site_pages
from events.models import Event, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_perk,
    make_user,
    make_workshop,
)
from tests.markup import TreeBuilder
from tests.pages import without_token

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def text(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def titles(client: Client, address: str = "/") -> list[str]:
    listings = client.get(address).context["listings"]
    return [listing.event.title for listing in listings]


def test_list_shows_what_is_coming_in_order_and_hides_the_rest(client: Client) -> None:
    make_event(title="Later", starts_at=NOON + timedelta(days=2))
    make_event(title="Running", starts_at=NOON - timedelta(hours=1))
    make_event(title="Cancelled", starts_at=NOON + timedelta(days=1), status="cancelled")
    make_event(title="Over", starts_at=NOON - timedelta(days=1))
    make_event(title="Draft", status="draft")
    make_event(title="Unlisted", listed=False)
    assert titles(client) == ["Running", "Cancelled", "Later"]
    assert titles(client, "/?when=past") == ["Over"]


@pytest.mark.parametrize("page", ["0", "-1", "1e9", "999", "x", "%00", "%D9%A1"])
def test_list_answers_any_page_number_with_a_page(client: Client, page: str) -> None:
    make_event(title="Only")
    assert titles(client, f"/?page={page}") == ["Only"]


def test_list_says_how_full_events_are_and_what_is_mine(client: Client) -> None:
    first, second = make_event(capacity=1), make_event(capacity=1)
    mine, waiting = make_attendee(), make_attendee()
    for event in (first, second):
        for attendee in (mine, waiting):
            places.register(user=attendee.user, bookable=event)
    client.force_login(mine.user)
    page = text(client, "/")
    assert "The only place is taken · 1 waiting" in page  # the next event
    assert "full, 1 waiting" in page  # the card of the other
    assert "You are in" in page
    client.logout()
    assert "You are in" not in text(client, "/")


def test_list_marks_my_own_registrations_and_nobody_elses(client: Client) -> None:
    event, other = make_event(), make_event()
    me, stranger = make_attendee(), make_attendee()
    places.register(user=me.user, bookable=event)
    places.register(user=stranger.user, bookable=other)
    client.force_login(me.user)
    listings = client.get("/").context["listings"]
    assert {x.event: bool(x.registration) for x in listings} == {event: True, other: False}


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_four_queries_whatever_its_length(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        event = make_event(capacity=1)
        make_host(event)
        places.register(user=make_attendee().user, bookable=event)
    site_pages.written()  # the footer's, which are kept for all pages
    with django_assert_num_queries(4):
        client.get("/")


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_at_most_eight_queries_signed_in(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    attendee = make_attendee()
    for _ in range(count):
        places.register(user=attendee.user, bookable=make_event())
    client.force_login(attendee.user)
    site_pages.written()
    with django_assert_num_queries(8):
        client.get("/")


def crowded_event(people: int) -> Event:
    event = make_event(capacity=2, neos_required=True)
    make_perk(event)
    for number in range(people):
        make_workshop(event, starts_at=event.starts_at + timedelta(hours=number))
        places.register(user=make_attendee().user, bookable=event)
    return event


@pytest.mark.parametrize("people", [1, 3])
def test_event_page_costs_six_queries(
    client: Client, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = crowded_event(people)
    with django_assert_num_queries(6):
        client.get(event.get_absolute_url())


@pytest.mark.parametrize("people", [1, 3])
def test_event_page_costs_ten_queries_signed_in(
    client: Client, people: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    event = crowded_event(people)
    attendee = Registration.objects.filter(event=event).order_by("pk")[0].attendee
    client.force_login(attendee.user)
    with django_assert_num_queries(10):
        client.get(event.get_absolute_url())


def test_event_page_names_every_zone_once(client: Client) -> None:
    event = make_event(starts_at=NOON, time_zone="Asia/Tokyo")
    attendee = make_attendee(time_zone="America/New_York")
    client.force_login(attendee.user)
    page = text(client, event.get_absolute_url())
    assert "Sat 1 June 2030, 21:00" in page
    assert '<span class="unbroken">Sat 1 June 2030,</span> 08:00' in page
    assert "Sat 1 June 2030, 12:00" in page
    own, event_s, utc = (page.index(zone) for zone in ("America/New_York", "Asia/Tokyo", "· UTC"))
    assert own < event_s < utc
    page = page.partition("site-footer")[0]  # which names the viewer's zone
    assert [page.count(z) for z in ("America/New_York", "Asia/Tokyo", "· UTC")] == [1, 1, 1]


def test_event_page_offers_a_discord_timestamp(client: Client) -> None:
    event = make_event(starts_at=NOON)
    assert f"&lt;t:{int(NOON.timestamp())}:F&gt;" in text(client, event.get_absolute_url())


def test_event_page_shows_refusals_with_their_step(client: Client) -> None:
    event = make_event(neos_required=True, slug="jam")
    page = text(client, event.get_absolute_url())
    assert 'data-code="sign-in-required"' in page
    assert 'href="/accounts/login/?next=%2Fevents%2Fjam%2F"' in page


def test_event_page_shows_the_opening_for_this_person_and_for_patrons(client: Client) -> None:
    event = make_event(opens_at=NOON + timedelta(days=2))
    make_perk(event, early_hours=24, label="Gunter")
    make_perk(event, min_cents=1200, early_hours=48, label="Open already")
    page = text(client, event.get_absolute_url())
    assert "Registration opens Mon 3 June 2030, 12:00 (UTC)" in page
    assert "registration opens Sun 2 June 2030, 12:00 (UTC)" in page
    assert "For patrons (Open already)" not in page


def test_event_page_renders_markdown_without_scripts(client: Client) -> None:
    event = make_event(description="**loud** <script>alert(1)</script> [x](javascript:alert(1))")
    page = text(client, event.get_absolute_url())
    assert "<strong>loud</strong>" in page
    ours = ('<script src="/static/', '<script type="application/ld+json">')
    assert page.count("<script") == sum(page.count(start) for start in ours) == 4
    assert 'href="javascript' not in page


def test_event_page_escapes_titles_everywhere(client: Client) -> None:
    event = make_event(title='"><img src=x>', summary="<b>x</b>")
    make_workshop(event, title="<i>w</i>", summary="<u>s</u>")
    for address in ("/", event.get_absolute_url()):
        page = text(client, address)
        assert [tag for tag in ("<img src=x", "<b>x", "<i>", "<u>") if tag in page] == []


@pytest.mark.parametrize(
    ("method", "suffix"),
    [
        ("get", ""),
        ("get", "register/"),
        ("post", "register/"),
        ("get", "workshops/w/register/"),
        ("post", "workshops/w/register/"),
    ],
)
def test_draft_looks_like_nothing_to_strangers(client: Client, suffix: str, method: str) -> None:
    make_workshop(make_event(slug="draft", status="draft"), slug="w")
    organizer_elsewhere = make_organizer()
    make_event(organizers=[organizer_elsewhere])
    for user in (None, make_attendee().user, organizer_elsewhere):
        client.logout()
        if user is not None:
            client.force_login(user)
        answers = [
            getattr(client, method)(f"/events/{slug}/{suffix}") for slug in ("draft", "never-was")
        ]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert without_token(answers[0]) == without_token(answers[1])


def test_draw_of_a_draft_looks_like_nothing_to_strangers_s9(client: Client) -> None:
    organizer = make_organizer()
    drawn = {"draw_at": NOON - timedelta(hours=1), "drawn_at": NOON}
    make_event(slug="draft", status="draft", organizers=[organizer], **drawn)
    answers = []
    for user in (make_attendee().user, make_organizer(), organizer):
        client.force_login(user)
        answers.append(client.get("/events/draft/draw.txt").status_code)
    assert answers == [404, 404, 200]


def test_draft_is_shown_to_its_organizer_and_to_superusers(client: Client) -> None:
    organizer = make_organizer()
    event = make_event(status="draft", organizers=[organizer])
    for user in (organizer, make_user(is_superuser=True)):
        client.force_login(user)
        assert "This is a draft." in text(client, event.get_absolute_url())


def test_session_address_appears_when_it_is_time_for_people_with_a_place(
    client: Client, clock: pytest.FixtureRequest
) -> None:
    soon = make_event(
        starts_at=NOON + timedelta(minutes=15), session_url="neos-session:///S-1", capacity=1
    )
    later = make_event(starts_at=NOON + timedelta(minutes=16), session_url="neos-session:///S-1")
    inside, waiting = make_attendee(), make_attendee()
    for attendee in (inside, waiting):
        for event in (soon, later):
            places.register(user=attendee.user, bookable=event)
    client.force_login(inside.user)
    assert "neos-session:///S-1" in text(client, soon.get_absolute_url())
    assert "neos-session" not in text(client, later.get_absolute_url())
    client.force_login(waiting.user)
    assert "neos-session" not in text(client, soon.get_absolute_url())
    client.logout()
    assert "neos-session" not in text(client, soon.get_absolute_url())


def test_event_page_says_what_somebody_has_before_what_to_do(client: Client) -> None:
    event = make_event(starts_at=NOON, session_url="neos-session:///S-1")
    attendee = make_attendee()
    place = places.register(user=attendee.user, bookable=event)
    client.force_login(attendee.user)
    page = text(client, event.get_absolute_url())
    found = [page.index(words) for words in ("You are in", "Enter the session<")]
    assert found == sorted(found)
    assert f'href="/registrations/{place.code}/">See your place<' in page


def test_addresses_can_be_copied_without_a_script_too(client: Client) -> None:
    """The address can be read; the button that copies it is hidden until a script shows it."""
    event = make_event(slug="jam")
    root = TreeBuilder(text(client, event.get_absolute_url())).root
    copyable = root.first("p", class_="copyable")
    assert copyable.first("code").text == "http://localhost:8000/events/jam/"
    button = copyable.first("button", type="button")
    assert ("hidden" in button.attributes, button.text) == (True, "Copy link")
    assert copyable.first("span", role="status").text == ""


def test_staff_without_an_attendee_see_the_page_and_cause_none(client: Client) -> None:
    staff = make_user(is_superuser=True, is_staff=True)
    client.force_login(staff)
    page = text(client, make_event().get_absolute_url())
    assert 'data-code="email-unconfirmed"' in page
    assert hasattr(type(staff).objects.get(pk=staff.pk), "attendee") is False


def test_pages_of_one_person_are_for_no_shared_cache(client: Client) -> None:
    client.force_login(make_attendee().user)
    for address in ("/", make_event().get_absolute_url()):
        response = client.get(address)
        assert (response["Cache-Control"], "Cookie" in response["Vary"]) == ("private", True)


@pytest.mark.parametrize(("opens_in", "is_shown"), [(1, False), (-1, True)])
def test_event_page_counts_places_once_registration_is_open(
    client: Client, opens_in: int, *, is_shown: bool
) -> None:
    event = make_event(capacity=16, opens_at=NOON + timedelta(hours=opens_in))
    assert ("16 of 16 places free" in text(client, event.get_absolute_url())) == is_shown
