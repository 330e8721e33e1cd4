"""A series goes on while its events are moved, deleted, edited and signed up for, in any order."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from events import series
from events.audit import audit
from events.models import Event, Series
from events.places import event_edits
from events.series import drafts
from events.series.drafts import following
from events.series.following import Group, carry_on, lead_on
from tests.factories import make_attendee, make_event
from tests.lines import register
from tests.stage_of_places import rolled_back

pytestmark = pytest.mark.django_db

DAY, WEEK, AHEAD = timedelta(days=1), timedelta(weeks=1), timedelta(days=24)
FIRST = datetime(2030, 10, 5, 18, tzinfo=UTC)  # 20:00 in Berlin
WINTER = datetime(2030, 10, 27, tzinfo=UTC)  # from then on 20:00 is 19:00 UTC
picks = st.integers(0, 50)


def start_of(index: int) -> datetime:
    start = FIRST + index * WEEK
    return start if start < WINTER else start + timedelta(hours=1)


class SeriesMachine(RuleBasedStateMachine):
    """`made` has the start and the capacity of each event that there is, by its number."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        begin = FIRST - 3 * DAY
        self.clock = self.stack.enter_context(time_machine.travel(begin, tick=False))
        self.stack.enter_context(rolled_back())
        self.made: dict[int, tuple[datetime, int]] = {}
        self.next, self.is_stopped, self.template = 0, False, 0

    def teardown(self) -> None:
        self.stack.close()

    @initialize()
    def open(self) -> None:
        event = make_event(
            slug="jam", starts_at=FIRST, time_zone="Europe/Berlin", capacity=3, status="draft"
        )
        rule = series.Rule(FIRST.date(), "weekly")
        self.series = series.repeat(event, rule=rule, days_ahead=AHEAD.days)
        self.made, self.next = {0: (FIRST, 3)}, 1
        self.make()

    def make(self) -> None:
        """Make in the model what is due by now. If the template is gone, it is the last one."""
        while start_of(self.next) - AHEAD <= timezone.now():
            like = self.template if self.template in self.made else max(self.made)
            if start_of(self.next) > timezone.now():
                self.made[self.next] = (start_of(self.next), self.made[like][1])
            self.next += 1

    def pick(self, number: int) -> tuple[int, Event]:
        index = sorted(self.made)[number % len(self.made)]
        return index, Event.objects.get(series=self.series, series_index=index)

    # --- What happens --------------------------------------------------------------------------

    @rule(days=st.integers(1, 12))
    def pass_time(self, days: int) -> None:
        self.clock.shift(days * DAY)

    @rule(times=st.integers(1, 2))
    def keep_house(self, times: int) -> None:
        for _ in range(times):
            for one in series.due(timezone.now()):
                series.make_ahead(one, timezone.now())
        if not self.is_stopped:
            self.make()

    @rule()
    def stop(self) -> None:
        series.stop(self.series)
        self.is_stopped = True

    @rule()
    def go_on(self) -> None:
        series.go_on(self.series)
        self.is_stopped = False
        self.make()

    @rule(number=picks)
    def delete(self, number: int) -> None:
        """One that was deleted does not come again; people who signed up keep theirs."""
        index, event = self.pick(number)
        if len(self.made) > 1 and not event.registrations.exists():
            event.delete()
            del self.made[index]

    @rule(number=picks, hours=st.integers(-30, 30))
    def move(self, number: int, hours: int) -> None:
        index, event = self.pick(number)
        start = event.starts_at + timedelta(hours=hours)
        with transaction.atomic():
            before = event_edits.begin(event.pk)
            ends_at = start + timedelta(hours=2)
            Event.objects.filter(pk=event.pk).update(starts_at=start, ends_at=ends_at)
            event_edits.follow_up(before)
        self.made[index] = (start, self.made[index][1])

    @rule(number=picks)
    def sign_up(self, number: int) -> None:
        """Somebody takes a place at an event that is published for it."""
        _index, event = self.pick(number)
        if not event.has_ended(timezone.now()):
            Event.objects.filter(pk=event.pk).update(status="published")
            register(make_attendee(), Event.objects.get(pk=event.pk))

    @rule(number=picks, capacity=st.integers(1, 5))
    def edit_following(self, number: int, capacity: int) -> None:
        """The number of places goes along to all later ones that are not over, and to new ones."""
        index, event = self.pick(number)
        later = following(event, timezone.now())
        Event.objects.filter(pk=event.pk).update(capacity=capacity)
        source = Event.objects.select_related("series").get(pk=event.pk)
        for each in later:
            with transaction.atomic():
                carry_on(source, each.pk, [Group.PLACES], timezone.now())
        lead_on(source, [Group.PLACES], timezone.now())
        self.template = index
        for each in {index, *(each.series_index for each in later)}:
            self.made[each] = (self.made[each][0], capacity)

    # --- What must be true ---------------------------------------------------------------------

    @invariant()
    def events_are_as_expected(self) -> None:
        rows = Event.objects.filter(series=self.series).values_list("series_index", "starts_at")
        assert dict(rows) == {index: start for index, (start, _n) in self.made.items()}
        places = dict(Event.objects.values_list("series_index", "capacity"))
        assert places == {index: n for index, (_start, n) in self.made.items()}
        assert Series.objects.get().next_index == self.next

    @invariant()
    def nothing_is_wrong_with_places(self) -> None:
        found = [m for event in Event.objects.all() for m in audit(event, timezone.now())]
        assert [m.text for m in found if "capacity" not in m.text] == []


def run(*phases: Phase, examples: int = 5) -> None:
    budget = settings(
        max_examples=examples,
        stateful_step_count=16,
        deadline=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(SeriesMachine, settings=budget)  # type: ignore[no-untyped-call]


def test_series_is_right_in_any_order() -> None:
    run(*Phase)


def test_machine_notices_events_that_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: the cursor stays, so a deleted event is made once more."""
    ahead = drafts._ahead

    def from_the_beginning(one: Series):  # type: ignore[no-untyped-def]
        there = set(one.events.values_list("series_index", flat=True))
        one.next_index = 1
        return ((index, local) for index, local in ahead(one) if index not in there)

    monkeypatch.setattr(drafts, "_ahead", from_the_beginning)
    with pytest.raises(AssertionError):
        run(Phase.generate, examples=60)
