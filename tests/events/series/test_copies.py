"""A copy has all that organizers chose, and nothing that happened."""

# ruff: noqa: DTZ001 - what a clock shows has no zone

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Model

from events import housekeeping, places, series
from events.models import DoorKey, Event, Notification, PatronPerk, Question, Workshop
from events.series import copies, parts, questions, rows
from tests.factories import (
    NOON,
    make_announcement,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_perk,
    make_question,
    make_role,
    make_workshop,
)
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LATER = datetime(2030, 6, 22, 19)

#: Chosen by organizers, so the copy has the same; each with a value that is not the default.
EVENT: dict[str, Any] = {
    "title": "Jam", "summary": "Short", "translations": {"ja": {"title": "集い"}}, "capacity": 2,
    "has_waitlist": False, "price": 500, "kind": "music", "language": "ja", "description": "# Long",
    "descriptions": {"ja": "長い"}, "written_in": "ja", "listed": False,
    "time_zone": ZoneInfo("Asia/Tokyo"),
    "currency": "JPY", "payment_instructions": "Bank", "payment_days": 3, "refund_days": None,
    "neos_required": True, "patron_cents": 100, "contact": "jam@example.org",
    "session_url": "neos-session:///S-1", "session_opens_minutes": 30, "no_show_hours": 12,
}  # fmt: skip
WORKSHOP: dict[str, Any] = {
    "title": "Mixing", "summary": "Loud", "translations": {"ja": {"title": "音"}}, "capacity": 1,
    "has_waitlist": False, "price": 300, "slug": "mixing",
}  # fmt: skip
PERK: dict[str, Any] = {"min_cents": 7, "early_hours": 5, "discount_percent": 9, "label": "Perk"}
KEY: dict[str, Any] = {
    "label": "Hall", "digest": "a" * 64, "created_at": NOON, "created_by": None, "revoked_at": None,
    "expires_at": NOON + 90 * DAY, "may_check_in": True,
}  # fmt: skip
QUESTION: dict[str, Any] = {
    "kind": "one", "text": "Colour?", "help": "Any.", "choices": "red\nblue", "position": 3,
    "is_required": True, "translations": {"ja": {"text": "色?"}},
}  # fmt: skip
#: Moved to the new start, or left behind; see the tests below for what they become.
SHIFTED = {"starts_at", "ends_at", "opens_at", "closes_at", "draw_at"}
LEFT = {
    "id", "slug", "status", "changed_at", "search_text", "capacity_lowered_at", "sequence",
    "announced_at", "draw_seed", "drawn_at", "series", "series_index", "seen_session_url",
    "seen_session_at",
}  # fmt: skip
RELATIONS = {
    "hosts": "copied", "organizers": "copied", "workshops": "copied", "perks": "copied",
    "door_keys": "copied", "questions": "copied", "registrations": "left",
    "announcements": "left", "follows": "left", "preview_link": "left", "roles": "copied",
    "former_addresses": "left", "invitations": "left", "blocks": "left", "filling_passes": "left",
}  # fmt: skip


@pytest.fixture
def jam() -> Event:
    """An event with everything that a copy takes, on 8 June at 20:00 in Tokyo, and history."""
    start = datetime(2030, 6, 8, 11, tzinfo=UTC)
    event = make_event(
        starts_at=start,
        ends_at=start + 3 * HOUR,
        opens_at=start - 5 * DAY,
        closes_at=start - HOUR,
        draw_at=start - 2 * DAY,
        slug="jam",
        sequence=4,
        announced_at=NOON,
        seen_session_url="neos-session:///S-seen",
        seen_session_at=NOON,
        capacity_lowered_at=NOON,
        organizers=[make_organizer(username="mika")],
        **EVENT,
    )
    make_workshop(event, starts_at=start + HOUR, moved_at=NOON, former_slugs=["old"], **WORKSHOP)
    make_perk(event, **PERK)
    make_role(event, make_attendee(), workshop=event.workshops.get(), early_minutes=30)
    make_question(event, **QUESTION)
    make_question(event, text="Why?", workshop=event.workshops.get())
    make_host(event, name="Club")
    DoorKey.objects.create(event=event, workshop=event.workshops.get(), last_used_at=NOON, **KEY)
    DoorKey.objects.create(event=event, **KEY | {"digest": "b" * 64, "revoked_at": NOON})
    DoorKey.objects.create(event=event, **KEY | {"digest": "c" * 64, "expires_at": NOON})
    make_announcement(event)
    return event


def names(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.concrete_fields}


@pytest.mark.parametrize(
    ("model", "known"),
    [
        (Event, {*EVENT, *SHIFTED, *LEFT}),
        (Workshop, {*WORKSHOP, *parts.LEFT_OF_WORKSHOP}),
        (PatronPerk, {*PERK, *rows.LEFT_OF_PART}),
        (DoorKey, {*KEY, *parts.LEFT_OF_KEY}),
        (Question, {*QUESTION, *questions.LEFT}),
    ],
)
def test_every_field_is_copied_or_left_on_purpose(model: type[Model], known: set[str]) -> None:
    assert names(model) == known


