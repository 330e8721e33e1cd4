"""Keys of doors: made, changed, rotated and revoked, also where several events have one."""

from datetime import datetime, timedelta
from hashlib import sha256

import pytest
import time_machine

from events import series
from events.accounts import closing
from events.doors import key_edits, keys
from events.doors.key_edits import KeyEnded, KeyTerms, LabelTaken, Rotated, WorkshopGone
from events.models import DoorKey, Event, Registration, Workshop
from events.models.event_set import EventQuerySet
from events.series import Rule
from tests.events.doors.stage import ask
from tests.factories import NOON, make_attendee, make_event, make_organizer, make_workshop
from tests.lines import register

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HALL = KeyTerms("Hall")


def make(event: Event | Workshop, terms: KeyTerms = HALL) -> DoorKey:
    return key_edits.make_key(event, terms, by=None)[0]


def everything() -> EventQuerySet:
    return Event.objects.all()


def copy_of(event: Event, days: int = 7) -> Event:
    start = (event.starts_at + days * DAY).replace(tzinfo=None)
    return series.copy_event(event, start=start)


def rotate(key: DoorKey, overlap: timedelta = DAY, among: EventQuerySet | None = None) -> Rotated:
    found = everything() if among is None else among
    return key_edits.rotate_key(key, overlap=overlap, among=found, by=None)


def good(event: Event) -> list[str]:
    """The digests that open at the event now, in order."""
    return sorted(event.door_keys.good_at(NOON).values_list("digest", flat=True))


# --- Making --------------------------------------------------------------------------------------


def test_key_is_stored_as_its_digest_alone() -> None:
    event, mika = make_event(), make_organizer()
    made, secret = key_edits.make_key(
        event, KeyTerms("Hall", may_check_in=True, expires_at=NOON + DAY), by=mika
    )
    row = DoorKey.objects.get()
    assert (len(secret), set(secret) <= set("abcdefghijklmnopqrstuvwxyz234567")) == (32, True)
    assert row.digest == sha256(secret.encode()).hexdigest() == keys.digest_of(secret.upper())
    assert (row, row.label, row.may_check_in, row.expires_at) == (made, "Hall", True, NOON + DAY)
    assert (row.created_at, row.created_by, row.workshop) == (NOON, mika, None)
    assert secret not in str(row.__dict__)


def test_two_keys_are_never_the_same() -> None:
    event = make_event()
    made = {key_edits.make_key(event, KeyTerms(str(n)), by=None)[1] for n in range(20)}
    assert len(made) == 20


def test_label_of_a_key_that_works_is_taken_and_no_other() -> None:
    event, other = make_event(), make_event()
    first = make(event)
    with pytest.raises(LabelTaken):
        make(event)
    make(other)
    key_edits.revoke_key(first)
    make(event)
    assert DoorKey.objects.count() == 3


def test_key_of_a_workshop_needs_the_workshop() -> None:
    event = make_event()
    fog = make_workshop(event)
    assert make(fog).workshop == fog
    Workshop.objects.filter(pk=fog.pk).delete()
    with pytest.raises(WorkshopGone):
        make(fog, KeyTerms("Another"))
    assert DoorKey.objects.count() == 0


def test_key_of_an_event_of_its_own_ends_a_day_after_and_of_a_series_never() -> None:
    event = make_event()
    assert key_edits.expiry_proposed(event, NOON) == event.ends_at + DAY
    over = event.ends_at + 9 * DAY
    assert key_edits.expiry_proposed(event, over) == over + DAY
    series.repeat(event, rule=Rule(event.starts_at.date(), "weekly", count=2), days_ahead=None)
    event.refresh_from_db()
    assert key_edits.expiry_proposed(event, NOON) is None


# --- Copies --------------------------------------------------------------------------------------


