"""The Atom feeds, read by an XML parser of the standard library."""

from datetime import timedelta
from xml.etree import ElementTree

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.models import Event
from events.views.feeds import MOST_ENTRIES
from tests.factories import NOON, make_attendee, make_event, make_host, make_user
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ATOM = "{http://www.w3.org/2005/Atom}"


def feed(client: Client, address: str = "/feed.atom") -> ElementTree.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def texts(root: ElementTree.Element, name: str) -> list[str]:
    return [entry.findtext(ATOM + name, "") for entry in root.iter(f"{ATOM}entry")]


def test_feed_has_what_is_public_and_to_come(client: Client) -> None:
    make_event(title="Later", starts_at=NOON + timedelta(days=2))
    make_event(title="Running", starts_at=NOON - timedelta(hours=1))
    make_event(title="Off", starts_at=NOON + timedelta(days=1), status="cancelled")
    make_event(title="Over", starts_at=NOON - timedelta(days=1))
    make_event(title="Draft", status="draft")
    make_event(title="Unlisted", listed=False)
    assert texts(feed(client), "title") == ["Running", "Cancelled: Off", "Later"]


def test_feed_of_a_host_has_its_events_only(client: Client) -> None:
    event, draft = make_event(title="Theirs"), make_event(title="Draft", status="draft")
    make_event(title="Other")
    make_host(event, draft, slug="moths", name="Moths & Co")
    root = feed(client, "/hosts/moths/feed.atom")
    assert texts(root, "title") == ["Theirs"]
    assert root.findtext(f"{ATOM}title") == f"Events with Moths & Co at {settings.SITE_NAME}"
    assert client.get("/hosts/nobody/feed.atom").status_code == 404


def test_entry_says_when_and_what_and_nothing_private(client: Client) -> None:
    event = make_event(
        title="A < B & “C”",
        summary="<b>loud</b>",
        time_zone="Asia/Tokyo",
        starts_at=NOON,
        session_url="neos-session:///S-1",
        payment_instructions="IBAN DE00",
        slug="ab",
        kind="music",
    )
    places.register(user=make_attendee(neos_username="Ada").user, bookable=event)
    make_host(event, name="Moths")
    (entry,) = feed(client).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A < B & “C”"
    when = "Sat 1 June 2030, 21:00 – 23:00 (Asia/Tokyo)"
    assert entry.findtext(f"{ATOM}summary") == f"<p>{when}</p><p>&lt;b&gt;loud&lt;/b&gt;</p>"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "Moths"
    links = [link.attrib["href"] for link in entry.iter(f"{ATOM}link")]
    assert links == [f"{settings.SITE_URL}/events/ab/"]
    raw = client.get("/feed.atom").content.decode()
    assert [word for word in ("S-1", "IBAN", "Ada") if word in raw] == []


def test_ids_stay_and_changes_have_their_time(
    client: Client, clock: time_machine.Traveller
) -> None:
    event = make_event(slug="before")
    before = feed(client)
    clock.shift(timedelta(hours=1))
    event.slug, event.title = "after", "Renamed"
    event.save()
    after = feed(client)
    assert (
        texts(before, "id")
        == texts(after, "id")
        == [f"tag:{settings.SITE_HOST},2026:event-{event.pk}"]
    )
    assert texts(before, "updated") == ["2030-06-01T12:00:00+00:00"]
    assert texts(after, "updated") == ["2030-06-01T13:00:00+00:00"]
    assert after.findtext(f"{ATOM}updated") == "2030-06-01T13:00:00+00:00"
    assert before.findtext(f"{ATOM}id") == f"tag:{settings.SITE_HOST},2026:events"


def test_place_that_is_taken_changes_no_entry(
    client: Client, clock: time_machine.Traveller
) -> None:
    event = make_event(capacity=1)
    before = client.get("/feed.atom").content
    clock.shift(timedelta(hours=1))
    places.register(user=make_attendee().user, bookable=event)
    assert client.get("/feed.atom").content == before


