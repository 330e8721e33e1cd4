"""The pages that choose a time zone and a language, signed in or not."""

from datetime import UTC, datetime, timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from events.models import Event
from tests.factories import NOON, make_attendee, make_event, make_local_attendee
from tests.markup import TreeBuilder
from tests.platform import DISCONNECT, LOGIN

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam() -> Event:
    starts_at = NOON + timedelta(days=1)
    return make_event(title="Jam", slug="jam", starts_at=starts_at, time_zone="America/New_York")


def read(response: HttpResponse) -> str:
    return " ".join(TreeBuilder(response.content.decode()).root.text.split())


def choose(client: Client, zone: str, **fields: str) -> HttpResponse:
    return client.post("/time-zone/", {"zone": zone} | fields)


def test_visitor_chooses_a_zone_and_reads_every_page_in_it(client: Client, jam: Event) -> None:
    make_event(title="Late", starts_at=NOON + timedelta(days=2, hours=4))
    for address in ("/", "/events/jam/"):
        assert "08:00 – 10:00 America/New_York" in read(client.get(address))
    response = choose(client, "Asia/Tokyo", next="/events/jam/")
    assert (response.status_code, response["Location"]) == (302, "/events/jam/")

    event, month = read(client.get("/events/jam/")), read(client.get("/calendar/month/"))
    assert "Sun 2 June 2030, 21:00 – 23:00 Asia/Tokyo · your time" in event
    others = event.partition("your time")[2]
    assert "Sun 2 June 2030, 08:00 – 10:00 · America/New_York · the event's time" in others
    assert "Sun 2 June 2030, 12:00 – 14:00 · UTC" in others
    assert "Tuesday 4 June 2030" in read(client.get("/"))  # and Monday in UTC
    assert "Times are now shown in the zone Asia/Tokyo." in event
    assert ("times in your zone, Asia/Tokyo" in month, "21:00 Jam" in month) == (True, True)
    assert "Times in Asia/Tokyo" in event


def test_zone_that_was_chosen_is_stored_with_the_account(client: Client, jam: Event) -> None:
    ada = make_attendee()
    stranger = make_attendee()
    client.force_login(ada.user)
    choose(client, "Asia/Calcutta")  # as some browsers still call it
    ada.refresh_from_db()
    stranger.refresh_from_db()
    assert (str(ada.chosen_zone), stranger.chosen_zone) == ("Asia/Kolkata", None)
    assert client.cookies["zone"].value == "Asia/Kolkata"


def test_utc_can_be_chosen_and_none_again(client: Client, jam: Event) -> None:
    ada = make_attendee()
    client.force_login(ada.user)
    choose(client, "UTC")
    assert "12:00 – 14:00 UTC · your time" in read(client.get("/events/jam/"))
    choose(client, "")
    page = read(client.get("/events/jam/"))
    ada.refresh_from_db()
    assert ("08:00 – 10:00 America/New_York · the event's time" in page) is True
    assert ("Each event is now shown in its own time zone." in page, ada.chosen_zone) == (
        True,
        None,
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "Etc/GMT-9", "localtime", "a\x00", "x" * 9999])
def test_zone_that_nobody_knows_changes_nothing(client: Client, zone: str) -> None:
    response = choose(client, zone)
    assert "We do not know this time zone. Please choose another." in read(response)
    assert "zone" not in response.cookies


def test_zone_is_proposed_until_there_is_an_answer(client: Client) -> None:
    """The form is hidden, and a script fills it in; "No" sends no zone."""
    assert ("zone-proposal" in client.get("/").content.decode()) is True
    choose(client, "", quiet="yes")
    assert client.cookies["zone"].value == "none"
    for address in ("/", "/calendar/month/", "/accounts/login/"):
        assert "zone-proposal" not in client.get(address).content.decode()
    assert "own time zone." not in read(client.get("/"))


def test_account_with_a_zone_is_not_asked(client: Client) -> None:
    client.force_login(make_attendee(time_zone="UTC").user)
    assert "zone-proposal" not in client.get("/").content.decode()


def test_near_zones_come_first(client: Client) -> None:
    root = TreeBuilder(client.get("/time-zone/?zone=Asia/Tokyo").content.decode()).root
    groups = [dict(group.attributes)["label"] for group in root.all("optgroup")]
    options = [" ".join(option.text.split()) for option in root.all("option")]
    assert groups == ["The same time now as in Asia/Tokyo", "At most two hours away", "All zones"]
    assert options[:2] == ["The zone of each event", "Asia/Tokyo · 21:00 (UTC+9)"]
    assert "Asia/Seoul · 21:00 (UTC+9)" in options[:20]