def test_copy_has_the_keys_that_work_and_a_workshops_only_with_it() -> None:
    event = make_event()
    make(make_workshop(event, slug="fog"), KeyTerms("Fog"))
    key_edits.revoke_key(make(event, KeyTerms("Gone")))
    hall = make(event)
    copy = copy_of(event)
    assert good(copy) == good(event)
    assert sorted(copy.door_keys.values_list("label", "workshop__slug")) == [
        ("Fog", "fog"), ("Hall", None),
    ]  # fmt: skip
    bare = make_event()
    series.copies.complete(event, bare)  # as “Save as new” does, without the workshop
    assert list(bare.door_keys.values_list("label", "digest")) == [("Hall", hall.digest)]


# --- Revoking ------------------------------------------------------------------------------------


def test_revoked_key_is_revoked_at_every_event_that_has_it(clock: time_machine.Traveller) -> None:
    event = make_event()
    hall, other = make(event), make(event, KeyTerms("Other"))
    copy = copy_of(event)
    assert key_edits.revoke_key(hall) == [event, copy]
    assert (good(event), good(copy)) == ([other.digest], [other.digest])
    clock.shift(HOUR)
    with pytest.raises(KeyEnded):
        key_edits.revoke_key(hall)
    assert {*DoorKey.objects.filter(label="Hall").values_list("revoked_at", flat=True)} == {NOON}
    assert good(copy_of(event, 14)) == [other.digest]


def test_expired_key_can_be_revoked() -> None:
    event = make_event()
    key = make(event, KeyTerms("Hall", expires_at=NOON - HOUR))
    assert key_edits.revoke_key(key) == [event]


# --- Rotating ------------------------------------------------------------------------------------


@pytest.mark.parametrize("overlap", key_edits.OVERLAPS)
def test_rotated_key_works_until_the_end_of_the_overlap(overlap: timedelta) -> None:
    event = make_event()
    key = make(
        make_workshop(event), KeyTerms("Hall", may_check_in=True, expires_at=NOON + 30 * DAY)
    )
    done = rotate(key, overlap)
    key.refresh_from_db()
    assert (key.expires_at, done.former_ends_at) == (NOON + overlap, NOON + overlap)
    assert key.is_good_at(NOON + overlap - timedelta(seconds=1))
    assert not key.is_good_at(NOON + overlap)
    new = done.key
    assert (new.digest, new.digest == key.digest) == (keys.digest_of(done.secret), False)
    assert (new.label, new.workshop, new.may_check_in, new.expires_at) == (
        "Hall", key.workshop, True, NOON + 30 * DAY,
    )  # fmt: skip


def test_key_that_ends_before_the_overlap_is_not_made_to_last() -> None:
    key = make(make_event(), KeyTerms("Hall", expires_at=NOON + HOUR))
    assert rotate(key, 7 * DAY).former_ends_at == NOON + HOUR
    key.refresh_from_db()
    assert key.expires_at == NOON + HOUR


def test_rotated_key_works_at_all_events_that_are_not_over() -> None:
    event = make_event()
    key = make(event)
    copies = [copy_of(event, days) for days in (7, 14, 21)]
    over, off, _later = copies
    Event.objects.filter(pk=over.pk).update(starts_at=NOON - DAY - HOUR, ends_at=NOON - DAY)
    DoorKey.objects.filter(event=off).update(revoked_at=NOON)  # as only a superuser's SQL does
    done = rotate(key, timedelta(0))
    assert done.events == [event, copies[2]]
    assert [good(one) for one in (event, *copies)] == [
        [done.key.digest], [], [], [done.key.digest],
    ]  # fmt: skip


def test_new_key_notes_who_goes_out_of_an_event_that_has_just_ended() -> None:
    """From a page of the next one: the key means that since."""
    ended = make_event(starts_at=NOON - 9 * HOUR, ends_at=NOON - timedelta(hours=8))
    make(ended, KeyTerms("Hall", may_check_in=True))
    key = copy_of(ended).door_keys.get()
    ada = register(make_attendee(neos_id="U-ada"), make_event())
    Registration.objects.update(event=ended, checked_in_at=ended.starts_at)
    secret = rotate(key, timedelta(0)).secret
    assert ask(f"/door/{secret}/U-ada/out", "POST") == (200, "OUT")
    ada.refresh_from_db()
    assert ada.left_at == NOON


