"""The list narrowed by tabs, filters and words, as its address says."""

from datetime import timedelta
from html import unescape

import pytest
from django.http import QueryDict
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events import places
from events.http import site_pages
from events.models import Event, Registration
from events.views.browse import EVENTS_PER_PAGE
from events.views.filters import Filters
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

EVERYTHING = "q=jam&free=1&open=1&places=1&workshops=1&kind=music&language=ja&host=moths"


def titles(client: Client, query: str) -> list[str]:
    response = client.get(f"/?{query}")
    assert response.status_code == 200
    return [listing.event.title for listing in response.context["listings"]]


def page(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def make_fitting(**fields: object) -> Event:
    """An event that fits each filter of `EVERYTHING`."""
    event = make_event(**{"title": "Jam", "kind": "music", "language": "ja"} | fields)
    make_workshop(event)
    return event


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("free=1", {"price": 500}),
        ("open=1", {"opens_at": NOON + timedelta(hours=1)}),
        ("open=1", {"closes_at": NOON}),
        ("places=1", {"capacity": 0}),
        ("places=1", {"draw_at": NOON + timedelta(hours=1)}),
        ("places=1&open=1", {"status": "cancelled"}),
        ("kind=music", {"kind": "talk"}),
        ("language=ja", {"language": ""}),
        ("q=jam", {"title": "Walk"}),
    ],
)
def test_filter_leaves_out_what_does_not_fit(
    client: Client, query: str, other: dict[str, object]
) -> None:
    make_fitting(slug="fits")
    make_fitting(**{"slug": "other"} | other)
    shown = client.get(f"/?{query}").context["listings"]
    assert [listing.event.slug for listing in shown] == ["fits"]
    assert len(client.get("/").context["listings"]) == 2


def test_filters_by_host_and_by_workshops(client: Client) -> None:
    mine, theirs, both = make_event(title="M"), make_event(title="T"), make_event(title="B")
    make_host(mine, both, slug="moths")
    make_host(theirs, both, slug="bees")
    make_workshop(theirs)
    make_workshop(theirs)
    assert titles(client, "host=moths") == ["M", "B"]
    assert titles(client, "host=bees") == ["T", "B"]
    assert titles(client, "workshops=1") == ["T"]


def test_all_filters_together_narrow_with_and(client: Client) -> None:
    event = make_fitting()
    make_host(event, make_fitting(price=500), slug="moths")
    assert titles(client, EVERYTHING) == ["Jam"]


@pytest.mark.parametrize(
    "query",
    [
        *("kind=concert", "kind=%00", "language=xx", "host=nobody", "host=%00", "when=never"),
        *("free=yes", "free=0", "open=", "places=%00", "workshops=1111", "q=", "q=%00", "q=%20"),
        *("q=%F0%9F", "q=%E2%80%8B", "unknown=1", "free[]=1", "page=2&kind=music&kind="),
        *(f"q={'x' * 5_000}", f"kind={'x' * 5_000}", f"host={'x' * 5_000}", f"when={'9' * 5_000}"),
    ],
)
def test_values_that_mean_nothing_are_left_out(client: Client, query: str) -> None:
    make_event(title="Only")
    make_host(make_event(title="Draft", status="draft"), slug="of-drafts")
    found = client.get(f"/?{query}")
    shown = found.context["filters"]
    # Half a character and the like are typed text, which is found nowhere.
    is_text = query == "q=%F0%9F"
    assert [x.event.title for x in found.context["listings"]] == ([] if is_text else ["Only"])
    assert (shown.chips == [], found.status_code) == (not is_text, 200)


def test_last_of_repeated_values_counts(client: Client) -> None:
    make_event(title="Music", kind="music")
    make_event(title="Talk", kind="talk")
    assert titles(client, "kind=music&kind=talk") == ["Talk"]
    assert titles(client, "free=0&free=1&q=x&q=music&q=talk") == ["Talk"]


def test_hosts_of_drafts_and_unlisted_events_are_not_named(client: Client) -> None:
    make_host(make_event(), name="Open", slug="open")
    make_host(make_event(status="draft"), make_event(listed=False), name="Secret", slug="secret")
    make_host(name="Idle")
    assert [host.name for host in client.get("/").context["filters"].hosts] == ["Open"]
    assert len(titles(client, "host=secret")) == 1
    assert "Secret" not in page(client, "/?host=secret")


