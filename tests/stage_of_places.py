"""One event at the site beside its model: what is done to both, and what must then be the same.

Every example has an event, three workshops and a clock of its own, and is rolled back. Every step
takes at least a second, so that no two things happen at the same instant.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta

import time_machine
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st

from events.access.refusals import DrawNotDue, PlaceRefused, TooLate
from events.audit import audit
from events.models import Attendee, Bookable, Payment, Registration
from events.payments.ledger import NothingToPay, NotTakenBack
from events.payments.refunds import NothingToRefund
from events.payments.totals import totals
from events.places import HasOther, NotMovable, PriceDiffers, event_edits
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_perk,
    make_workshop,
)
from tests.model_of_money import MoneyModel
from tests.model_of_rows import Money, Person, Place, Row
from tests.provider_in_memory import MemoryProvider

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
SEED = "0123456789abcdef" * 4
START = NOON + timedelta(hours=26)
#: Minutes after the start of the event: the first two overlap, the last comes later.
SLOTS = ((0, 60), (30, 90), (120, 180))
WORKSHOPS = ("early", "clashing", "late")
PLACES = ("event", *WORKSHOPS)
PATRON, LOCAL = "dora", "eli"
LINKED = ("ann", "bea", "cleo", PATRON, "fay")
NAMES = (*LINKED, LOCAL)
#: What a step may answer instead of doing anything.
REFUSALS = (
    *(PlaceRefused, TooLate, DrawNotDue, NothingToPay, NothingToRefund, NotTakenBack),
    *(HasOther, NotMovable, PriceDiffers),
)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@dataclass(frozen=True)
class Cast:
    """The people who are there before every example: ids of attendees by name, and an organizer."""

    attendees: dict[str, int]
    organizer: User


def make_cast() -> Cast:
    people = {name: make_attendee(neos_id=f"U-{name}") for name in LINKED}
    Attendee.objects.filter(pk=people[PATRON].pk).update(patreon_cents=1000)
    people[LOCAL] = make_local_attendee()
    return Cast({name: person.pk for name, person in people.items()}, make_organizer())


@dataclass(frozen=True)
class Plan:
    """An event as an organizer plans it: of the tuples the event's own is first."""

    capacities: tuple[int | None, ...]
    prices: tuple[int, ...]
    currency: str
    closes_at: datetime | None
    draw_at: datetime | None
    needs_neos: bool
    has_waitlist: bool
    discount: int
    refund_days: int | None

    def places(self) -> dict[str, dict[str, object]]:
        times = ((0, 240), *SLOTS)
        return {
            name: {
                "capacity": capacity,
                "price": price,
                "starts_at": START + minutes(start),
                "ends_at": START + minutes(end),
                **({"refund_days": self.refund_days} if name == "event" else {}),
            }
            for name, capacity, price, (start, end) in zip(
                PLACES, self.capacities, self.prices, times, strict=True
            )
        }


capacities = st.sampled_from([1, 1, 2, 3, None])
prices = st.sampled_from([0, 500])
policies = st.sampled_from([0, 1, None])
plans = st.builds(
    Plan,
    capacities=st.tuples(*[capacities] * 4),
    prices=st.tuples(prices, *[st.sampled_from([0, 0, 500])] * 3),
    currency=st.sampled_from(["JPY", "EUR"]),
    closes_at=st.sampled_from([None, None, NOON + timedelta(hours=8)]),
    draw_at=st.sampled_from([None, None, NOON + timedelta(hours=6)]),
    needs_neos=st.booleans(),
    has_waitlist=st.sampled_from([True, True, True, False]),
    discount=st.sampled_from([0, 25, 100]),
    refund_days=policies,
)


def make_model(plan: Plan) -> MoneyModel:
    return MoneyModel(
        people={n: Person(has_neos=n != LOCAL, is_patron=n == PATRON) for n in NAMES},
        places={name: Place(**fields) for name, fields in plan.places().items()},  # type: ignore[arg-type]
        now=NOON,
        closes_at=plan.closes_at or START + minutes(240),
        draw_at=plan.draw_at,
        needs_neos=plan.needs_neos,
        has_waitlist=plan.has_waitlist,
        discount=plan.discount,
    )