def test_rotating_leaves_the_events_of_others() -> None:
    """Give no key for an event of others to somebody who never had one."""
    mika, robin = make_organizer(), make_organizer()
    event = make_event(organizers=[mika])
    key = make(event)
    theirs = copy_of(event)
    theirs.organizers.set([robin])
    done = rotate(key, timedelta(0), Event.objects.organized_by(mika))
    assert (done.events, done.left) == ([event], 1)
    assert (good(event), good(theirs)) == ([done.key.digest], [key.digest])


@pytest.mark.parametrize("ends", ["revoked_at", "expires_at"])
def test_key_that_has_ended_is_not_rotated(ends: str) -> None:
    key = make(make_event())
    DoorKey.objects.update(**{ends: NOON})
    with pytest.raises(KeyEnded):
        rotate(key)
    assert DoorKey.objects.count() == 1


def test_key_of_an_event_that_is_over_is_rotated_there() -> None:
    event = make_event()
    key = make(event)
    Event.objects.update(starts_at=NOON - 2 * HOUR, ends_at=NOON - HOUR)
    assert rotate(key).events == [event]


# --- Changing ------------------------------------------------------------------------------------


def change(key: DoorKey, label: str = "Hall", ends: datetime | None = None) -> list[Event]:
    return key_edits.change_key(key, label=label, expires_at=ends, among=everything())


def test_changed_key_is_changed_at_all_events_that_are_not_over() -> None:
    event = make_event()
    key = make(event)
    over, later = copy_of(event), copy_of(event, 14)
    Event.objects.filter(pk=over.pk).update(starts_at=NOON - DAY - HOUR, ends_at=NOON - DAY)
    assert change(key, "Stage", NOON + DAY) == [event, later]
    rows = DoorKey.objects.order_by("event_id").values_list("label", "expires_at")
    assert list(rows) == [("Stage", NOON + DAY), ("Hall", None), ("Stage", NOON + DAY)]


def test_expired_key_is_good_again_unless_another_took_its_place() -> None:
    event = make_event()
    key = make(event, KeyTerms("Hall", expires_at=NOON - HOUR))
    change(key)
    assert good(event) == [key.digest]
    rotate(key, timedelta(0))
    with pytest.raises(LabelTaken):
        change(key)


def test_end_of_a_key_in_its_overlap_can_be_moved() -> None:
    key = make(make_event())
    rotate(key)
    change(key, ends=NOON + HOUR)
    key.refresh_from_db()
    assert key.expires_at == NOON + HOUR


def test_revoked_key_stays_revoked() -> None:
    key = make(make_event())
    key_edits.revoke_key(key)
    with pytest.raises(KeyEnded):
        change(key)


def test_label_of_another_key_is_refused() -> None:
    event = make_event()
    make(event)
    with pytest.raises(LabelTaken):
        change(make(event, KeyTerms("Stage")))


# --- Rows that go --------------------------------------------------------------------------------


def test_key_stays_when_its_maker_is_erased() -> None:
    mika = make_organizer(username="mika")
    make_attendee(user=mika)
    event = make_event()
    made, _secret = key_edits.make_key(event, HALL, by=mika)
    closing.erase(mika)
    mika.refresh_from_db()
    assert (good(event), mika.username == "mika") == ([made.digest], False)


def test_key_goes_with_its_event_and_stays_at_the_copy() -> None:
    event = make_event()
    key = make(event)
    copy = copy_of(event)
    event.delete()
    assert list(DoorKey.objects.values_list("event", "digest")) == [(copy.pk, key.digest)]


def test_user_that_is_deleted_leaves_the_key() -> None:
    user = make_organizer()
    key_edits.make_key(make_event(), HALL, by=user)
    user.delete()
    assert DoorKey.objects.get().created_by is None