def test_each_active_filter_is_a_chip_that_takes_away_only_itself(client: Client) -> None:
    make_host(make_fitting(), slug="moths", name="Moths")
    filters = client.get(f"/?{EVERYTHING}").context["filters"]
    labels = ["“jam”", "free", "registration is open", "has places", "has workshops"]
    assert [chip.label for chip in filters.chips] == [*labels, "Music", "Japanese", "with Moths"]
    parts = EVERYTHING.split("&")
    without = [{part for part in parts if part != gone} for gone in parts]
    assert [set(chip.address_without[2:].split("&")) for chip in filters.chips] == without
    shown = page(client, f"/?{EVERYTHING}")
    assert [chip for chip in filters.chips if f'href="{chip.address_without}"' not in shown] == []


def test_filters_survive_paging_and_fit_the_tab(client: Client) -> None:
    for number in range(EVENTS_PER_PAGE + 1):
        make_fitting(starts_at=NOON + timedelta(days=1 + number))
    make_host(*Event.objects.all(), slug="moths")
    first = client.get(f"/?{EVERYTHING}")
    assert first.context["next"] == f"/?{EVERYTHING}&page=2"
    second = client.get(first.context["next"])
    assert (second.context["page"].number, len(second.context["listings"])) == (2, 1)
    assert second.context["previous"] == f"/?{EVERYTHING}"
    past = client.get(f"/?when=past&{EVERYTHING}").context["filters"].address()
    assert past == "/?when=past&q=jam&free=1&workshops=1&kind=music&language=ja&host=moths"
    tabs = [tab.address for tab in first.context["tabs"]]
    assert tabs == [f"/?{EVERYTHING}", past, f"/?when=mine&{EVERYTHING}"]


def test_address_of_what_was_typed_is_escaped(client: Client) -> None:
    typed = 'a&b=c "<script>" ü%'
    filters = Filters.read(QueryDict(mutable=True) | {"q": typed})
    assert filters.query == typed
    assert QueryDict(filters.address()[2:])["q"] == typed
    shown = client.get("/", {"q": typed}).content.decode()
    assert "<script>" not in shown
    assert 'value="a&amp;b=c &quot;&lt;script&gt;&quot; ü%"' in shown


# --- Tabs ----------------------------------------------------------------------------------------


def test_mine_are_events_at_which_i_have_a_place_or_wait(client: Client) -> None:
    me, other = make_attendee(), make_attendee()
    listed, hidden, full, theirs, lapsed, left, over = (
        make_event(title=title, capacity=1, starts_at=NOON + timedelta(hours=hours))
        for hours, title in enumerate(
            ["Listed", "Hidden", "Full", "Theirs", "Held", "Left", "Over"]
        )
    )
    Event.objects.filter(pk=lapsed.pk).update(price=500)
    for event in (full, theirs):
        places.register(user=other.user, bookable=event)
    mine = [
        places.register(user=me.user, bookable=e)
        for e in (listed, hidden, full, lapsed, left, over)
    ]
    places.cancel(registration=mine[4], in_full=False)
    Event.objects.filter(pk=hidden.pk).update(listed=False)
    Event.objects.filter(pk=over.pk).update(ends_at=NOON, starts_at=NOON - timedelta(hours=1))
    Registration.objects.filter(pk=mine[3].pk).update(hold_until=NOON)
    client.force_login(me.user)
    assert titles(client, "when=mine") == ["Listed", "Hidden", "Full"]
    client.force_login(make_user())
    assert titles(client, "when=mine") == []
    assert titles(client, "") == ["Listed", "Full", "Theirs", "Held", "Left"]


def test_mine_asks_to_sign_in_and_leads_back(client: Client) -> None:
    make_event()
    shown = page(client, "/?when=mine&free=1")
    assert "Sign in to see the events at which you have a place." in shown
    assert "/accounts/login/?next=%2F%3Fwhen%3Dmine%26free%3D1" in shown
    client.force_login(make_organizer())  # has no attendee
    assert "You have no place at an event that is still to come." in page(client, "/?when=mine")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Nothing is planned at the moment."),
        ("when=past", "No event is over yet."),
        ("q=%3Cb%3E", "Nothing is coming up for “<bdi><b></bdi>”."),
        ("when=past&q=jam", "No event that is over fits “<bdi>jam</bdi>”."),
        ("q=jam&free=1", "No event fits “<bdi>jam</bdi>” and the filters."),
        ("when=past&kind=talk", "No event fits the filters."),
    ],
)
def test_empty_list_says_why(client: Client, query: str, said: str) -> None:
    shown = page(client, f"/?{query}")
    assert said in shown
    assert shown.count("Clear the filters") == ("the filters" in said)
    assert shown.count("Clear the search") == ("<bdi>" in said and "the filters" not in said)
    assert "</b>" not in shown.partition("<main")[2]