def make_bookables(plan: Plan) -> dict[str, Bookable]:
    common = {"has_waitlist": plan.has_waitlist}
    own, *others = plan.places().values()
    event = make_event(
        **common | own,
        currency=plan.currency,
        closes_at=plan.closes_at,
        draw_at=plan.draw_at,
        draw_seed=SEED,
        neos_required=plan.needs_neos,
    )
    make_perk(event, discount_percent=plan.discount)
    workshops = [make_workshop(event, **common | fields) for fields in others]
    return dict(zip(PLACES, [event, *workshops], strict=True))


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Stage:
    """The event at the site, and its model."""

    def __init__(self, cast: Cast, clock: time_machine.Traveller, plan: Plan) -> None:
        self.cast, self.clock = cast, clock
        self.provider = MemoryProvider()
        self.model = make_model(plan)
        self.bookables = make_bookables(plan)
        self.event = self.bookables["event"].event
        self.keys = {b.workshop_id: name for name, b in self.bookables.items()}
        self.names = {pk: name for name, pk in cast.attendees.items()}
        self.frozen: dict[int, tuple[object, ...]] = {}

    # --- Doing -------------------------------------------------------------------------------

    def act(self, really: Callable[[], object], supposedly: Callable[[MoneyModel], bool]) -> None:
        """Do it at the site and in the model, which have to agree whether it may be done."""
        self.clock.shift(SECOND)
        trial = deepcopy(self.model)
        trial.now = timezone.now()
        refusal = None
        try:
            really()
        except REFUSALS as error:
            refusal = error
        assert supposedly(trial) == (refusal is None), f"refusal: {refusal!r}"
        if refusal is None:
            self.model = trial

    def edit(self, place: str, **values: object) -> None:
        """As the form of the admin does it."""

        def really() -> None:
            with transaction.atomic():
                before = event_edits.begin(self.event.pk)
                bookable = self.bookables[place]
                type(bookable).objects.filter(pk=bookable.pk).update(**values)
                event_edits.follow_up(before)

        self.act(really, lambda model: model.edit(place, **values))

    def pass_time_until_next(self) -> None:
        """The step after this one happens at the very instant of a deadline, a draw or an end."""
        model, now = self.model, timezone.now()
        instants = [model.closes_at, model.draw_at, *(row.until for row in model.rows)]
        for place in model.places.values():
            instants += [place.starts_at, place.ends_at]
        if coming := [at for at in instants if at is not None and at - SECOND > now]:
            self.clock.move_to(min(coming) - SECOND)

    # --- Looking -----------------------------------------------------------------------------

    def attendee(self, name: str) -> Attendee:
        return Attendee.objects.select_related("user").get(pk=self.cast.attendees[name])

    def registrations(self) -> list[Registration]:
        """As they are numbered in the model."""
        return list(Registration.objects.filter(event=self.event).order_by("pk"))

    def compare(self, rows: list[Registration]) -> None:
        """Status, amount, deadline and payments of everybody, and the order of every line."""
        for row, registration in zip(self.model.rows, rows, strict=False):
            code = f"{SEED}{registration.code}".encode()
            row.key = hashlib.sha256(code).hexdigest()
        assert self._rows(rows) == [_row(row) for row in self.model.rows]
        numbers = {id(row): number for number, row in enumerate(self.model.rows)}
        lines = {
            place: [numbers[id(row)] for row in line]
            for place, line in self.model.lines.items()
            if line
        }
        assert self._lines(rows) == lines

    def _rows(self, rows: list[Registration]) -> list[tuple[object, ...]]:
        payments = defaultdict(list)
        for payment in self.payments():
            payments[payment.registration_id].append(_seen(payment))
        return [
            (
                self.names[r.attendee_id],
                self.keys[r.workshop_id],
                r.status,
                r.amount,
                r.hold_until,
                r.refund_until if r.amount else None,
                payments[r.pk],
            )
            for r in rows
        ]

    def payments(self) -> list[Payment]:
        q = Payment.objects.filter(registration__event=self.event).order_by("registration", "pk")
        return list(q.select_related("registration__event").prefetch_related("refunds"))

    def _lines(self, rows: list[Registration]) -> dict[str, list[int]]:
        numbers = {registration.pk: number for number, registration in enumerate(rows)}
        lines = defaultdict(list)
        for pk, workshop in (
            Registration.objects.waiting().filter(event=self.event).values_list("pk", "workshop")
        ):
            lines[self.keys[workshop]].append(numbers[pk])
        return dict(lines)

    def recount(self, rows: list[Registration]) -> None:
        """Check without the model: audit, no place over the capacity, frozen terms."""
        event = type(self.event).objects.get(pk=self.event.pk)
        found = [mismatch.text for mismatch in audit(event, timezone.now())]
        gone = [text for text in found if text.startswith("its money is gone")]
        assert (found, len(gone)) == (gone, self.model.undecided())
        if self.model.payments():
            self.model.now = timezone.now()
            (sums,) = totals(event)
            shown = (sums.due, sums.paid, sums.to_refund, sums.refunded, sums.disputed)
            assert shown == tuple(self.model.sums().values())
        taken = [r for r in rows if r.taken_at is not None]
        for registration in taken:
            r = registration
            terms = (r.amount, r.currency, r.perk_label)
            assert self.frozen.setdefault(registration.pk, terms) == terms
        now = timezone.now()
        counting = [r for r in taken if not r.outside_capacity]
        on_top = {r.workshop_id for r in counting if r.taken_at == now and "full" in r.overruled}
        for workshop in {r.workshop_id for r in counting if r.taken_at == now} - on_top:
            bookable = self.bookables[self.keys[workshop]]
            bookable.refresh_from_db(fields=["capacity", "capacity_lowered_at"])
            taking = [r for r in counting if r.workshop_id == workshop and r.has_place(now)]
            is_lowered_now = bookable.capacity_lowered_at == now  # a role was taken away
            is_unlimited = bookable.capacity is None or is_lowered_now
            assert is_unlimited or len(taking) <= (bookable.capacity or 0)


def _row(row: Row) -> tuple[object, ...]:
    payments = [_supposed(money) for money in row.payments]
    deadlines = row.until, row.refund_until if row.amount else None
    return (row.person, row.place, row.status, row.amount, *deadlines, payments)


def _seen(payment: Payment) -> tuple[object, ...]:
    refunds = [r.status for r in sorted(payment.refunds.all(), key=lambda r: r.pk)]
    return (payment.provider, payment.amount, payment.status, payment.problem, refunds)


def _supposed(money: Money) -> tuple[object, ...]:
    attempts = [attempt.status for attempt in money.attempts]
    return (money.provider, money.amount, money.status, money.problem, attempts)
