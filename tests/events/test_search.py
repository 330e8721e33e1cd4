"""Words that find events, and the text in which they are looked up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial

import pytest

from events import search
from events.formatting.folding import words
from events.models import Event
from events.search import Place
from tests.factories import make_event, make_host, make_workshop

pytestmark = pytest.mark.django_db


def found(query: str) -> list[str]:
    q = search.find(Event.objects.listed(), words(query))
    return list(q.order_by("found_in", "starts_at", "pk").values_list("title", flat=True))


@pytest.fixture
def jam() -> Event:
    event = make_event(
        title="Café Jam",
        summary="One theme, ＷＩＤＥ open",  # noqa: RUF001
        description="Bring **colours** and バラ",
    )
    make_workshop(event, title="LogiX for beginners", summary="Your first Knoten")
    make_host(event, name="Los Niños")
    make_event(title="Something else")
    return event


@pytest.mark.parametrize(
    "query",
    [
        *("cafe", "CAFÉ", "cafe\N{COMBINING ACUTE ACCENT}", "ｃａｆｅ", "jam café", "wide"),  # noqa: RUF001
        *("colours", "ばら", "ﾊﾞﾗ", "logix", "knoten", "ninos", "NIÑOS wide logix colours jam"),
        *("af", "ラ"),
    ],
)
def test_words_are_found_wherever_they_stand(jam: Event, query: str) -> None:
    assert found(query) == [jam.title]


@pytest.mark.parametrize("query", ["はら", "cafe missing", "jamlogix", "%", "c_fe", "c%jam", "\\"])
def test_other_words_find_nothing(jam: Event, query: str) -> None:
    assert found(query) == []


@pytest.mark.parametrize("title", ["100 % free", "snake_case", "back\\slash", "it's", 'a "b"'])
def test_signs_of_patterns_mean_themselves(title: str) -> None:
    make_event(title=title)
    make_event(title="100 x free snakeXcase backslash")
    assert found(title.split()[1] if " " in title else title) == [title]


def test_events_with_all_words_in_the_title_come_first() -> None:
    make_event(title="One", summary="red lantern")
    make_event(title="Red night", summary="lantern")
    make_event(title="Night of the red lantern")
    make_event(title="Lantern, red")
    assert found("lantern red") == ["Night of the red lantern", "Lantern, red", "One", "Red night"]
    assert found("red")[:3] == ["Red night", "Night of the red lantern", "Lantern, red"]


def places_of(query: str) -> dict[str, int]:
    """Return where the words were found, for each event."""
    return dict(search.find(Event.objects.listed(), words(query)).values_list("title", "found_in"))


def test_names_of_workshops_and_hosts_come_before_texts() -> None:
    make_event(title="Text", summary="red lantern")
    make_workshop(make_event(title="Blurb"), title="Fog", summary="red lantern")
    make_workshop(make_event(title="Workshop"), title="Red lantern")
    make_host(make_event(title="Host"), name="Red Lantern Club")
    make_workshop(make_event(title="Red"), title="Lantern")
    make_host(make_event(title="Mixed", summary="red"), name="Lantern")
    make_event(title="Lantern, red")
    title, names, text = search.Place.TITLE, search.Place.NAMES, search.Place.TEXT
    expected = {"Lantern, red": title, "Workshop": names, "Host": names, "Red": names}
    expected |= {"Text": text, "Blurb": text, "Mixed": text}
    assert places_of("red lantern") == expected


def test_text_that_was_written_before_names_had_a_part_is_still_found() -> None:
    event = make_event(title="Jam")
    Event.objects.filter(pk=event.pk).update(search_text="jam\nmoths")
    assert (places_of("jam"), places_of("moths")) == ({"Jam": 1}, {"Jam": 3})


def test_event_without_a_word_in_its_texts_is_found_by_its_title() -> None:
    make_event(title="Bare", summary="")
    assert found("bare") == ["Bare"]


# --- Hosts ---------------------------------------------------------------------------------------

Committed = Callable[..., AbstractContextManager[object]]


@pytest.fixture
def committed(django_capture_on_commit_callbacks: Committed) -> Committed:
    """Do what follows a commit."""
    return partial(django_capture_on_commit_callbacks, execute=True)


def test_renamed_host_is_found_by_the_new_name_only(committed: Committed) -> None:
    host = make_host(make_event(title="Jam"), name="Moths")
    host.name = "Bees"
    with committed():
        host.save()
    assert (found("bees"), found("moths")) == (["Jam"], [])


def test_deleted_host_is_no_longer_found(committed: Committed) -> None:
    host = make_host(make_event(title="Jam"), name="Moths")
    make_host(make_event(title="Walk"), name="Moths too")
    with committed():
        host.delete()
    assert found("moths") == ["Walk"]


def test_host_is_found_as_long_as_it_is_one_of_the_event(committed: Committed) -> None:
    event = make_event(title="Jam")
    host = make_host(name="Moths")
    assert found("moths") == []
    for change, titles in [
        (lambda: event.hosts.set([host]), ["Jam"]),
        (event.hosts.clear, []),
        (lambda: host.events.add(event), ["Jam"]),
        (host.events.clear, []),
    ]:
        with committed():
            change()
        assert found("moths") == titles


# --- Languages -----------------------------------------------------------------------------------


@pytest.fixture
def matsuri() -> Event:
    event = make_event(
        title="祭り",
        summary="夏",
        description="長い",
        written_in="ja",
        translations={"en": {"title": "Festival", "summary": "Summer"}, "fr": {"title": "Fête"}},
        descriptions={"en": "Long"},
    )
    make_workshop(event, title="太鼓", translations={"en": {"title": "Drums", "summary": "Loud"}})
    make_event(title="Other")
    return event


@pytest.mark.parametrize(
    ("query", "place"),
    [
        *(("祭り", Place.TITLE), ("festival", Place.TITLE), ("fete 祭り", Place.TITLE)),
        *(("drums", Place.NAMES), ("太鼓", Place.NAMES), ("festival drums", Place.NAMES)),
        *(("夏", Place.TEXT), ("summer", Place.TEXT), ("長い", Place.TEXT), ("long", Place.TEXT)),
        *(("loud", Place.TEXT), ("長い festival", Place.TEXT)),
    ],
)
def test_words_of_every_language_are_found(matsuri: Event, query: str, place: Place) -> None:
    q = search.find(Event.objects.listed(), words(query))
    assert [(event.title, event.found_in) for event in q] == [("祭り", place)]


def test_event_without_further_languages_has_the_text_it_always_had(jam: Event) -> None:
    jam.refresh_from_db()
    assert jam.search_text == (
        "cafe jam\nlogix for beginners los ninos\t"
        "one theme, wide open bring **colours** and ばら your first knoten"
    )
