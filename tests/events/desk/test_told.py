"""What people of an event were told, counted."""

from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from events import follows
from events.desk import told
from events.desk.told import Counts
from events.messages import announcements
from events.models import Announcement, Event, Notification
from tests.factories import NOON, make_announcement, make_attendee, make_event, make_host
from tests.lines import register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE = timedelta(minutes=1)
#: A state, and until when a claim of it holds: two are on their way, two did not arrive.
STATES = [
    ("queued", None),
    ("sending", NOON + MINUTE),
    ("sent", None),
    ("dead", None),
    ("sending", NOON - MINUTE),
    ("nobody", None),
]


@pytest.fixture
def event() -> Event:
    return make_event()


def sent_to(event: Event, states: list[tuple[str, object]]) -> Announcement:
    announcement = make_announcement(event, sent_at=NOON)
    for state, until in states:
        attendee = make_attendee()
        Notification.objects.create(
            attendee=attendee, kind="announcement", subject=announcement.key, state=state,
            announcement=announcement, registration=register(attendee, event), created_at=NOON,
            next_try_at=until, sent_at=NOON if state == "sent" else None,
        )  # fmt: skip
    return announcement


def test_every_message_is_counted_in_one_state(event: Event) -> None:
    announcement = sent_to(event, STATES)
    counts = told.count_announced([announcement], NOON)[announcement.pk]
    assert (counts, counts.total) == (Counts(waiting=2, sent=1, dead=2, nobody=1), len(STATES))


def test_tests_are_not_counted(event: Event) -> None:
    announcement = sent_to(event, STATES[:1])
    announcements.send_test(announcement, make_attendee())
    assert told.count_announced([announcement], NOON) == {announcement.pk: Counts(waiting=1)}


def test_many_messages_are_counted_in_one_statement(
    event: Event, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sent = [sent_to(event, STATES[:1]) for _ in range(3)]
    with django_assert_num_queries(1):
        assert len(told.count_announced(sent, NOON)) == 3


def test_what_the_site_tells_is_counted_by_reason_latest_first(event: Event) -> None:
    """Also what those were told who only follow, and nothing of another event."""
    sent_to(event, STATES[:1])
    sent_to(make_event(), STATES)
    follows.follow(make_attendee(), host=make_host(event))
    follows.tell(NOON + MINUTE)
    Notification.objects.filter(kind="new-event").update(created_at=NOON + MINUTE)
    found = [(one.label, one.last_at, one.counts) for one in told.count_automatic(event, NOON)]
    assert found == [
        ("new event of a host", NOON + MINUTE, Counts(nobody=1)),
        ("registered", NOON, Counts(nobody=1)),
    ]


def test_kind_of_before_has_its_name(event: Event) -> None:
    register(make_attendee(), event)
    Notification.objects.update(kind="old-kind")
    assert [one.label for one in told.count_automatic(event, NOON)] == ["old-kind"]