def test_every_relation_is_copied_or_left_on_purpose() -> None:
    """One that is new here is copied by a function in `events/series/parts.py`, or left."""
    found = {field.name for field in Event._meta.many_to_many}
    for relation in Event._meta.related_objects:
        if not relation.hidden:
            found.add(str(relation.get_accessor_name()))
    assert found == {*RELATIONS}


def test_copy_has_all_that_was_chosen(jam: Event) -> None:
    copy = series.copy_event(jam, start=LATER)
    copy.refresh_from_db()
    assert {name: getattr(copy, name) for name in EVENT} == EVENT
    workshop, perk = copy.workshops.get(), copy.perks.get()
    assert {name: getattr(workshop, name) for name in WORKSHOP} == WORKSHOP
    assert {name: getattr(perk, name) for name in PERK} == PERK
    assert list(copy.hosts.values_list("name", flat=True)) == ["Club"]
    assert list(copy.organizers.values_list("username", flat=True)) == ["mika"]
    key = copy.door_keys.get()
    assert {name: getattr(key, name) for name in KEY} == KEY
    assert (key.workshop, key.last_used_at) == (workshop, None)
    role = copy.roles.get()
    assert (role.kind, role.workshop, role.early_minutes, role.is_shown) == (
        "speaker", workshop, 30, False,
    )  # fmt: skip
    asked, why = copy.questions.order_by("-position")
    assert {name: getattr(asked, name) for name in QUESTION} == QUESTION
    assert (why.text, why.workshop, asked.workshop) == ("Why?", workshop, None)


def test_copy_has_all_times_shifted(jam: Event) -> None:
    copy = series.copy_event(jam, start=LATER)
    start = datetime(2030, 6, 22, 10, tzinfo=UTC)
    assert {name: getattr(copy, name) for name in SHIFTED} == {
        "starts_at": start,
        "ends_at": start + 3 * HOUR,
        "opens_at": start - 5 * DAY,
        "closes_at": start - HOUR,
        "draw_at": start - 2 * DAY,
    }
    workshop = copy.workshops.get()
    assert (workshop.starts_at, workshop.ends_at) == (start + HOUR, start + 2 * HOUR)


def test_copy_has_nothing_that_happened(jam: Event) -> None:
    copy = series.copy_event(jam, start=LATER)
    assert (copy.status, copy.slug, copy.sequence) == ("draft", "jam-2", 0)
    assert (copy.announced_at, copy.capacity_lowered_at, copy.series) == (None, None, None)
    assert (copy.seen_session_url, copy.seen_session_at) == ("", None)
    workshop = copy.workshops.get()
    assert (workshop.moved_at, workshop.former_slugs) == (None, [])
    for name, kind in RELATIONS.items():
        rows = getattr(copy, name, None)  # None: the one row that there could be is not there
        assert (rows is not None and rows.exists()) == (kind == "copied"), name


def test_copy_is_found_by_a_search(jam: Event) -> None:
    copy = series.copy_event(jam, start=LATER)
    assert "mixing" in Event.objects.get(pk=copy.pk).search_text


def test_drawn_lottery_stays_a_lottery() -> None:
    event = make_event(capacity=1, draw_at=NOON + DAY)
    register(make_attendee(), event)
    Event.objects.filter(pk=event.pk).update(draw_at=NOON)
    places.draw(event=event, now=NOON)
    event.refresh_from_db()
    copy = series.copy_event(event, start=datetime(2030, 7, 8, 12))
    assert (copy.draw_at, copy.drawn_at) == (NOON + 30 * DAY, None)
    assert copy.draw_seed not in {"", event.draw_seed}
    assert copy.is_awaiting_draw


def test_nobody_is_told_of_a_copy(jam: Event) -> None:
    sent = Notification.objects.count()
    copy = series.copy_event(jam, start=LATER)
    housekeeping.run()
    copy.refresh_from_db()
    assert (Notification.objects.count(), copy.announced_at) == (sent, None)


def test_who_copies_organizes_the_copy(jam: Event) -> None:
    robin = make_organizer(username="robin")
    copy = series.copy_event(jam, start=LATER, by=robin)
    assert set(copy.organizers.values_list("username", flat=True)) == {"mika", "robin"}


def test_copies_of_one_day_have_addresses_of_their_own(jam: Event) -> None:
    slugs = [series.copy_event(jam, start=LATER).slug for _ in range(2)]
    assert slugs == ["jam-2", "jam-3"]


def test_parts_see_the_workshops_of_the_copy(jam: Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a question about one workshop needs it."""
    seen: list[tuple[int, int]] = []

    def note(copying: parts.Copying) -> None:
        seen.extend((old, new.event_id) for old, new in copying.workshops.items())

    monkeypatch.setattr(copies, "PARTS", (*parts.PARTS, note))
    copy = series.copy_event(jam, start=LATER)
    assert seen == [(jam.workshops.get().pk, copy.pk)]
