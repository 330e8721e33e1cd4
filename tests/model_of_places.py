"""A second, naive account of who has which place: lists in memory, that the site is held against.

Written from the rules in `docs/design.md`, without the database and without the code under test. A
method for something that may be refused returns whether it was done; the caller forgets a model
that refused.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.model_of_rows import (
    ACTIVE,
    CANCELLED,
    CONFIRMED,
    EXPIRED,
    HELD,
    WAITING,
    Person,
    Place,
    Row,
)

HOLD, LONG_HOLD = timedelta(minutes=30), timedelta(hours=24)
#: How long people may give up a place that was moved, for all their money.
DECIDE = timedelta(days=3)


@dataclass
class Model:
    """`places` has the event first. `rows` are in the order in which people signed up."""

    people: dict[str, Person]
    places: dict[str, Place]
    now: datetime
    closes_at: datetime
    draw_at: datetime | None
    needs_neos: bool
    has_waitlist: bool
    discount: int
    is_drawn: bool = False
    drawn_at: datetime | None = None
    rows: list[Row] = field(default_factory=list)
    lines: dict[str, list[Row]] = field(default_factory=dict)
    #: Who has a role that puts their place outside of the capacity, and where.
    outside: set[tuple[str, str]] = field(default_factory=set)

    # --- What people and organizers do ---------------------------------------------------------

    def register(self, person: str, place: str) -> bool:
        self.settle()
        if self.has_active(person, place):
            return True
        if self.is_closed(place) or not self.may_have(person, place):
            return False
        walks_in = self.has_room(place) and not self.is_undrawn(place)
        walks_in |= self.is_outside(person, place)
        if not (walks_in or self.has_waitlist or self.is_undrawn(place)):
            return False
        row = Row(person, place)
        self.rows.append(row)
        if walks_in:
            self.take(row, HOLD)
        else:
            self.line(place).append(row)
        return True

    def cancel(self, number: int, *, in_full: bool = False) -> bool:
        row = self.rows[number]
        if row.status not in ACTIVE:
            return True
        if self.now >= self.places[row.place].ends_at:
            return False
        for other in self.rows:
            falls = other.person == row.person and row.place == self.event
            if other is row or (falls and other.status in ACTIVE):
                self.end(other, CANCELLED, in_full=in_full)
        self.settle()
        return True

    def close(self, person: str, *, for_good: bool) -> bool:
        self.people[person].is_closed = True
        self.people[person].has_neos &= not for_good
        if for_good:
            self.outside = {role for role in self.outside if role[0] != person}
        held = [row for row in self.rows if row.person == person and row.status in ACTIVE]
        if held and self.now < self.places[self.event].ends_at:
            for row in held:
                self.end(row, CANCELLED, in_full=not for_good)
            self.settle()
        return True

    def confirm(self, row: Row) -> str:
        """Exactly the amount has come: the row is confirmed, or stays for the reason returned."""
        obstacle = self.obstacle(row)
        if not obstacle:
            row.status = CONFIRMED
        return obstacle

    def obstacle(self, row: Row) -> str:
        """The first reason why its money cannot be kept; "" if it can."""
        if self.is_cancelled:
            return "event_cancelled"
        if row in self.line(row.place):
            return "refused"  # it is not their turn
        if self.counts(row):
            return "" if row.status == HELD else "twice"
        if row.status == CANCELLED:
            return "cancelled"
        self.settle()
        is_over = self.now >= self.places[row.place].ends_at
        has_room = self.has_room(row.place) or self.is_outside(row.person, row.place)
        if is_over or self.has_active(row.person, row.place) or not has_room:
            return "late"
        return "" if self.may_have(row.person, row.place) else "refused"

    def promote(self, number: int) -> bool:
        self.settle()
        row = self.rows[number]
        if row.status != WAITING or row.is_promoted:
            return True
        is_over = self.now >= self.places[row.place].ends_at
        if is_over or not self.may_have(row.person, row.place):
            return False
        self.line(row.place).remove(row)
        row.is_promoted = True
        before = [r for r in self.rows[:number] if r.is_promoted and r in self.line(row.place)]
        self.line(row.place).insert(len(before), row)
        self.fill()
        return True

    def draw(self) -> bool:
        if self.is_drawn:
            return True
        if self.draw_at is None or self.now < self.draw_at or self.is_cancelled:
            return False
        self.hold_draw()
        self.fill()
        return True

    def edit(self, place: str, **values: object) -> bool:
        for name, value in values.items():
            setattr(self.places[place], name, value)
        if "starts_at" in values:
            self.follow_move(place)
        for row in self.rows if self.is_cancelled else ():
            if row.status in ACTIVE:
                self.owe_back(row, "event_cancelled")
        self.settle()
        return True

    def follow_move(self, place: str) -> None:
        """Deadlines of paid places go along with the start; no promise ends earlier than before."""
        starts_at = self.places[place].starts_at
        for row in self.rows:
            if row.place != place or row.status not in (HELD, CONFIRMED) or not row.amount:
                continue
            promises = [min(self.now + DECIDE, starts_at)] if starts_at > self.now else []
            if row.refund_until is not None:
                promises.append(row.refund_until)
                promises.append(starts_at - timedelta(days=row.refund_days or 0))
            row.refund_until = max(promises, default=None)
            if row.status == HELD and row.until and row.taken_at and row.until > self.now:
                in_full = max(row.until, row.taken_at + row.hold)
                row.until = min(in_full, self.end_of_holds(place))

    def give_role(self, person: str, place: str) -> bool:
        self.settle()
        self.outside.add((person, place))
        return self.settle()

    def take_role(self, person: str, place: str) -> bool:
        """Who has a place keeps it, and it counts."""
        self.settle()
        self.outside.discard((person, place))
        return self.settle()

    def keep_out(self, person: str, flag: str) -> bool:
        setattr(self.people[person], flag, True)
        return True

    def let_in(self, person: str, flag: str) -> bool:
        """Nothing is in the person's way any more, if it was blocked or locked."""
        setattr(self.people[person], flag, False)
        is_waiting = any((row.person, row.status) == (person, WAITING) for row in self.rows)
        if is_waiting and self.now < self.places[self.event].ends_at:
            self.settle()
        return True

    # --- What follows from it ------------------------------------------------------------------

    def settle(self) -> bool:
        for row in () if self.is_cancelled else self.rows:
            if row.status == HELD and row.until is not None and row.until <= self.now:
                self.end(row, EXPIRED)
        is_due = self.draw_at is not None and self.draw_at <= self.now
        if self.is_undrawn(self.event) and is_due and not self.is_cancelled:
            self.hold_draw()
        self.fill()
        return True

    def hold_draw(self) -> None:
        line = self.line(self.event)
        promoted = [row for row in line if row.is_promoted]
        drawn = [row for row in line if not row.is_promoted]
        line[:] = promoted + sorted(drawn, key=lambda row: row.key)
        self.is_drawn = True
        self.drawn_at = self.now

    def fill(self) -> None:
        for place in () if self.is_cancelled else self.places:
            is_over = self.now >= self.places[place].ends_at
            for row in () if is_over else list(self.line(place)):
                if self.is_outside(row.person, place) and self.may_have(row.person, place):
                    self.take(row, LONG_HOLD)
            for row in list(self.line(place)):
                if is_over or not (row.is_promoted or self.is_for_all(place)):
                    break
                if self.has_room(place) and self.may_have(row.person, place):
                    self.take(row, LONG_HOLD)

    def is_for_all(self, place: str) -> bool:
        """Before a draw, and once it is closed and has started, only the promoted move up; a late
        draw is for all.
        """
        is_just_drawn = place == self.event and self.drawn_at == self.now
        is_early = not self.is_closed(place) or self.now < self.places[place].starts_at
        return not self.is_undrawn(place) and (is_just_drawn or is_early)

    def take(self, row: Row, hold: timedelta) -> None:
        if row in self.line(row.place):
            self.line(row.place).remove(row)
        row.amount = self.price(row.person, row.place)
        if row.amount == 0:
            row.status = CONFIRMED
            return
        days = self.places[self.event].refund_days
        if days is not None:
            row.refund_until = self.places[row.place].starts_at - timedelta(days=days)
        row.refund_days, row.taken_at, row.hold = days, self.now, hold
        row.status, row.until = HELD, min(self.now + hold, self.end_of_holds(row.place))

    def price(self, person: str, place: str) -> int:
        price = self.places[place].price
        is_cheaper = self.people[person].is_patron
        return price * (100 - self.discount) // 100 if is_cheaper else price

    def end_of_holds(self, name: str) -> datetime:
        place = self.places[name]
        if self.now >= place.starts_at:
            return place.ends_at
        return min(place.ends_at, max(place.starts_at, self.now + HOLD))

    def end(self, row: Row, status: str, *, in_full: bool = True) -> None:
        if row in self.line(row.place):
            self.line(row.place).remove(row)
        row.status = status
        if in_full or (row.refund_until is not None and self.now < row.refund_until):
            self.owe_back(row, "cancelled")

    def owe_back(self, row: Row, problem: str) -> None:
        for money in row.payments:
            if money.status == "paid":
                money.status, money.problem = "refund_due", problem

    # --- Questions -----------------------------------------------------------------------------

    def closed(self) -> int:
        return sum(person.is_closed for person in self.people.values())

    def kept_out(self) -> list[tuple[str, str]]:
        """Return who is kept out, with the name of what it is."""
        flags = ("is_blocked", "is_locked")
        return [(n, flag) for n, p in self.people.items() for flag in flags if getattr(p, flag)]

    @property
    def event(self) -> str:
        return next(iter(self.places))

    @property
    def is_cancelled(self) -> bool:
        return self.places[self.event].status == "cancelled"

    def line(self, place: str) -> list[Row]:
        return self.lines.setdefault(place, [])

    def is_closed(self, place: str) -> bool:
        return self.now >= min(self.closes_at, self.places[place].ends_at)

    def is_undrawn(self, place: str) -> bool:
        return place == self.event and self.draw_at is not None and not self.is_drawn

    def counts(self, row: Row) -> bool:
        """Return whether the person still has this: a hold counts until its deadline."""
        if row.status == HELD and row.until is not None:
            return self.now < row.until
        return row.status in ACTIVE

    def is_outside(self, person: str, place: str) -> bool:
        """A role at a workshop counts for the event, too."""
        places = {where for who, where in self.outside if who == person}
        return bool(places) if place == self.event else place in places

    def has_active(self, person: str, place: str) -> bool:
        return any(
            (row.person, row.place) == (person, place) and self.counts(row) for row in self.rows
        )

    def has_room(self, place: str) -> bool:
        capacity = self.places[place].capacity
        rows = [r for r in self.rows if r.place == place and r.status != WAITING]
        rows = [r for r in rows if not self.is_outside(r.person, place)]
        return capacity is None or sum(map(self.counts, rows)) < capacity

    def may_have(self, name: str, place: str, *, without: Row | None = None) -> bool:
        """`without` is a row that the person leaves for it."""
        person = self.people[name]
        if self.is_cancelled or person.is_closed or person.is_blocked:
            return False
        if self.is_gated(place) and (person.is_locked or not person.has_neos):
            return False
        mine = [row for row in self.rows if row.person == name and self.counts(row)]
        mine = [row for row in mine if row is not without]
        is_in = any((row.place, row.status) == (self.event, CONFIRMED) for row in mine)
        others = [row.place for row in mine if row.place not in (self.event, place)]
        clashes = any(self.overlap(place, other) for other in others)
        return place == self.event or (is_in and not clashes)

    def is_gated(self, place: str) -> bool:
        return self.needs_neos or self.places[self.event].price > 0 or self.places[place].price > 0

    def overlap(self, one: str, other: str) -> bool:
        a, b = self.places[one], self.places[other]
        return max(a.starts_at, b.starts_at) < min(a.ends_at, b.ends_at)