def ways(client: Client, query: str) -> list[tuple[str, str]]:
    """Return the links of an empty list."""
    box = TreeBuilder(client.get(f"/?{query}").content.decode()).root.first("div", class_="empty")
    return [(link.text, link.attributes["href"]) for link in box.all("a")]


def test_empty_search_leads_to_what_fits_on_another_tab(client: Client) -> None:
    client.force_login(make_attendee().user)
    clear = ("Clear the search", "/")
    make_event(title="Lantern walk", starts_at=NOON - timedelta(days=1))
    past = ("1 past event fits: see it", "/?when=past&q=lantern")
    assert ways(client, "q=lantern") == [past, clear]
    assert ways(client, "q=missing") == [clear]
    make_event(title="Lantern jam", starts_at=NOON - timedelta(days=2), kind="music")
    many = ("2 past events fit: see them", "/?when=past&q=lantern")
    assert ways(client, "q=lantern") == [many, clear]
    both = ways(client, "q=lantern&kind=music")
    fits = ("1 past event fits: see it", "/?when=past&q=lantern&kind=music")
    assert both == [fits, ("Clear the filters", "/?q=lantern")]
    # That registration is open is never true of an event that is over.
    assert ways(client, "q=lantern&open=1") == [("Clear the filters", "/?q=lantern")]


def test_empty_search_of_other_tabs_leads_to_what_comes(client: Client) -> None:
    client.force_login(make_attendee().user)
    make_event(title="Lantern walk")
    comes = ("1 event that is coming up fits: see it", "/?q=lantern")
    for when in ("past", "mine"):
        clear = ("Clear the search", f"/?when={when}")
        assert ways(client, f"when={when}&q=lantern") == [comes, clear]
    assert "None of your events fits “<bdi>lantern</bdi>”." in page(client, "/?when=mine&q=lantern")


def test_chips_say_what_their_link_does(client: Client) -> None:
    root = TreeBuilder(client.get("/?q=zzz&free=1").content.decode()).root
    chips = [link.text for link in root.first("ul", class_="chosen").all("a")]
    assert chips == ["Remove the filter: “zzz” ✕", "Remove the filter: Free ✕", "Clear all"]


# --- Days and the next event ---------------------------------------------------------------------


def test_next_event_stands_out_on_the_first_page_without_filters_only(client: Client) -> None:
    for number in range(EVENTS_PER_PAGE + 1):
        make_event(starts_at=NOON + timedelta(hours=1 + number), title=f"Event {number}")
    addresses = ["/", "/?page=2", "/?free=1", "/?when=past", "/?when=mine", "/?kind=unknown"]
    heroes = [client.get(address).context["hero"] for address in addresses]
    assert [bool(hero) for hero in heroes] == [True, False, False, False, False, True]
    days = [client.get(address).context["days"] for address in addresses[:2]]
    assert [[(day.title, len(day.listings)) for day in found] for found in days] == [
        [("Saturday 1 June 2030", 10), ("Sunday 2 June 2030", 9)],
        [("Sunday 2 June 2030", 1)],
    ]


def test_search_says_where_the_words_were_found(client: Client) -> None:
    make_event(title="Walk", summary="after the jam", starts_at=NOON + timedelta(hours=1))
    make_event(title="Jam", starts_at=NOON + timedelta(hours=2))
    make_host(make_event(title="Club", starts_at=NOON + timedelta(hours=3)), name="Jam friends")
    days = client.get("/?q=JAM").context["days"]
    expected = ["title", "name of a workshop or a host", "text"]
    assert [(day.found_in, len(day.listings)) for day in days] == [
        (f"Found in the {place}", 1) for place in expected
    ]
    root = TreeBuilder(client.get("/?q=JAM").content.decode()).root
    parts = [heading.text for heading in root.all("h2", class_="part")]
    assert parts == [f"Found in the {place}" for place in expected]
    assert "Found in" not in page(client, "/")


def test_event_that_is_not_open_yet_shows_its_opening_instead_of_places(client: Client) -> None:
    make_event()
    make_event(capacity=3, opens_at=NOON + timedelta(days=1))
    shown = page(client, "/")
    assert "opens Sun 2 June 2030, 12:00 (UTC)" in shown
    assert "3 places left" not in shown


@pytest.mark.parametrize("count", [1, 4])
def test_filters_cost_no_query_of_their_own(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        make_host(make_fitting(), *Event.objects.all(), slug=f"moths-{Event.objects.count()}")
    make_host(*Event.objects.all(), slug="moths")
    site_pages.written()  # the footer's, which are kept for all pages
    with django_assert_num_queries(4):
        assert len(titles(client, EVERYTHING)) == count