def test_feed_is_the_same_for_everybody(client: Client) -> None:
    organizer = make_user(is_superuser=True, is_staff=True)
    make_event(status="draft", organizers=[organizer])
    make_event(title="Open")
    before = client.get("/feed.atom")
    client.force_login(organizer)
    after = client.get("/feed.atom")
    assert before.content == after.content
    assert "Cookie" not in after.get("Vary", "")


def test_control_characters_of_old_rows_break_no_feed(client: Client) -> None:
    event = make_event()
    Event.objects.filter(pk=event.pk).update(title="Bell\x07", summary="\x1b[31m")
    assert texts(feed(client), "title") == ["Bell"]


def links(client: Client, address: str) -> list[str]:
    """Return the addresses of feeds on a page: those of its head, then those to be clicked."""
    root = TreeBuilder(client.get(address).content.decode()).root
    found = [*root.all("link"), *root.all("a")]
    atom = [x.attributes for x in found if x.attributes.get("type") == "application/atom+xml"]
    return [str(attributes["href"]) for attributes in atom]


@pytest.mark.parametrize("address", ["/", "/calendar/month/", "/accounts/login/", "/nowhere/"])
def test_every_page_leads_to_the_feed_of_the_site(client: Client, address: str) -> None:
    assert links(client, address) == ["/feed.atom"] * 2


def test_page_of_a_host_leads_to_its_feed_too(client: Client) -> None:
    make_host(make_event(), slug="moths")
    feeds = ["/feed.atom", "/hosts/moths/feed.atom"]
    assert links(client, "/hosts/moths/") == [*feeds, *reversed(feeds)]


def test_list_names_the_feeds_in_its_head(client: Client) -> None:
    make_host(make_event(), slug="moths")
    link = '<link rel="alternate" type="application/atom+xml"'
    head = client.get("/").content.decode().partition("</head>")[0]
    assert (head.count(link), 'href="/feed.atom"' in head) == (1, True)
    head = client.get("/?host=moths").content.decode().partition("</head>")[0]
    assert (head.count(link), 'href="/hosts/moths/feed.atom"' in head) == (2, True)


@pytest.mark.parametrize("count", [1, 4])
def test_feed_costs_two_queries(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        make_host(make_event())
    with django_assert_num_queries(2):
        client.get("/feed.atom")


def test_feed_is_not_longer_than_its_limit(client: Client) -> None:
    template = make_event()
    Event.objects.bulk_create(
        Event(
            slug=f"e-{n}",
            title="E",
            status="published",
            starts_at=template.starts_at,
            ends_at=template.ends_at,
        )
        for n in range(MOST_ENTRIES)
    )
    assert len(texts(feed(client), "id")) == MOST_ENTRIES


# --- Languages -----------------------------------------------------------------------------------

XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def test_feed_and_entries_say_their_language(client: Client) -> None:
    make_event(title="Jam", summary="One hour", translations={"ja": {"title": "ジャム"}})
    make_event(title="祭り", summary="夏", written_in="ja", time_zone="Asia/Tokyo")
    only_title = {"en": {"title": "Drums"}}
    make_event(title="太鼓", summary="音", written_in="ja", translations=only_title)
    root = feed(client)
    entries = [*root.iter(f"{ATOM}entry")]
    assert root.get(XML_LANG) == "en"
    assert texts(root, "title") == ["Jam", "祭り", "Drums"]
    assert [entry.get(XML_LANG) for entry in entries] == [None, "ja", None]
    paragraphs = [
        [p.attributes for p in TreeBuilder(summary).root.all("p")]
        for summary in texts(root, "summary")
    ]
    assert paragraphs == [[{}, {}], [{"lang": "en"}, {}], [{}, {"lang": "ja"}]]


def test_feed_is_the_same_in_every_language(client: Client) -> None:
    make_event(title="祭り", written_in="ja", translations={"en": {"title": "Festival"}})
    english = client.get("/feed.atom").content
    client.cookies["language"] = "ja"
    assert client.get("/feed.atom").content == english
