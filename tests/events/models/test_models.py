"""Rows know things by themselves, and the database keeps wrong ones out."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from events.models import Attendee, Block, Event, Notification, Payment, Registration
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_perk,
    make_user,
    make_workshop,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


def make_registration(**fields: Any) -> Registration:
    event = fields.pop("event", None) or make_event()
    defaults = {
        "status": "confirmed",
        "taken_at": NOON,
        "confirmed_at": NOON,
        "created_at": NOON,
    }
    attendee = fields.pop("attendee", None) or make_attendee()
    return Registration.objects.create(attendee=attendee, event=event, **defaults | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "unheard-of"},
        {"status": "waitlisted"},
        {"status": "awaiting_payment"},
        {"status": "confirmed", "confirmed_at": None},
        {"status": "cancelled"},
        {"amount": -1},
    ],
    ids=str,
)
def test_database_refuses_an_impossible_registration(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_registration(**fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_at": NOON, "starts_at": NOON},
        {"opens_at": NOON, "closes_at": NOON},
        {"status": "unheard-of"},
        {"capacity": -1},
        {"price": -1},
        {"slug": "taken"},
    ],
    ids=str,
)
def test_database_refuses_an_impossible_event(fields: dict[str, Any]) -> None:
    make_event(slug="taken")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_event(**fields)


def test_database_refuses_impossible_workshops_and_perks() -> None:
    event = make_event()
    workshop, perk = make_workshop(event), make_perk(event)
    impossible = (
        lambda: make_workshop(event, ends_at=event.starts_at),
        lambda: make_workshop(event, slug=workshop.slug),
        lambda: make_perk(event, min_cents=perk.min_cents),
        lambda: make_perk(event, min_cents=1, discount_percent=101),
    )
    for make in impossible:
        with pytest.raises(IntegrityError), transaction.atomic():
            make()
    assert make_workshop(make_event(), slug=workshop.slug).slug == workshop.slug


def test_database_keeps_payment_references_apart_per_provider() -> None:
    def pay(provider: str, reference: str) -> Payment:
        return Payment.objects.create(
            registration=make_registration(),
            provider=provider,
            reference=reference,
            amount=1,
            currency="EUR",
            status="paid",
            created_at=NOON,
        )

    free = [
        ("sandbox", "A"),
        ("stripe", "A"),
        ("stripe", ""),
        ("stripe", ""),
        *[("manual", "A")] * 2,
    ]
    for provider, reference in free:
        assert pay(provider, reference).pk > 0
    with pytest.raises(IntegrityError), transaction.atomic():
        pay("stripe", "A")


def test_database_keeps_one_notification_per_reason() -> None:
    fields = {"attendee": make_attendee(), "kind": "registered", "subject": "x", "created_at": NOON}
    Notification.objects.create(**fields)
    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.objects.create(**fields)


def test_database_keeps_one_block_per_event_and_one_for_the_site() -> None:
    event = make_event()
    for target in (event, None):
        Block.objects.create(neos_id="U-x", event=target)
        with pytest.raises(IntegrityError), transaction.atomic():
            Block.objects.create(neos_id="U-x", event=target)


def test_database_knows_no_empty_neos_id() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Attendee.objects.create(user=make_user(), neos_id="")


def test_visible_events_are_drafts_only_for_their_organizers() -> None:
    organizer, other = make_organizer(), make_organizer()
    draft = make_event(status="draft", organizers=[organizer])
    public = make_event()
    former = make_user()
    draft.organizers.add(former)
    seen = {
        name: set(Event.objects.visible_to(user))
        for name, user in {
            "organizer": organizer,
            "other": other,
            "former": former,
            "superuser": make_user(is_superuser=True),
            "nobody": AnonymousUser(),
        }.items()
    }
    assert seen == {
        "organizer": {draft, public},
        "other": {public},
        "former": {public},
        "superuser": {draft, public},
        "nobody": {public},
    }


@pytest.mark.parametrize(
    ("shift", "overlaps"),
    [(-HOUR, False), (-HOUR / 2, True), (timedelta(0), True), (HOUR / 2, True), (HOUR, False)],
    ids=str,
)
def test_workshops_overlap_only_when_they_share_time(shift: timedelta, overlaps: bool) -> None:  # noqa: FBT001 - a parameter of the test
    event = make_event()
    first = make_workshop(event)
    second = make_workshop(event, starts_at=first.starts_at + shift)
    assert (first.overlaps(second), second.overlaps(first)) == (overlaps, overlaps)


def test_attendee_is_called_by_the_name_they_chose() -> None:
    local = make_local_attendee(user=make_user(username="local"))
    linked = make_attendee(neos_id="U-x", neos_username="Fox")
    chosen = make_attendee(neos_id="U-y", display_name="Chosen")
    assert [a.name for a in (local, linked, chosen)] == ["local", "Fox", "Chosen"]
    assert [str(a) for a in (local, linked)] == ["local (–)", "Fox (U-x)"]


def test_attendee_calendar_tokens_are_long_and_never_shared() -> None:
    tokens = {make_attendee().calendar_token for _ in range(3)}
    assert (len(tokens), {len(token) for token in tokens}) == (3, {43})


def test_rows_are_named_for_people() -> None:
    event = make_event(title="Jam")
    perk = make_perk(event, label="Gunter")
    workshop = make_workshop(event, title="LogiX")
    attendee = make_attendee(neos_id="U-x", neos_username="Fox")
    registration = make_registration(event=event, attendee=attendee)
    assert [str(row) for row in (event, perk, workshop, registration)] == [
        "Jam",
        "Gunter",
        "LogiX",
        "Fox (U-x) · Jam · confirmed",
    ]
    assert registration.get_status_display() == "confirmed"


def test_positions_are_counted_within_one_place() -> None:
    event, other = make_event(), make_event()
    workshop = make_workshop(event)
    waiting = {"status": "waitlisted", "waitlisted_at": NOON}
    made = [
        make_registration(event=event, **waiting),
        make_registration(event=event, workshop=workshop, **waiting),
        make_registration(event=other, **waiting),
        make_registration(event=event, **waiting),
        make_registration(event=event, turn=-1, **waiting),
        make_registration(event=event),
    ]
    found = Registration.objects.with_waitlist_position().in_bulk([r.pk for r in made])
    assert [found[r.pk].position for r in made] == [2, 1, 1, 3, 1, None]
