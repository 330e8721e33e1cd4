"""The waitlist log: who moved up, or why nobody did, for the organizers of the event."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from events import places
from events.admin import shown
from events.models import Attendee, Block, Event, FillingPass, Registration, Workshop
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop

from .conftest import SignedIn
from .pages import EVENTS, FILLINGS, field, leaks, page_of, read, rows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], capacity=2, time_zone="Asia/Tokyo")


def wait(event: Event, *names: str) -> list[Registration]:
    """People who find no place."""
    Event.objects.filter(pk=event.pk).update(capacity=0)
    users = [make_attendee(neos_id=f"U-{name}", neos_username=name).user for name in names]
    return [places.register(user=user, bookable=event) for user in users]


def fill(event: Event, **changes: object) -> None:
    Event.objects.filter(pk=event.pk).update(**changes)
    places.settle(event=event)


def what(browser: Client) -> list[str]:
    return [row[3] for row in rows(browser.get(FILLINGS))]


def test_log_says_when_where_and_who_moved_up(browser: Client, jam: Event) -> None:
    wait(jam, "Ada", "Bo", "Cy")
    fill(jam, capacity=2)
    assert rows(browser.get(FILLINGS)) == [
        [
            "Sat 1 June 2030, 21:00 (Asia/Tokyo)",
            "Jam",
            "-",
            "2 moved up: Ada ( U-Ada ) and Bo ( U-Bo )",
            "2",
            "3",
        ]
    ]


def test_long_log_reads_the_first_names_growth(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ("Ada", "Bo", "Cy", "Di")
    wait(jam, *names)
    fill(jam, capacity=None)
    monkeypatch.setattr(shown, "MAX_NAMES", 2)
    read_names: list[str] = []
    name = Attendee.name.fget
    monkeypatch.setattr(Attendee, "name", property(lambda a: read_names.append(a.pk) or name(a)))
    assert what(browser) == ["4 moved up: Ada ( U-Ada ), Bo ( U-Bo ) and 2 more"]
    assert len(read_names) == 2


def test_log_names_the_workshop(browser: Client, jam: Event) -> None:
    mixing = make_workshop(jam, title="Mixing", capacity=0)
    user = make_attendee(neos_id="U-Ada", neos_username="Ada").user
    for bookable in [jam, mixing]:
        places.register(user=user, bookable=bookable)
    Workshop.objects.update(capacity=None)
    places.settle(event=jam)
    (row,) = rows(browser.get(FILLINGS))
    assert (row[1], row[2], row[4], row[5]) == ("Jam", "Mixing", "∞", "1")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"closes_at": NOON, "starts_at": NOON}, "registration is closed"),
        ({"status": "cancelled"}, "the event is cancelled"),
    ],
)
def test_log_says_why_nobody_moved_up(
    browser: Client, jam: Event, changes: dict[str, object], reason: str
) -> None:
    wait(jam, "Ada")
    fill(jam, capacity=1, **changes)
    assert what(browser) == [f"nobody moved up: {reason}"]


def test_log_counts_the_reasons_most_frequent_first(browser: Client, jam: Event) -> None:
    wait(jam, "Ada", "Bo", "Cy")
    Attendee.objects.exclude(neos_id="U-Ada").update(verified_at=NOON - timedelta(days=31))
    Block.objects.create(neos_id="U-Ada", event=jam)
    fill(jam, capacity=1, neos_required=True)
    assert what(browser) == [
        "nobody moved up: 3 people were skipped "
        "(Neos verification expired: 2 · blocked by the organizers: 1)"
    ]


def test_log_says_who_was_passed_over_before_somebody_moved_up(browser: Client, jam: Event) -> None:
    wait(jam, "Ada", "Bo")
    Block.objects.create(neos_id="U-Ada", event=jam)
    fill(jam, capacity=1)
    (line,) = what(browser)
    assert line.startswith("1 moved up: Bo")
    assert line.endswith(" · 1 person was skipped (blocked by the organizers: 1)")


def test_log_names_some_and_counts_the_rest(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MAX_NAMES", 1)
    wait(jam, "Ada", "Bo", "Cy")
    fill(jam, capacity=None)
    (line,) = what(browser)
    assert line.startswith("3 moved up: Ada")
    assert line.endswith("and 2 more")


def test_events_lead_to_their_log(browser: Client, mika: User, jam: Event) -> None:
    other = make_event(title="Other", organizers=[mika])
    for event in [jam, other]:
        wait(event, event.title)
        fill(event, capacity=1)
    links = field(browser.get(page_of(jam)), "waiting").all("a")
    (address,) = [link.attributes["href"] for link in links]
    assert address == f"{FILLINGS}?event__id__exact={jam.pk}"
    assert [row[1] for row in rows(browser.get(address))] == ["Jam"]
    listed = [link.attributes["href"] for link in read(browser.get(EVENTS)).all("a")]
    assert address in listed


def test_log_is_never_written_by_hand(
    signed_in: SignedIn, browser: Client, superuser: User, jam: Event
) -> None:
    wait(jam, "Ada")
    fill(jam, capacity=1)
    before = list(FillingPass.objects.values())
    page = f"{FILLINGS}{FillingPass.objects.get().pk}"
    for user in [browser, signed_in(superuser)]:
        assert "1 moved up" in read(user.get(f"{page}/change/")).text
        for address in [f"{page}/change/", f"{page}/delete/", f"{FILLINGS}add/"]:
            assert user.post(address, {"moved": "9", "post": "yes"}).status_code == 403
    assert list(FillingPass.objects.values()) == before


def test_log_of_others_is_not_shown(
    client: Client, signed_in: SignedIn, browser: Client, robin: User, jam: Event, ball: Event
) -> None:
    """Neither to another organizer, nor to who moved up, nor to staff without the role."""
    Event.objects.filter(pk=ball.pk).update(status="published")
    guest = make_attendee(neos_username="Shade", user=make_user()).user
    Event.objects.filter(pk=ball.pk).update(capacity=0)
    places.register(user=guest, bookable=ball)
    fill(ball, capacity=5)
    theirs = FillingPass.objects.get(event=ball)
    addresses = [
        FILLINGS,
        f"{FILLINGS}?event__id__exact={ball.pk}",
        f"{FILLINGS}{theirs.pk}/change/",
    ]
    staff = signed_in(make_user(is_staff=True))
    own = signed_in(guest)
    for stranger in [client, own, staff, browser]:
        for address in addresses:
            response = stranger.get(address, follow=True)
            assert leaks(response) == []
            is_named = "Shade" in response.content.decode()
            assert is_named == (stranger is own)  # pages name who is signed in
    assert "Shade" in signed_in(robin).get(FILLINGS).content.decode()


@pytest.mark.parametrize(
    "query", ["event__title__startswith=B", "moved__gt=0", "registrations__attendee__neos_id=U"]
)
def test_log_is_searched_by_nothing_else(browser: Client, jam: Event, query: str) -> None:
    assert browser.get(f"{FILLINGS}?{query}").status_code == 400


def test_log_costs_the_same_with_more_lines(
    browser: Client,
    mika: User,
    clock: time_machine.Traveller,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for wanted in [1, 3]:
        while FillingPass.objects.count() < wanted:
            number = FillingPass.objects.count()
            event = make_event(organizers=[mika])
            wait(event, *(f"{letter}{number}" for letter in "ab"[: number + 1]))
            fill(event, capacity=None)
            clock.shift(timedelta(minutes=1))
        with django_assert_num_queries(10):
            assert len(rows(browser.get(FILLINGS))) == wanted


def test_lists_count_their_rows_in_words_that_can_be_counted(browser: Client, jam: Event) -> None:
    """Django writes a number before the plural: “2 waitlist log” counted nothing."""
    for _ in range(2):
        FillingPass.objects.create(event=jam, at=NOON, waiting=1, outcome="closed")
    assert "2 waitlist log entries" in read(browser.get(FILLINGS)).text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_every_list_has_a_plural_of_its_own(language: str) -> None:
    """In English the plural of each is another word; in Japanese each has a name."""
    metas = [model._meta for model in admin.site._registry if model._meta.app_label == "events"]
    with translation.override(language):
        names = [(str(meta.verbose_name), str(meta.verbose_name_plural)) for meta in metas]
    if language == "en":
        assert [plural for one, plural in names if one == plural] == []
        assert [plural for _one, plural in names if not re.search(r"s\b", plural)] == []
    else:
        assert [name for pair in names for name in pair if name.isascii()] == []
