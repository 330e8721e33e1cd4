"""Let people, organizers, Neos and time do things to an event, in any order.

Hypothesis makes up the order. `tests.model_of_places` says what must come of every step.
"""

from contextlib import ExitStack
from typing import ClassVar

import time_machine
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from events import places
from events.accounts import closing
from events.models import Attendee, Block, Event, Registration, Role
from events.payments.providers import manual
from events.places import NewRole
from tests import model_of_rows as model
from tests.factories import NOON
from tests.stage_of_places import (
    DAY,
    LOCAL,
    NAMES,
    PLACES,
    SLOTS,
    START,
    WORKSHOPS,
    Cast,
    Plan,
    Stage,
    capacities,
    minutes,
    plans,
    prices,
    rolled_back,
)

names = st.sampled_from(NAMES)
anywhere = st.sampled_from(PLACES)
picks = st.integers(0, 11)


class PlacesMachine(RuleBasedStateMachine):
    cast: ClassVar[Cast]
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = self.stack.enter_context(time_machine.travel(NOON, tick=False))
        self.stack.enter_context(rolled_back())

    def teardown(self) -> None:
        self.stack.close()

    @initialize(plan=plans, early=st.lists(names, min_size=3, max_size=5, unique=True))
    def open(self, plan: Plan, early: list[str]) -> None:
        self.stage = Stage(self.cast, self.clock, plan)
        for name in early:
            self.register(name, "event")

    # --- People --------------------------------------------------------------------------------

    @rule(name=names, place=anywhere)
    def register(self, name: str, place: str) -> None:
        user, bookable = self.stage.attendee(name).user, self.stage.bookables[place]
        self.stage.act(
            lambda: places.register(user=user, bookable=bookable),
            lambda model: model.register(name, place),
        )

    @rule(name=names, place=anywhere)
    def register_twice(self, name: str, place: str) -> None:
        user, bookable = self.stage.attendee(name).user, self.stage.bookables[place]

        def really() -> None:
            registration = places.register(user=user, bookable=bookable)
            assert places.register(user=user, bookable=bookable) == registration

        self.stage.act(really, lambda model: model.register(name, place))

    @rule(name=names, place=st.sampled_from(WORKSHOPS))
    def register_for_both(self, name: str, place: str) -> None:
        self.register(name, "event")
        self.register(name, place)

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks)
    def cancel(self, pick: int) -> None:
        number, _registration = self.choose(pick, *model.ACTIVE)
        self.cancel_row(number)

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks, name=names)
    def make_room(self, pick: int, name: str) -> None:
        """Somebody gives up what others wait for, and a newcomer asks for it."""
        number, _registration = self.choose(pick, model.CONFIRMED, model.HELD)
        self.cancel_row(number)
        self.register(name, self.stage.model.rows[number].place)

    @precondition(lambda self: self.stage.model.closed() < 2)
    @rule(name=names, for_good=st.booleans())
    def close_account(self, name: str, for_good: bool) -> None:  # noqa: FBT001 - drawn by name
        close = closing.erase if for_good else closing.deactivate
        self.stage.act(
            lambda: close(self.stage.attendee(name).user),
            lambda model: model.close(name, for_good=for_good),
        )

    # --- Organizers ----------------------------------------------------------------------------

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks)
    def pay(self, pick: int) -> None:
        number, registration = self.choose(pick, model.HELD, model.EXPIRED)
        self.stage.act(
            lambda: manual.mark_paid(registration=registration, by=self.cast.organizer),
            lambda model: model.pay(number),
        )

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks)
    def promote(self, pick: int) -> None:
        number, registration = self.choose(pick, model.WAITING)
        self.stage.act(
            lambda: places.promote(registration=registration, by=self.cast.organizer),
            lambda model: model.promote(number),
        )

    @rule(name=names, place=anywhere)
    def give_role(self, name: str, place: str) -> None:
        """It puts the person's places there outside of the capacity."""
        if self.stage.model.people[name].is_closed:
            return
        person, bookable = self.stage.attendee(name), self.stage.bookables[place]
        new = NewRole("speaker", bookable.workshop, outside_capacity=True)
        self.stage.act(
            lambda: places.give_role(
                event=self.stage.event, attendee=person, new=new, by=self.cast.organizer
            ),
            lambda model: model.give_role(name, place),
        )

    @precondition(lambda self: self.stage.model.outside)
    @rule(pick=picks)
    def take_role(self, pick: int) -> None:
        given = sorted(self.stage.model.outside)
        name, place = given[pick % len(given)]
        workshop = self.stage.bookables[place].workshop
        role = Role.objects.get(attendee=self.cast.attendees[name], workshop=workshop)
        self.stage.act(
            lambda: places.take_role(role=role, by=self.cast.organizer),
            lambda model: model.take_role(name, place),
        )

    @rule(place=anywhere, capacity=capacities)
    def resize(self, place: str, capacity: int | None) -> None:
        self.stage.edit(place, capacity=capacity)

    @rule(place=anywhere, price=prices)
    def reprice(self, place: str, price: int) -> None:
        self.stage.edit(place, price=price)

    @rule(place=st.sampled_from(WORKSHOPS), slot=st.sampled_from(SLOTS))
    def move(self, place: str, slot: tuple[int, int]) -> None:
        starts_at, ends_at = (START + minutes(number) for number in slot)
        self.stage.edit(place, starts_at=starts_at, ends_at=ends_at)

    # --- What keeps people out, and time ---------------------------------------------------------

    @precondition(lambda self: self.stage.model.rows)
    @rule(pick=picks, flag=st.sampled_from(["is_blocked", "is_locked"]))
    def keep_out(self, pick: int, flag: str) -> None:
        """Mostly somebody who waits: for one event or everywhere, or by a lock at Neos."""
        number, _registration = self.choose(pick, model.WAITING)
        event = self.stage.event if pick % 2 else None
        self.keep_out_person(self.stage.model.rows[number].person, flag, event)

    def keep_out_person(self, name: str, flag: str, event: Event | None = None) -> None:
        def really() -> None:
            if flag == "is_blocked":
                Block.objects.get_or_create(neos_id=f"U-{name}", event=event)
            else:
                Attendee.objects.filter(pk=self.cast.attendees[name]).update(neos_locked=True)

        if name != LOCAL:
            self.stage.act(really, lambda model: model.keep_out(name, flag))

    @precondition(lambda self: self.stage.model.kept_out())
    @rule(pick=picks)
    def let_in(self, pick: int) -> None:
        kept_out = self.stage.model.kept_out()
        name, flag = kept_out[pick % len(kept_out)]

        def really() -> None:
            if flag == "is_blocked":
                Block.objects.filter(neos_id=f"U-{name}").delete()
            else:
                Attendee.objects.filter(pk=self.cast.attendees[name]).update(neos_locked=False)
            places.settle_waited_for(attendee=self.stage.attendee(name))

        self.stage.act(really, lambda model: model.let_in(name, flag))

    @rule()
    def sweep(self) -> None:
        """As housekeeping does it until the event is over: only where it finds something due."""

        def really() -> None:
            is_over = timezone.now() >= self.stage.bookables["event"].ends_at
            for event in [self.stage.event] if is_over else places.due_events(timezone.now()):
                places.settle(event=event)

        self.stage.act(really, lambda model: model.settle())

    @precondition(lambda self: self.stage.model.draw_at)
    @rule()
    def draw(self) -> None:
        self.stage.act(
            lambda: places.draw(event=self.stage.event, now=timezone.now()),
            lambda model: model.draw(),
        )

    @precondition(lambda _self: timezone.now() < START + DAY)
    @rule(length=st.sampled_from([1, 31, 6 * 60, 25 * 60]))
    def wait(self, length: int) -> None:
        self.clock.shift(minutes(length))

    @rule()
    def wait_for_what_comes_next(self) -> None:
        self.stage.pass_time_until_next()

    # --- What must be true after every step ----------------------------------------------------

    @invariant()
    def all_is_well(self) -> None:
        rows = self.stage.registrations()
        self.stage.compare(rows)
        self.stage.recount(rows)

    def cancel_row(self, number: int, *, in_full: bool = False) -> None:
        registration = self.stage.registrations()[number]
        self.stage.act(
            lambda: places.cancel(registration=registration, in_full=in_full),
            lambda model: model.cancel(number, in_full=in_full),
        )

    def choose(self, pick: int, *statuses: str) -> tuple[int, Registration]:
        """The number of a row, and the row: mostly one with such a status, if there is any."""
        rows = self.stage.model.rows
        fitting = [number for number, row in enumerate(rows) if row.status in statuses]
        numbers = fitting if fitting and pick % 4 else range(len(rows))
        number = numbers[pick % len(numbers)]
        return number, self.stage.registrations()[number]
