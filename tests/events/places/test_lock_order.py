"""An organizer acts on their own registration while a superuser erases them: nobody deadlocks."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection, connections, transaction

from events import places
from events.models import Attendee, Block, Event, FormerNeosId, Registration
from events.payments import ledger, refunds
from events.payments.providers import manual
from tests.factories import make_attendee, make_event, make_organizer
from tests.lines import register, status
from tests.place_modules import lock
from tests.place_modules import register as newcomers
from tests.unreliable import wait_for_waiting

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor == 'sqlite'", reason="SQLite locks the whole file"),
]


def promote(mine: Registration, user: User) -> None:
    places.promote(registration=mine, by=user)


def let_in(mine: Registration, user: User) -> None:
    act = places.Act(user, "", frozenset(places.Overruled))
    places.let_in(attendee=mine.attendee, bookable=mine.event, act=act)


def mark_paid(mine: Registration, user: User) -> None:
    manual.mark_paid(registration=mine, by=user)


def take_back(mine: Registration, user: User) -> None:
    ledger.take_back(payment=mine.payments.get(), by=user, reason="mistake")


def give_back(mine: Registration, user: User) -> None:
    refunds.record_given_back(payment=mine.payments.get(), by=user)


def state(mine: Registration) -> tuple[str, list[str]]:
    return status(mine), list(mine.payments.values_list("status", flat=True))


def waiting(organizer: User) -> Registration:
    event = make_event(capacity=0)
    mine = register(make_attendee(user=organizer), event)
    type(event).objects.update(capacity=1)
    return mine


def waiting_in_vain(organizer: User) -> Registration:
    return register(make_attendee(user=organizer), make_event(capacity=0))


def held(organizer: User) -> Registration:
    return register(make_attendee(user=organizer), make_event(price=500))


def paid(organizer: User) -> Registration:
    mine = held(organizer)
    manual.mark_paid(registration=mine, by=make_organizer())
    return mine


def cancelled(organizer: User) -> Registration:
    mine = paid(organizer)
    places.cancel(registration=mine, in_full=True)
    return mine


#: The first three write down the name after the message; the others before it.
ACTS = [
    *((promote, waiting), (let_in, waiting_in_vain), (mark_paid, held)),
    *((take_back, paid), (give_back, cancelled)),
]


def act_while_erased(act: Callable[..., None], mine: Registration, user: User) -> list[Exception]:
    """As erasing does, lock the attendee, then change the name of the user. Return the errors."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            act(mine, user)
        except OperationalError as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    try:
        with transaction.atomic():
            attendee = Attendee.objects.select_for_update().get(user=user)
            attendee.save()
            thread.start()
            wait_for_waiting(1)
            User.objects.filter(pk=user.pk).update(username=f"gone-{user.pk}")
    except OperationalError as error:
        errors.append(error)
    thread.join()
    return errors


@pytest.mark.parametrize(("act", "make"), ACTS, ids=[a.__name__ for a, _ in ACTS])
def test_own_registration_is_acted_on_while_the_person_is_erased_p(
    act: Callable[..., None], make: Callable[[User], Registration]
) -> None:
    organizer = make_organizer()
    mine = make(organizer)
    before = state(mine)
    assert act_while_erased(act, mine, organizer) == []
    assert state(mine) != before


@pytest.mark.parametrize(("act", "make"), ACTS[3:], ids=[a.__name__ for a, _ in ACTS[3:]])
def test_without_the_lock_of_the_person_they_deadlock_p(
    monkeypatch: pytest.MonkeyPatch,
    act: Callable[..., None],
    make: Callable[[User], Registration],
) -> None:
    """The control."""
    organizer = make_organizer()
    mine = make(organizer)

    def look_at_nobody(_user: Any) -> None:
        return

    monkeypatch.setattr(lock, "lock_person", look_at_nobody)
    assert [type(error) for error in act_while_erased(act, mine, organizer)] == [OperationalError]
    assert connection.is_usable()


# --- Rows that refer to a locked one -------------------------------------------------------------


def lock_event(event: Event, _user: User) -> None:
    lock.lock(event.pk)


def lock_person(_event: Event, user: User) -> None:
    lock.lock_person(user)


def lock_newcomer(event: Event, user: User) -> None:
    newcomers._locked_attendee(user, event)


def refer_to(event: Event, user: User) -> list[Exception]:
    """From another connection, write rows with foreign keys to both. Return the errors."""
    errors: list[Exception] = []

    def run() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
                Block.objects.create(neos_id="U-somebody", event=event)
                FormerNeosId.objects.create(neos_id="U-before", attendee=user.attendee)
        except OperationalError as error:
            errors.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return errors


@pytest.mark.parametrize("hold", [lock_event, lock_person, lock_newcomer])
def test_row_that_refers_to_a_locked_one_does_not_wait(
    hold: Callable[[Event, User], None],
) -> None:
    """Filling one event writes messages to people who register for another at that moment."""
    event, user = make_event(), make_attendee().user
    with transaction.atomic():
        hold(event, user)
        assert refer_to(event, user) == []


def test_row_that_refers_to_one_locked_as_a_whole_waits() -> None:
    """The control."""
    event, user = make_event(), make_attendee().user
    with transaction.atomic():
        Attendee.objects.select_for_update().get(user=user)
        assert [type(error) for error in refer_to(event, user)] == [OperationalError]
