"""One process of a race; the guards named as arguments are taken away in it.

It reads orders from standard input, two lines for each: what to do, which it gets ready for as a
page does that was loaded before the button is pressed; and the instant at which to do it. What
became of it is one line on standard output, errors too.
"""

import json
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from social_core.exceptions import AuthPolicyError

from events import housekeeping, places
from events.access.refusals import PlaceRefused
from events.accounts import attendees, closing, neos
from events.messages import delivery
from events.models import (
    Attendee,
    Bookable,
    Event,
    Notice,
    Notification,
    Payment,
    Refund,
    Registration,
    Workshop,
)
from events.payments import ledger, refunds, webhooks
from events.payments.providers import manual
from events.payments.providers.base import Provider, Told
from events.places import event_edits
from tests import place_modules, platform
from tests.provider_in_memory import MemoryProvider
from tests.racing import MET

Action = Callable[[], object]
ERROR = "error"  # what no visitor may see

# --- What a racer can do -----------------------------------------------------------------------


def register(*, user: int, event: int, workshop: int | None = None, times: int = 1) -> Action:
    person = User.objects.get(pk=user)
    bookable: Bookable = Event.objects.get(pk=event)
    if workshop is not None:
        bookable = Workshop.objects.select_related("event").get(pk=workshop)
    return lambda: [_register(person, bookable) for _ in range(times)][-1]


def register_at_each(*, user: int, events: list[int]) -> Action:
    person = User.objects.get(pk=user)
    found = Event.objects.in_bulk(events)
    return lambda: [_register(person, found[pk]) for pk in events]


def _register(person: User, bookable: Bookable) -> str:
    return places.register(user=person, bookable=bookable).status


def cancel(*, registration: int) -> Action:
    loaded = _load(registration)
    return lambda: places.cancel(registration=loaded, in_full=False).status


def promote(*, registration: int, by: int) -> Action:
    loaded, organizer = _load(registration), User.objects.get(pk=by)
    return lambda: places.promote(registration=loaded, by=organizer).status


def mark_paid(*, registration: int, by: int, reference: str = "") -> Action:
    loaded, organizer = _load(registration), User.objects.get(pk=by)
    return lambda: manual.mark_paid(registration=loaded, by=organizer, reference=reference).status


def hear(*, payment: int, external_id: str) -> Action:
    """A notice of the provider's that the money is there."""
    paid = Payment.objects.get(pk=payment)
    told = Told(
        external_id,
        Notice.Kind.PAID,
        reference=paid.reference,
        key=paid.key,
        amount=paid.amount,
        currency=paid.currency,
    )
    return lambda: webhooks.take(provider=paid.provider, told=told).outcome


def open_account(*, user: int) -> Action:
    """As the account page does it."""
    person = User.objects.get(pk=user)
    return lambda: attendees.attendee_of(person).user_id


def give_back() -> Action:
    """The keys with which the provider was asked."""
    provider = MemoryProvider()

    def run() -> list[str]:
        refunds.run(provider)
        return list(provider.given)

    return run


def _load(pk: int) -> Registration:
    q = Registration.objects.select_related("attendee__user", "event", "workshop__event")
    return q.get(pk=pk)


def fill(*, event: int) -> Action:
    loaded = Event.objects.get(pk=event)
    return lambda: places.settle(event=loaded)


def keep_house() -> Action:
    return lambda: housekeeping.run().mail.sent


def set_capacity(*, event: int, capacity: int) -> Action:
    """As the admin does it: read, write and follow up in one transaction."""

    def write() -> int:
        with transaction.atomic():
            before = event_edits.begin(event)
            Event.objects.filter(pk=event).update(capacity=capacity)
            return event_edits.follow_up(before).moved_up

    return write


def deactivate(*, user: int) -> Action:
    person = User.objects.get(pk=user)
    return lambda: closing.deactivate(person)


def erase(*, user: int) -> Action:
    person = User.objects.get(pk=user)
    return lambda: closing.erase(person)


class Neos:
    """All of the backend that unlinking asks for."""

    name = platform.KEY


def unlink(*, user: int) -> Action:
    person = User.objects.get(pk=user)

    def run() -> str:
        try:
            neos.unlink(Neos(), person)  # type: ignore[arg-type] - only the name is used
        except AuthPolicyError as refused:
            return f"refused {refused.code}"
        return "unlinked"

    return run


ACTIONS: dict[str, Callable[..., Action]] = {
    action.__name__: action
    for action in (
        register,
        register_at_each,
        cancel,
        promote,
        mark_paid,
        hear,
        open_account,
        give_back,
        fill,
        keep_house,
        set_capacity,
        deactivate,
        erase,
        unlink,
    )
}

