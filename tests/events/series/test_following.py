"""An edit is carried on to later events, with all that follows for the people in them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F

from events import housekeeping, places, series
from events.messages import texts
from events.models import Event, Notification, Registration, Series, Workshop
from events.series import Rule, following
from events.series.copies import LEFT, SHIFTED
from events.series.drafts import following as later_events
from events.series.following import FIELDS, Group, NotCarried, carry_on, lead_on
from tests.factories import (
    NOON,
    make_answer,
    make_attendee,
    make_event,
    make_host,
    make_perk,
    make_question,
    make_workshop,
)
from tests.lines import register
from tests.states.state import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

START = datetime(2030, 10, 5, 18, tzinfo=UTC)  # 20:00 in Berlin; winter begins on the 27th
DAY, HOUR, WEEK = timedelta(days=1), timedelta(hours=1), timedelta(days=7)


@pytest.fixture
def first() -> Event:
    """The first of five events in October and November."""
    event = make_event(
        title="Jam", slug="jam", starts_at=START, time_zone="Europe/Berlin", capacity=5
    )
    make_workshop(event, slug="mixing", title="Mixing", starts_at=START + HOUR)
    rule = Rule(START.date(), "weekly", count=5)
    series.repeat(event, rule=rule, days_ahead=None)
    Event.objects.update(status="published")
    event.refresh_from_db()
    return event


def occurrence(index: int) -> Event:
    return Event.objects.select_related("series").get(series_index=index)


def carry(source: Event, index: int, *groups: Group) -> list[str]:
    """Return the names of what became different."""
    with transaction.atomic():
        carried = carry_on(source, occurrence(index).pk, groups, NOON)
    return sorted(change.name for change in carried.changes)


def starts() -> list[str]:
    return [f"{each.starts_at:%m-%d %H:%M}" for each in Event.objects.order_by("series_index")]


def test_every_field_that_is_copied_goes_along_with_a_group() -> None:
    """A new field of events has to be put into one of them."""
    fields = {field.name for field in Event._meta.concrete_fields}
    assert {name for names in FIELDS.values() for name in names} == (fields - LEFT) | SHIFTED


def test_only_chosen_groups_go_along(first: Event) -> None:
    source = change(occurrence(1), title="Big jam", capacity=9)
    assert carry(source, 3, Group.TEXTS) == ["title"]
    assert (occurrence(3).title, occurrence(3).capacity) == ("Big jam", 5)
    assert occurrence(2).title == "Jam"
    assert carry(source, 3, Group.TEXTS, Group.PLACES) == ["capacity"]


def test_people_who_know_the_link_of_a_later_event_are_told_of_the_one_that_it_gets(
    first: Event,
) -> None:
    Event.objects.update(session_url="neos-session:///S-old")
    source = change(occurrence(1), session_url="neos-session:///S-new", no_show_hours=6)
    mine, _other = register(make_attendee(), occurrence(3)), register(make_attendee(), first)
    texts.on_time(
        Notification.Kind.SESSION_OPEN, Registration.objects.filter(pk=mine.pk), suffix="earlier"
    )
    Notification.objects.filter(kind="session-open").update(state="sent", sent_at=NOON)
    assert carry(source, 3, Group.SESSION) == ["session_url"]
    told = Notification.objects.filter(kind="session-changed")
    assert [one.registration for one in told] == [mine]
    assert carry(source, 3, Group.CONDITIONS) == ["no_show_hours"]


def test_another_day_and_time_is_that_of_each_week_over_the_change(first: Event) -> None:
    source = occurrence(2)
    shift = -DAY + HOUR
    change(source, starts_at=source.starts_at + shift, ends_at=source.ends_at + shift)
    source.workshops.update(starts_at=F("starts_at") + shift, ends_at=F("ends_at") + shift)
    carry(source, 3, Group.TIME)
    carry(source, 4, Group.TIME)
    # 21:00 in Berlin on Fridays: 19:00 UTC in summer, 20:00 in winter.
    assert starts() == ["10-05 18:00", "10-12 18:00", "10-18 19:00", "10-25 19:00", "11-01 20:00"]
    workshop = occurrence(4).workshops.get()
    assert workshop.starts_at == occurrence(4).starts_at + HOUR


def test_people_are_told_of_a_move_and_keep_their_places(first: Event) -> None:
    ada = register(make_attendee(), occurrence(2))
    source = change(occurrence(1), starts_at=occurrence(1).starts_at + HOUR)
    source = change(source, ends_at=source.ends_at + HOUR)
    carry(source, 2, Group.TIME)
    told = Notification.objects.filter(kind="time-changed")
    assert list(told.values_list("registration", flat=True)) == [ada.pk]
    ada.refresh_from_db()
    assert (ada.status, occurrence(2).sequence) == ("confirmed", 1)


def test_more_places_are_given_to_who_waits(first: Event) -> None:
    change(occurrence(2), capacity=1)
    _in, waiting = [register(make_attendee(), occurrence(2)) for _ in range(2)]
    carry(change(occurrence(1), capacity=2), 2, Group.PLACES)
    waiting.refresh_from_db()
    assert waiting.status == "confirmed"


def test_hosts_perks_and_workshops_go_along(first: Event) -> None:
    source = occurrence(1)
    make_host(source, name="Club")
    make_perk(source, min_cents=100, label="Gold")
    source.workshops.update(title="Loud mixing", capacity=3)
    make_workshop(source, slug="new", title="New", starts_at=source.starts_at + HOUR)
    found = carry(source, 2, Group.HOSTS, Group.PERKS, Group.WORKSHOPS)
    assert found == ["hosts", "perks", "workshops"]
    event = occurrence(2)
    assert [str(host) for host in event.hosts.all()] == ["Club"]
    assert list(event.perks.values_list("min_cents", "label")) == [(100, "Gold")]
    rows = event.workshops.order_by("slug").values_list("slug", "title", "capacity", "starts_at")
    at = event.starts_at + HOUR
    assert list(rows) == [("mixing", "Loud mixing", 3, at), ("new", "New", None, at)]


def test_questions_go_along_and_keep_the_answers_to_the_same_words(first: Event) -> None:
    """Another text is another question: the answers to the old one go with it."""
    kept = make_question(occurrence(1), text="Same?")
    gone = make_question(occurrence(1), text="Old?")
    held = places.register(user=make_attendee().user, bookable=occurrence(1), answers={})
    make_answer(kept, held, "x")
    make_answer(gone, held, "y")
    fog = first.workshops.get()
    make_question(first, text="Same?", is_required=True, position=1)
    make_question(first, text="At the workshop?", workshop=fog)

    assert carry(first, 1, Group.TEXTS) == []
    assert carry(first, 1, Group.QUESTIONS) == ["questions"]
    now = occurrence(1)
    assert [(q.text, q.is_required, q.workshop) for q in now.questions.all()] == [
        ("At the workshop?", False, now.workshops.get()),
        ("Same?", True, None),
    ]
    assert list(held.answers.values_list("question", "text")) == [(kept.pk, "x")]
    assert carry(first, 1, Group.QUESTIONS) == []


def test_question_for_a_workshop_that_is_not_there_stays_away(first: Event) -> None:
    make_question(first, text="Why?", workshop=make_workshop(first, slug="fog"))
    assert carry(first, 1, Group.QUESTIONS) == []
    assert occurrence(1).questions.count() == 0


def test_price_does_not_change_its_currency_alone(first: Event) -> None:
    """20000 won are not 200 euros."""
    Workshop.objects.update(price=20_000)
    Event.objects.update(currency="KRW")
    Workshop.objects.filter(event=first).update(price=1500)
    change(first, currency="EUR")
    for groups in ([Group.CONDITIONS], [Group.WORKSHOPS]):
        with pytest.raises(NotCarried) as caught:
            carry(first, 1, *groups)
        assert caught.value.obstacle == "currency"
    assert carry(first, 1, Group.CONDITIONS, Group.WORKSHOPS) == ["currency", "workshops"]


def test_time_of_a_workshop_alone_goes_along(first: Event) -> None:
    workshop = first.workshops.get()
    Workshop.objects.filter(pk=workshop.pk).update(ends_at=workshop.ends_at - timedelta(minutes=10))
    assert carry(first, 1, Group.TIME) == ["workshop_times"]
    later = occurrence(1).workshops.get()
    assert later.ends_at - later.starts_at == timedelta(minutes=50)


def test_event_in_another_zone_leads_no_drafts_without_its_time(first: Event) -> None:
    second = occurrence(1)
    lead_on(change(second, time_zone="Asia/Tokyo"), [Group.TEXTS], NOON)
    assert Series.objects.get().template == first
    lead_on(occurrence(1), [Group.TIME], NOON)
    assert Series.objects.get().template == second


def test_workshop_that_the_edited_event_lacks_stays_with_its_people(first: Event) -> None:
    source = occurrence(1)
    source.workshops.all().delete()
    ada = make_attendee()
    register(ada, occurrence(2))
    held = register(ada, occurrence(2).workshops.get())
    carry(source, 2, Group.WORKSHOPS, Group.TIME)
    held.refresh_from_db()
    assert (held.status, occurrence(2).workshops.count()) == ("confirmed", 1)


def test_event_that_was_moved_by_itself_comes_back_to_the_rule(first: Event) -> None:
    event = occurrence(3)
    change(event, starts_at=event.starts_at - DAY, ends_at=event.ends_at - DAY)
    assert carry(occurrence(1), 3, Group.TIME) == ["ends_at", "starts_at"]
    assert starts()[3] == "10-26 18:00"


# --- What stands in the way ----------------------------------------------------------------------


def obstacle(source: Event, index: int, *groups: Group, now: datetime = NOON) -> str:
    before = list(Event.objects.values())
    with pytest.raises(NotCarried) as found, transaction.atomic():
        carry_on(source, occurrence(index).pk, groups, now)
    assert list(Event.objects.values()) == before
    return found.value.obstacle


@pytest.mark.parametrize(
    ("fields", "now"), [({"status": "cancelled"}, NOON), ({}, START + 9 * WEEK)]
)
def test_event_that_is_over_or_cancelled_stays(
    first: Event, fields: dict[str, Any], now: datetime
) -> None:
    change(occurrence(2), **fields)
    assert obstacle(occurrence(1), 2, Group.TEXTS, now=now) == "over"


def test_event_does_not_move_into_the_past(first: Event) -> None:
    source = change(occurrence(1), starts_at=occurrence(1).starts_at - 3 * HOUR)
    now = occurrence(2).starts_at - HOUR
    assert obstacle(source, 2, Group.TIME, now=now) == "past"


def test_lottery_is_neither_added_nor_removed_with_people_in(first: Event) -> None:
    register(make_attendee(), occurrence(2))
    source = change(occurrence(1), draw_at=occurrence(1).starts_at - DAY)
    assert obstacle(source, 2, Group.TIME) == "lottery"
    assert carry(source, 3, Group.TIME) == ["draw_at"]


def test_draw_that_was_held_stays(first: Event) -> None:
    held = occurrence(2).starts_at - 2 * DAY
    change(occurrence(2), draw_at=held, drawn_at=held)
    source = change(occurrence(1), draw_at=occurrence(1).starts_at - DAY)
    assert carry(source, 2, Group.TIME) == []
    assert occurrence(2).draw_at == held


def test_draw_does_not_come_into_the_past(first: Event) -> None:
    source = change(occurrence(1), draw_at=occurrence(1).starts_at - DAY)
    now = occurrence(2).starts_at - HOUR
    assert obstacle(source, 2, Group.TIME, now=now) == "draw"


def test_workshop_does_not_come_to_lie_outside(first: Event) -> None:
    source = occurrence(1)
    source.workshops.all().delete()
    change(source, ends_at=source.starts_at + HOUR / 2)
    late = occurrence(2).workshops.get()
    found = carry(source, 2, Group.TIME)
    late.refresh_from_db()
    assert found == ["ends_at"]
    assert late.ends_at == occurrence(2).ends_at


# --- Later events and drafts ---------------------------------------------------------------------


def test_later_events_are_those_that_are_not_over_or_cancelled(first: Event) -> None:
    change(occurrence(2), status="cancelled")
    found = later_events(occurrence(1), NOON)
    assert [event.series_index for event in found] == [3, 4]
    assert later_events(occurrence(1), occurrence(3).ends_at) == [occurrence(4)]
    assert later_events(make_event(), NOON) == []


def test_new_drafts_are_like_the_event_that_leads(clock: time_machine.Traveller) -> None:
    event = make_event(title="Jam", starts_at=START, time_zone="Europe/Berlin")
    series.repeat(event, rule=Rule(START.date(), "weekly"), days_ahead=200)
    source = occurrence(1)
    start = source.starts_at + DAY + HOUR
    source = change(
        source, starts_at=start, ends_at=start + HOUR, title="Sunday jam", status="published"
    )
    lead_on(source, [Group.TEXTS, Group.TIME], NOON)
    before = Event.objects.count()
    clock.shift(2 * WEEK)
    housekeeping.run()
    new = Event.objects.latest("series_index")
    assert (Event.objects.count() - before, new.title) == (2, "Sunday jam")
    local = new.starts_at.astimezone(new.zone)
    assert (local.weekday(), local.hour, new.ends_at - new.starts_at) == (6, 21, HOUR)
    made = Series.objects.get()
    assert (made.title, made.shift_days, made.template) == ("Sunday jam", 1, source)


def test_groups_cover_all_obstacle_free_names() -> None:
    assert {*FIELDS} | {*following.ROWS} == {*Group}
