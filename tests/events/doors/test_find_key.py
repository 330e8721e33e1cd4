"""Which key a secret is, and for which event of several it asks."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from events.doors import keys
from events.doors.find_key import FoundKey, find_keys
from events.models import DoorKey, Event
from tests.events.doors.stage import make_key
from tests.factories import NOON, make_event, make_workshop

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def found(secret: str) -> FoundKey | None:
    """Return the key whose event is asked first."""
    return next(iter(find_keys(secret, timezone.now())), None)


def title_for(secret: str) -> str | None:
    return next(iter(titles_for(secret)), None)


def titles_for(secret: str) -> list[str]:
    """Return the titles of the events that are asked, in order."""
    asked = [key.bookable.event.pk for key in find_keys(secret, timezone.now())]
    titles = dict(Event.objects.values_list("pk", "title"))
    return [titles[pk] for pk in asked]


def test_key_is_found_with_its_event_in_large_letters_too() -> None:
    event = make_event(price=500, session_opens_minutes=7)
    secret = make_key(event, may_check_in=True)
    key, same = found(secret), found(secret.upper())
    assert key is not None
    assert key == same
    read = key.bookable
    assert (read, read.starts_at, read.ends_at) == (event, event.starts_at, event.ends_at)
    assert (read.slug, read.event.status, read.requires_neos) == (event.slug, "published", True)
    assert (read.event.session_opens_minutes, key.may_check_in) == (7, True)


def test_key_of_a_workshop_is_for_that_workshop() -> None:
    workshop = make_workshop(make_event(), price=300)
    key = found(make_key(workshop))
    assert key is not None
    read = key.bookable
    assert (read, read.event, read.requires_neos) == (workshop, workshop.event, True)
    assert (read.starts_at, read.ends_at) == (workshop.starts_at, workshop.ends_at)


@pytest.mark.parametrize(
    ("fields", "is_found"),
    [
        ({}, True),
        ({"expires_at": NOON + HOUR}, True),
        ({"expires_at": NOON}, False),
        ({"revoked_at": NOON - HOUR}, False),
        ({"revoked_at": NOON}, False),
    ],
)
def test_revoked_and_expired_keys_are_nothing(fields: dict[str, object], is_found: object) -> None:
    assert (found(make_key(make_event(), **fields)) is not None) == is_found


def test_key_expires_while_it_is_used(clock: time_machine.Traveller) -> None:
    secret = make_key(make_event(), expires_at=NOON + HOUR)
    before = found(secret)
    clock.shift(HOUR)
    assert (before is not None, found(secret)) == (True, None)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "a" * 31,
        "a" * 33,
        "1" * 32,
        "a" * 31 + "\0",
        "\N{KELVIN SIGN}" * 32,
        "\N{LATIN SMALL LETTER LONG S}" * 32,
        "a" * 32 + "\n",
        "٣" * 32,
    ],
    ids=ascii,
)
def test_what_no_key_looks_like_is_not_looked_up(wrong: str) -> None:
    make_key(make_event(), secret=wrong.lower()[:60])
    with CaptureQueriesContext(connection) as asked:
        assert found(wrong) is None
    assert len(asked) == 0


def test_secret_that_differs_in_one_letter_is_nothing() -> None:
    secret = make_key(make_event())
    near = [
        secret[:at] + chr(ord("a") + (secret[at] == "a")) + secret[at + 1 :] for at in range(32)
    ]
    assert [found(each) for each in near if each != secret] == [None] * 32


def test_new_secrets_have_160_bits_and_differ() -> None:
    made = {keys.new_secret() for _ in range(200)}
    assert (len(made), {len(each) for each in made}) == (200, {32})
    assert {letter for each in made for letter in each} == set("abcdefghijklmnopqrstuvwxyz234567")


# --- A series shares one secret ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([("past", -9), ("next", 2), ("later", 9)], "next"),
        ([("past", -9), ("running", -0.04), ("next", 2)], "running"),
        ([("long ago", -9), ("past", -2)], "past"),
        ([("long ago", -9), ("draft", 2)], "long ago"),
        ([("draft", -2), ("draft later", 2)], "draft later"),
        ([("cancelled", 2), ("next", 9)], "cancelled"),
        ([("cancelled", -0.04), ("running", -0.02)], "running"),
        ([("cancelled", -0.04), ("next", 0.01)], "next"),
        ([("cancelled", -0.04), ("next", 0.02)], "cancelled"),
        ([("draft", 1), ("cancelled", 2)], "cancelled"),
    ],
)
def test_secret_of_several_events_is_for_the_one_on_now_or_next(
    events: list[tuple[str, float]], expected: str
) -> None:
    made = []
    for title, days in events:
        status = title.split()[0] if title.startswith(("draft", "cancelled")) else "published"
        made.append(make_event(title=title, starts_at=NOON + days * DAY, status=status))
    for order in (made, made[::-1]):
        DoorKey.objects.all().delete()
        assert title_for(make_key(*order)) == expected


def test_events_whose_door_is_open_for_somebody_are_asked_in_turn(
    clock: time_machine.Traveller,
) -> None:
    """The second follows the first at once; a host may be in there half a day before."""
    made = [
        make_event(title=title, starts_at=start, ends_at=start + HOUR, status=title.split()[0])
        for title, start in (
            ("published past", NOON - 2 * HOUR), ("published first", NOON),
            ("published second", NOON + HOUR), ("cancelled", NOON + HOUR),
            ("draft", NOON + HOUR), ("published far", NOON + 13 * HOUR),
            ("published week", NOON + 7 * DAY),
        )
    ]  # fmt: skip
    secret = make_key(*made[::-1])
    seen = []
    for minutes in (50, 9, 1, 59, 1):
        clock.shift(minutes * HOUR / 60)
        seen.append([title.removeprefix("published ") for title in titles_for(secret)])
    assert seen == [
        ["first", "second", "far"], ["first", "second", "far"], ["second", "far"],
        ["second", "far"], ["far"],
    ]  # fmt: skip


def test_of_many_events_at_once_four_are_asked() -> None:
    made = [make_event(title=str(n), starts_at=NOON - n * HOUR / 30) for n in range(30)]
    assert titles_for(make_key(*made)) == ["29", "28", "27", "26"]


def test_next_event_follows_when_one_is_over(clock: time_machine.Traveller) -> None:
    week = [make_event(title=str(n), starts_at=NOON + n * DAY) for n in range(3)]
    secret = make_key(*week)
    seen = []
    for _ in range(4):
        seen.append(title_for(secret))
        clock.shift(DAY)
    assert seen == ["0", "1", "2", "2"]


def test_key_that_is_revoked_at_one_event_still_opens_others() -> None:
    """Where a secret has leaked, all of its keys are revoked together; see `doors.keys`."""
    soon, later = make_event(title="soon"), make_event(title="later")
    secret = make_key(soon, later)
    DoorKey.objects.filter(event=soon).update(revoked_at=NOON)
    assert title_for(secret) == "later"