# --- Guards, and life without them -------------------------------------------------------------

#: Where this process is to meet the others in the present race; nowhere once it has.
meeting_points: set[str] = set()


def meet(point: str = "") -> None:
    """Wait, once in each race, until all the others have come as far, or can come no further.

    It stands where the guard would have kept the others out: after a decision, before it is
    written. See `tests.racing.UnguardedRacers`.
    """
    if point in meeting_points or (meeting_points and not point):
        meeting_points.clear()
        say(MET)
        sys.stdin.readline()


def drop_places() -> None:
    """No lock, no compare-and-set, SQLite starting as a reader."""
    place_modules.lock.lock = lambda pk: Event.objects.get(pk=pk)
    place_modules.register._locked_attendee = _read_attendee
    place_modules.confirm._locked_person = _read_person
    for name in ("end", "confirm", "promote"):
        getattr(place_modules, name).change = change_carelessly
    delivery._claim = read_and_claim
    refunds.attempt = attempt_unclaimed
    ledger._problem = meet_before_judging
    connection.execute_wrappers.append(meet_before_writing)
    if connection.vendor == "sqlite":  # which reads this when the connection is opened
        settings.DATABASES["default"]["OPTIONS"]["transaction_mode"] = "DEFERRED"


def _read_attendee(user: User, event: Event) -> Attendee:
    found = Attendee.objects.facing(event).select_related("user").filter(user=user)
    if not found.exists():
        Attendee.objects.create(user=user)
    return found.get()


def _read_person(registration: Registration, event: Event) -> Attendee:
    """Meet in the rounds that meet before a registration is made: none is, once money came late."""
    person = Attendee.objects.facing(event).select_related("user").get(pk=registration.attendee_id)
    meet("insert")
    return person


def change_carelessly(registration: Registration, **values: object) -> bool:
    Registration.objects.filter(pk=registration.pk).update(**values)
    for name, value in values.items():
        setattr(registration, name, value)
    return True


def read_and_claim(pk: int) -> bool:
    if not Notification.objects.queued().filter(pk=pk).exists():
        return False
    meet()
    claim = {"state": "sending", "sent_at": None}
    Notification.objects.filter(pk=pk).update(**claim, tries=F("tries") + 1)
    return True


def attempt_unclaimed(provider: Provider, refund: Refund) -> Refund.Status:
    meet()
    return refunds.record_outcome(refund, provider.refund(refund))


judge = ledger._problem


def meet_before_judging(payment: Payment, amount: int, currency: str) -> Payment.Problem | None:
    meet("read")
    return judge(payment, amount, currency)


def meet_before_writing(execute: Any, sql: str, *arguments: Any) -> Any:
    """Meet before these rows: they store what is decided under the event's lock."""
    if sql.startswith(('INSERT INTO "events_registration"', 'INSERT INTO "events_attendee"')):
        meet("insert")
    elif sql.startswith('UPDATE "events_registration"'):
        meet("update")
    return execute(sql, *arguments)


def drop_order() -> None:
    """Locks that keep out more than they need to."""
    place_modules.register._locked_attendee = _lock_attendee_fully


def _lock_attendee_fully(user: User, event: Event) -> Attendee:
    q = Attendee.objects.facing(event).select_related("user")
    locked = q.select_for_update(of=("self",)).get(user=user)
    meet()
    return locked


def drop_notes() -> None:
    """Note the result of a delivery with `save()`, which inserts the row if somebody deleted it."""
    delivery._note_sent = save_as_sent


def save_as_sent(notification: Notification) -> None:
    meet()
    notification.state, notification.sent_at = Notification.State.SENT, timezone.now()
    notification.save()


GUARDS = {"places": drop_places, "order": drop_order, "notes": drop_notes}

# --- The race ----------------------------------------------------------------------------------


def act(action: Action, at: float) -> object:
    while (left := at - time.monotonic()) > 0:
        time.sleep(left)
    try:
        return action()
    except (PlaceRefused, manual.ReferenceUsed) as refused:
        return f"refused {refused}"
    except Exception as error:  # noqa: BLE001 - whatever it is, the test has to see it
        return f"{ERROR} {type(error).__name__}: {error}"


def say(line: object) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def main() -> None:
    for name in sys.argv[1:]:
        GUARDS[name]()
    say("started")
    while order := sys.stdin.readline():
        name, values = json.loads(order)
        action = partial(act, ACTIONS[name](**values))
        say("ready")
        begin, *points = sys.stdin.readline().split()
        meeting_points.clear()
        meeting_points.update(points)
        say(action(float(begin)))
