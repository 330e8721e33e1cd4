"""Who is in each group that organizers write to."""

from datetime import timedelta

import pytest

from events import places
from events.messages import announcements, audiences, topics
from events.messages.audiences import Numbers
from events.messages.fates import Fate
from events.models import (
    Announcement,
    Attendee,
    Audience,
    Block,
    Event,
    MailTopic,
    Registration,
    Role,
    Workshop,
)
from tests.factories import (
    NOON,
    make_announcement,
    make_attendee,
    make_event,
    make_role,
    make_user,
    make_workshop,
)
from tests.lines import register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


@pytest.fixture
def event() -> Event:
    return make_event(title="Jam")


def person(name: str, **fields: object) -> Attendee:
    user = make_user(username=name, email=f"{name}@example.org")
    return make_attendee(user=user, neos_id=f"U-{name}", email_confirmed_at=NOON, **fields)


def people_of_every_kind(event: Event) -> Workshop:
    """One of each; `moved` has a place in the workshop, and owes money for another one."""
    workshop, paid = make_workshop(event, title="Mixing"), make_workshop(event, price=500)
    Workshop.objects.filter(pk=paid.pk).update(
        starts_at=event.starts_at + timedelta(hours=1), ends_at=event.ends_at
    )
    register(person("confirmed"), event)
    places.check_in(registration=register(person("came"), event), even_early=True)
    moved = person("moved")
    register(moved, event)
    register(moved, workshop)
    register(moved, Workshop.objects.get(pk=paid.pk))
    places.cancel(registration=register(person("gone"), event), in_full=False)
    Event.objects.filter(pk=event.pk).update(price=500)
    event.refresh_from_db()
    register(person("held"), event)
    lapsed = register(person("lapsed"), event)
    Registration.objects.filter(pk=lapsed.pk).update(hold_until=NOON)
    Event.objects.filter(pk=event.pk).update(capacity=5)
    event.refresh_from_db()
    register(person("other"), event)
    register(person("waiting"), event)
    erased = register(person("erased"), event)
    Attendee.objects.filter(pk=erased.attendee_id).update(erased_at=NOON)
    register(person("elsewhere"), make_event())
    return workshop


def names(announcement: Announcement) -> list[str]:
    found = audiences.people(announcement, NOON)
    return sorted(set(found.values_list("attendee__user__username", flat=True)))


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("everybody", ["came", "confirmed", "held", "moved", "other", "waiting"]),
        ("confirmed", ["came", "confirmed", "moved"]),
        ("waiting", ["waiting"]),
        ("unpaid", ["held", "moved", "other"]),
        ("checked-in", ["came"]),
        ("no-shows", []),
        ("workshop", ["moved"]),
    ],
)
def test_group_has_who_belongs_to_it(event: Event, audience: str, expected: list[str]) -> None:
    workshop = people_of_every_kind(event) if audience else None
    chosen = workshop if audience == Audience.WORKSHOP else None
    announcement = make_announcement(event, audience=audience, workshop=chosen)
    assert names(announcement) == expected


def test_people_with_a_role_are_written_to_with_a_place_or_without(event: Event) -> None:
    speaker, helper = person("speaker"), person("helper")
    for who in (speaker, person("erased"), helper):
        make_role(event, who)
    make_role(event, speaker, kind="host")
    register(helper, event)
    register(person("guest"), event)
    make_role(make_event(), person("elsewhere"))
    Attendee.objects.filter(user__username="erased").update(erased_at=NOON)
    announcement = make_announcement(event, audience="roles")
    assert names(announcement) == ["helper", "speaker"]
    assert audiences.count(announcement, NOON) == Numbers(people=2, unreachable=0, muted=0)
    assert announcements.send(announcement, revision=0) is announcements.Outcome.DONE
    rows = announcement.notifications.order_by("attendee")
    told = list(rows.values_list("attendee__user__username", "event", "registration"))
    assert told == [("speaker", event.pk, None), ("helper", event.pk, None)]
    Role.objects.filter(attendee=helper).delete()
    fates = [announcements.judge(row, NOON) for row in rows]
    assert fates == [Fate.GOES, Fate.NEVER]


def test_every_group_has_its_condition() -> None:
    assert set(audiences.GROUPS) == set(Audience)


def test_who_did_not_come_is_known_once_it_is_over(event: Event) -> None:
    people_of_every_kind(event)
    Event.objects.filter(pk=event.pk).update(starts_at=NOON - DAY, ends_at=NOON)
    missing = make_announcement(event, audience="no-shows")
    assert names(missing) == ["confirmed", "moved"]
    make_role(event, Attendee.objects.get(user__username="confirmed"))
    assert names(missing) == ["moved"]
    part = Registration.objects.filter(attendee__user__username="moved", workshop__isnull=False)
    part.update(checked_in_at=NOON - DAY)
    assert names(missing) == []


def test_nobody_is_missing_where_nobody_was_checked_in(event: Event) -> None:
    register(person("ada"), event)
    came = register(person("bo"), event)
    Event.objects.filter(pk=event.pk).update(starts_at=NOON - DAY, ends_at=NOON)
    missing = make_announcement(event, audience="no-shows")
    assert names(missing) == []
    Registration.objects.filter(pk=came.pk).update(checked_in_at=NOON - DAY)
    assert names(missing) == ["ada"]


def test_draft_whose_workshop_is_deleted_goes_to_nobody(event: Event) -> None:
    workshop = make_workshop(event)
    announcement = make_announcement(event, audience="workshop", workshop=workshop)
    register(person("ada"), event)
    workshop.delete()
    announcement.refresh_from_db()
    assert names(announcement) == []


def test_people_are_counted_once_with_who_gets_no_mail(event: Event) -> None:
    """`moved` owes money twice; `silent` has no confirmed address and has muted it besides."""
    Event.objects.filter(pk=event.pk).update(price=500)
    event.refresh_from_db()
    for name in ("ada", "muted", "silent"):
        register(person(name), event)
    twice = person("moved")
    Registration.objects.create(
        attendee=twice, event=event, workshop=make_workshop(event), status="awaiting_payment",
        created_at=NOON, taken_at=NOON, hold_until=NOON + DAY,
    )  # fmt: skip
    register(twice, event)
    Attendee.objects.filter(user__username="silent").update(email_confirmed_at=None)
    for attendee in Attendee.objects.filter(user__username__in=["muted", "silent"]):
        topics.mute(attendee.pk, MailTopic.ORGANIZERS)
    topics.mute(twice.pk, MailTopic.THANKS)
    found = audiences.count(make_announcement(event, audience="unpaid"), NOON)
    assert (found, found.mails) == (Numbers(people=4, unreachable=1, muted=1), 2)


def test_who_is_blocked_is_told_as_long_as_they_hold_something(event: Event) -> None:
    for name in ("ada", "bo"):
        held = register(person(name), event)
        Block.objects.create(neos_id=f"U-{name}", event=event)
    places.cancel(registration=held, in_full=True)
    assert names(make_announcement(event)) == ["ada"]


@pytest.mark.parametrize(
    ("audience", "ends_in", "expected"),
    [("everybody", DAY, True), ("no-shows", DAY, False), ("everybody", -DAY, False)],
)
def test_people_join_most_groups_until_the_event_is_over(
    event: Event, audience: str, ends_in: timedelta, *, expected: bool
) -> None:
    event.ends_at = NOON + ends_in
    assert audiences.may_grow(audience, event, NOON) is expected
