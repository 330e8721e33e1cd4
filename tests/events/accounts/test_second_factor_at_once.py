"""One code that comes twice at the same moment, on both databases.

Both tries pause between reading the device and judging the code, until the other has come as far.
With the guard it never does: it waits for the lock, and gives up waiting for company after a
second.
"""

import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from django.contrib.auth.models import User
from django.db import DatabaseError, connections
from django_otp.plugins.otp_static.models import StaticToken

from events.accounts import attendees
from events.accounts.second_factor import codes, devices
from events.accounts.second_factor.codes import Try
from tests.factories import make_organizer
from tests.second_factor import code_of, make_app, make_recovery_codes, spelled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.both]

#: A try that waits for a lock comes no further in this time.
ALONE_SECONDS = 1.0
JOIN_SECONDS = 60


@pytest.fixture
def mika() -> User:
    user = make_organizer(username="mika")
    attendees.attendee_of(user)
    return user


def at_once(
    monkeypatch: pytest.MonkeyPatch,
    user: User,
    act: Callable[[User], Try],
    *,
    patience: float = ALONE_SECONDS,
) -> list[str]:
    """Return what came of two tries that begin at the same moment, sorted; or an error's name."""
    both, came = threading.Barrier(2), list[str]()
    judge = codes.judge

    def judge_together(*arguments: object) -> Try:
        with suppress(threading.BrokenBarrierError):  # the other one waits for the lock
            both.wait(patience)
        return judge(*arguments)  # type: ignore[arg-type]

    def run() -> None:
        try:
            came.append(act(User.objects.get(pk=user.pk)).came.value)
        except DatabaseError as error:
            came.append(type(error).__name__)
        finally:
            connections.close_all()

    monkeypatch.setattr(codes, "judge", judge_together)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(JOIN_SECONDS)
    return sorted(came)


def take_away_the_guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lock nobody, and let each statement be a transaction of its own, as SQLite would need."""
    monkeypatch.setattr(codes, "lock_person", attendees.attendee_of)
    for place, name in ((codes, "check"), (devices, "confirm")):
        monkeypatch.setattr(place, name, getattr(place, name).__wrapped__)


def test_code_that_comes_twice_at_once_is_taken_once(
    monkeypatch: pytest.MonkeyPatch, mika: User
) -> None:
    code = code_of(make_app(mika))
    assert at_once(monkeypatch, mika, lambda user: codes.check(user, code)) == ["taken", "used"]


def test_without_the_lock_it_is_taken_twice(monkeypatch: pytest.MonkeyPatch, mika: User) -> None:
    """The control."""
    code = code_of(make_app(mika))
    take_away_the_guard(monkeypatch)
    check = at_once(
        monkeypatch, mika, lambda user: codes.check(user, code), patience=JOIN_SECONDS / 2
    )
    assert check == ["taken"] * 2


def test_recovery_code_that_comes_twice_at_once_is_taken_once(
    monkeypatch: pytest.MonkeyPatch, mika: User
) -> None:
    make_app(mika)
    code = spelled(make_recovery_codes(mika)[0])
    assert at_once(monkeypatch, mika, lambda user: codes.check(user, code)) == ["taken", "wrong"]
    assert StaticToken.objects.count() == 9


def test_new_app_that_is_confirmed_twice_at_once_gets_codes_once(
    monkeypatch: pytest.MonkeyPatch, mika: User
) -> None:
    """The second finds that nothing waits to be confirmed, without coming to the code."""
    key = devices.begin(mika)
    code = code_of(key)
    confirm = at_once(monkeypatch, mika, lambda user: devices.confirm(user, key.pk, code)[0])
    assert (confirm, StaticToken.objects.count()) == (["nothing", "taken"], 10)


def test_without_the_lock_both_get_codes(monkeypatch: pytest.MonkeyPatch, mika: User) -> None:
    """The control: the codes of one of them do not work, or are lost before they are shown."""
    key = devices.begin(mika)
    code = code_of(key)
    take_away_the_guard(monkeypatch)
    confirm = at_once(
        monkeypatch,
        mika,
        lambda user: devices.confirm(user, key.pk, code)[0],
        patience=JOIN_SECONDS / 2,
    )
    lost = {"taken", "IntegrityError", "OperationalError"}
    assert (confirm[0] in lost, confirm[1]) == (True, "taken")