def test_footer_leads_to_the_zones_near_the_event(client: Client, jam: Event) -> None:
    page = client.get("/events/jam/").content.decode()
    assert 'href="/time-zone/?zone=America%2FNew_York"' in page
    client.cookies["zone"] = "Asia/Tokyo"
    page = client.get("/events/jam/").content.decode()
    assert 'href="/time-zone/?zone=Asia%2FTokyo"' in page


@pytest.mark.parametrize("odd", ["https://evil.test/", "//evil.test", "/a\nb", "javascript:x"])
def test_choice_leads_to_pages_of_this_site_only(client: Client, odd: str) -> None:
    assert choose(client, "UTC", next=odd)["Location"] == "/"
    fields = {"language": "ja", "next": odd}
    assert client.post("/language/", fields)["Location"] == "/"
    assert client.post("/language/", headers={"Referer": odd})["Location"] == "/"


def test_choices_need_the_token_of_a_form() -> None:
    strict = Client(enforce_csrf_checks=True)
    for address in ("/time-zone/", "/language/"):
        response = strict.post(address, {"zone": "UTC", "language": "ja"})
        assert (response.status_code, {*response.cookies} & {"zone", "language"}) == (403, set())


def test_language_is_chosen_in_the_footer_and_stored(client: Client) -> None:
    ada, stranger = make_local_attendee(), make_local_attendee()
    client.force_login(ada.user)
    back = {"Referer": "http://testserver/calendar/month/?month=2030-07"}
    response = client.post("/language/", {"language": "ja"}, headers=back)
    assert response["Location"] == "http://testserver/calendar/month/?month=2030-07"
    ada.refresh_from_db()
    stranger.refresh_from_db()
    assert (ada.language, stranger.language, client.cookies["language"].value) == ("ja", "", "ja")
    assert client.get("/")["Content-Language"] == "ja"
    client.post("/language/", {"language": "en"})
    assert client.get("/")["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("button", "page"),
    [
        ("/account/data/file/", "/account/data/"),
        (f"{LOGIN}?next=/", "/account/"),
        (DISCONNECT, "/account/unlink/"),
    ],
)
def test_choice_on_the_answer_of_a_button_leads_to_a_page(
    client: Client, button: str, page: str
) -> None:
    back = {"Referer": f"http://testserver{button}"}
    assert client.post("/language/", {"language": "ja"}, headers=back)["Location"] == page
    assert choose(client, "UTC", next=button)["Location"] == page


@pytest.mark.parametrize("code", ["xx", "", "JA", "en-xa"])
def test_language_that_the_site_does_not_have_changes_nothing(client: Client, code: str) -> None:
    response = client.post("/language/", {"language": code})
    assert (response.status_code, "language" in response.cookies) == (302, False)


def test_languages_are_named_by_themselves_and_marked(client: Client) -> None:
    root = TreeBuilder(client.get("/").content.decode()).root
    buttons = [b for b in root.all("button") if dict(b.attributes).get("name") == "language"]
    shown = [(b.text.strip(), dict(b.attributes)["lang"]) for b in buttons]
    assert shown == [("English", "en"), ("日本語", "ja")]
    assert [dict(b.attributes).get("aria-current") for b in buttons] == ["true", None]


def test_titles_are_marked_with_the_language_of_the_event(client: Client) -> None:
    make_event(title="お茶会", slug="tea", written_in="ja", summary="霧")
    make_event(title="Any", slug="any", language="ja")
    page = client.get("/events/tea/").content.decode()
    assert ('<bdi lang="ja">お茶会</bdi>' in page, '<bdi lang="ja">霧</bdi>' in page) == (
        True,
        True,
    )
    assert "<bdi>Any</bdi>" in client.get("/events/any/").content.decode()


def test_month_of_a_visitor_is_on_the_clock_of_the_cookie(client: Client) -> None:
    """Midnight of Lord Howe, half an hour off everybody else."""
    make_event(title="Late", starts_at=datetime(2030, 6, 9, 13, 45, tzinfo=UTC))
    client.cookies["zone"] = "Australia/Lord_Howe"
    page = client.get("/calendar/month/").content.decode()
    assert "times in your zone, Australia/Lord_Howe" in page
    day = page.partition('datetime="2030-06-10"')[2].partition("</td>")[0]
    assert '<span class="clock">00:15</span>' in day
