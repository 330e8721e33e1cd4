"""Old personal data is forgotten; numbers stay, and so does everybody who may still need theirs."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from events import housekeeping, places
from events.accounts import closing, retention
from events.audit import audit
from events.audit.messages import _owed
from events.messages.retention import RECOUNTED
from events.models import (
    Agreement,
    Answer,
    Attendee,
    Block,
    Event,
    Follow,
    Notification,
    PasswordResetRequest,
    Payment,
    PlaceInvitation,
    Registration,
)
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_question,
    make_role,
    make_user,
    write_page,
)
from tests.lines import register

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]
Clock = time_machine.Traveller
DAY = timedelta(days=1)
#: The events of these tests are over a week later; "old" is what was before this.
BEFORE = NOON + 60 * DAY
LATER = NOON + 100 * DAY


def make_ada(**fields: object) -> Attendee:
    return make_attendee(user=make_user(**fields), email_confirmed_at=NOON)


def purge() -> Counter[str]:
    done = Counter[str]()
    for kind, number in retention.purge(BEFORE):
        done[kind] += number
    return done


def erased() -> list[int]:
    q = Attendee.objects.filter(erased_at__isnull=False)
    return list(q.order_by("pk").values_list("pk", flat=True))


# --- Accounts ------------------------------------------------------------------------------------


def test_unused_account_is_erased_and_its_registration_stays(clock: Clock) -> None:
    ada, event = make_ada(), make_event(price=500)
    held = register(ada, event)
    manual.mark_paid(registration=held, by=make_organizer())
    housekeeping.run()
    clock.move_to(LATER)

    assert purge()["accounts"] == 1
    held.refresh_from_db()
    assert (erased(), held.status, held.attendee_id) == ([ada.pk], "confirmed", ada.pk)
    assert list(Payment.objects.values_list("status", "amount")) == [("paid", 500)]
    assert list(audit(event)) == []
    assert purge()["accounts"] == 0


def test_account_without_an_attendee_is_erased_too(clock: Clock) -> None:
    make_user(username="ada")
    clock.move_to(LATER)
    assert purge()["accounts"] == 1
    assert not User.objects.filter(username="ada").exists()


def signed_in(ada: Attendee) -> None:
    User.objects.filter(pk=ada.user_id).update(last_login=BEFORE)


def signed_up_lately(ada: Attendee) -> None:
    User.objects.filter(pk=ada.user_id).update(date_joined=BEFORE)


def proved_their_address(ada: Attendee) -> None:
    Attendee.objects.filter(pk=ada.pk).update(email_confirmed_at=BEFORE)


def verified_neos(ada: Attendee) -> None:
    Attendee.objects.filter(pk=ada.pk).update(verified_at=BEFORE)


def has_a_place(ada: Attendee) -> None:
    register(ada, make_event(starts_at=LATER))


def had_a_place_later(ada: Attendee) -> None:
    register(ada, make_event(starts_at=BEFORE - timedelta(hours=2)))


def is_staff(ada: Attendee) -> None:
    User.objects.filter(pk=ada.user_id).update(is_staff=True)


def is_superuser(ada: Attendee) -> None:
    User.objects.filter(pk=ada.user_id).update(is_superuser=True)


def organizes(ada: Attendee) -> None:
    make_event(organizers=[ada.user])


def is_host(ada: Attendee) -> None:
    make_host().members.add(ada.user)


def is_in_a_group(ada: Attendee) -> None:
    ada.user.groups.add(Group.objects.create(name="Helpers"))


def is_owed_money(ada: Attendee) -> None:
    held = register(ada, make_event(price=500))
    manual.mark_paid(registration=held, by=make_organizer())
    Payment.objects.update(status="refund_due", problem="twice")


def has_a_role(ada: Attendee) -> None:
    """No place comes of it, and somebody counts on them."""
    make_role(make_event(starts_at=LATER), ada)


def is_to_be_decided_about(ada: Attendee) -> None:
    held = register(ada, make_event())
    Payment.objects.create(
        registration=held, provider="stripe", amount=500, currency="EUR", status="refunded",
        problem="disputed", created_at=NOON, paid_at=NOON,
    )  # fmt: skip


STAYS = (
    *(signed_in, signed_up_lately, proved_their_address, verified_neos),
    *(has_a_place, had_a_place_later),
    *(is_staff, is_superuser, organizes, is_host, is_in_a_group, is_owed_money),
    *(has_a_role, is_to_be_decided_about),
)


@pytest.mark.parametrize("happens", STAYS)
def test_account_that_is_needed_stays(clock: Clock, happens: Callable[[Attendee], None]) -> None:
    happens(make_ada())
    clock.move_to(LATER)
    purge()
    assert erased() == []


def test_nothing_of_these_makes_the_account_unused(clock: Clock) -> None:
    """The control of the test above."""
    ada = make_ada()
    clock.move_to(LATER)
    purge()
    assert erased() == [ada.pk]


def test_money_on_its_way_is_counted(clock: Clock) -> None:
    is_owed_money(make_ada())
    clock.move_to(LATER)
    assert (retention.kept_for_money(BEFORE), retention.count(BEFORE)["accounts"]) == (1, 0)


def test_block_still_holds_for_somebody_who_comes_back(clock: Clock) -> None:
    ada = make_attendee(neos_id="U-ada")
    Block.objects.create(neos_id="U-ada")
    clock.move_to(LATER)
    purge()
    ada.refresh_from_db()
    assert (ada.neos_id, Block.objects.get().neos_id) == (None, "U-ada")


# --- Somebody comes back while it runs -----------------------------------------------------------


def come_back(ada: Attendee) -> bool:
    """Sign in after the accounts were chosen, and before this one has its turn."""
    steps = retention.purge(BEFORE)
    assert next(steps) == ("accounts", 1)  # the first one
    Client().force_login(ada.user)
    return ("accounts", 1) in list(steps)


def test_person_who_signs_in_meanwhile_is_not_erased(clock: Clock) -> None:
    first, ada = make_ada(), make_ada()
    clock.move_to(LATER)
    assert come_back(ada) is False
    assert erased() == [first.pk]
    assert Session.objects.count() == 1


def test_person_would_be_erased_without_the_second_look(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: nobody asks again under the lock."""
    monkeypatch.setattr(retention, "is_unused", lambda _pk, _before: True)
    first, ada = make_ada(), make_ada()
    clock.move_to(LATER)
    assert come_back(ada) is True
    assert erased() == [first.pk, ada.pk]


#: Long enough for the other one to come to the lock, which nobody but PostgreSQL could tell.
PAUSE_SECONDS = 0.5


def forget_during_a_sign_in(ada: Attendee) -> bool:
    """Return whether somebody was erased whose sign-in had been written, and not committed yet."""
    begun = threading.Event()

    def sign_in() -> None:
        try:
            with transaction.atomic():
                User.objects.filter(pk=ada.user_id).update(last_login=LATER)
                begun.set()
                time.sleep(PAUSE_SECONDS)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        signing_in = other.submit(sign_in)
        begun.wait()
        is_forgotten = retention.forget(ada.user_id, BEFORE)
        signing_in.result()
    return is_forgotten


def test_sign_in_that_is_being_written_is_waited_for(clock: Clock) -> None:
    ada = make_ada()
    clock.move_to(LATER)
    assert forget_during_a_sign_in(ada) is False
    assert erased() == []


def test_sign_in_that_is_being_written_would_be_missed_without_the_lock(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control. SQLite locks everything, so there it cannot be missed."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one lock for all rows")
    monkeypatch.setattr(closing, "_lock", lambda user: User.objects.get(pk=user.pk))
    ada = make_ada()
    clock.move_to(LATER)
    assert forget_during_a_sign_in(ada) is True


def test_account_that_is_gone_meanwhile_is_no_error() -> None:
    assert closing.erase_if(User(pk=0), is_due=lambda: True) is False


# --- The rest ------------------------------------------------------------------------------------


def owe(ada: Attendee, kind: str, registration: Registration | None, **fields: object) -> None:
    values = {"subject": kind, "state": "sent", "sent_at": NOON, "created_at": NOON} | fields
    Notification.objects.create(attendee=ada, kind=kind, registration=registration, **values)


def kinds() -> list[str]:
    return sorted(Notification.objects.values_list("kind", flat=True))


def used_account(clock: Clock) -> Attendee:
    ada = make_ada()
    User.objects.filter(pk=ada.user_id).update(last_login=LATER)
    return ada


def test_old_messages_go_but_for_those_that_are_recounted(clock: Clock) -> None:
    ada = used_account(clock)
    over, ahead = make_event(), make_event(starts_at=LATER)
    held = register(ada, over)
    owe(ada, "reminder-day", held)
    owe(ada, "thanks", held, state="dead", sent_at=None, last_error="refused")
    owe(ada, "session-open", register(ada, ahead))
    owe(ada, "new-event", None, event=over)
    owe(ada, "registration-open", None, event=ahead)
    owe(ada, "confirm-address", None)
    owe(ada, "time-changed", held, state="queued", sent_at=None)
    clock.move_to(LATER)

    assert purge()["messages"] == 4
    assert kinds() == [
        "registered",
        "registered",
        "registration-open",
        "session-open",
        "time-changed",
    ]
    assert list(audit(over)) == []
    assert erased() == []


def test_every_message_that_audit_compares_is_kept() -> None:
    instants = {"waitlisted_at": NOON, "hold_until": NOON, "confirmed_at": NOON}
    rows = (Registration(status=status, **instants) for status in Registration.Status)
    compared = {kind for row in rows for kinds in _owed(row) for kind in kinds}
    assert len(compared) == 7
    assert compared - set(RECOUNTED) == set()


def test_history_forgets_words_and_keeps_who_did_something_when(clock: Clock) -> None:
    held = register(used_account(clock), make_event())
    mika = make_organizer()
    for row in (held, held.event):
        LogEntry.objects.log_actions(mika.pk, [row], CHANGE, "Ada paid.", single_object=True)
    clock.move_to(BEFORE)
    LogEntry.objects.log_actions(mika.pk, [held], CHANGE, "Ada came.", single_object=True)
    clock.move_to(LATER)

    assert purge()["history"] == 1
    q = LogEntry.objects.order_by("pk").values_list("user", "change_message")
    assert list(q) == [(mika.pk, ""), (mika.pk, "Ada paid."), (mika.pk, "Ada came.")]
    assert purge()["history"] == 0


def invited(event: Event, ada: Attendee, digest: str) -> PlaceInvitation:
    return PlaceInvitation.objects.create(
        event=event,
        digest=digest,
        reason="for Ada",
        created_at=NOON,
        expires_at=NOON + DAY,
        used_at=NOON,
        used_by=ada,
    )


def test_links_follows_and_requests_are_forgotten(clock: Clock) -> None:
    ada = used_account(clock)
    over, ahead = make_event(), make_event(starts_at=LATER)
    for number, event in enumerate((over, ahead)):
        invited(event, ada, str(number))
        Follow.objects.create(attendee=ada, event=event, created_at=NOON)
    Follow.objects.create(attendee=ada, host=make_host(), created_at=NOON)
    for instant in (NOON, BEFORE):
        PasswordResetRequest.objects.create(address="ada@example.org", created_at=instant)
    clock.move_to(LATER)

    expected = {"invitations": 1, "follows": 1, "password_requests": 1}
    counted = retention.count(BEFORE)
    assert {kind: number for kind, number in counted.items() if number} == expected
    assert dict(+purge()) == expected
    q = PlaceInvitation.objects.order_by("pk").values_list("used_by", "reason", "used_at")
    assert list(q) == [(None, "", NOON), (ada.pk, "for Ada", NOON)]
    assert Follow.objects.count() == 2


def test_answers_are_forgotten_where_it_is_over(clock: Clock) -> None:
    """Nobody who comes to what lies ahead is asked for the same consent again."""
    ada = used_account(clock)
    for event in (make_event(), make_event(starts_at=LATER)):
        question = make_question(event, kind="consent", text="I agree.")
        places.register(user=ada.user, bookable=event, answers={question.pk: ["yes"]})
    clock.move_to(LATER)

    assert dict(+purge()) == {"answers": 1}
    assert [one.registration.event.starts_at for one in Answer.objects.all()] == [LATER]


def test_agreements_that_an_erasure_left_are_forgotten() -> None:
    """The code of before agreements erases a person without them; nobody waits for DAYS."""
    version = write_page("terms", "Be on time")
    ada, stranger = make_ada(), make_attendee()
    for person in (ada, stranger):
        Agreement.objects.create(attendee=person, version=version, language="en", agreed_at=NOON)
    Attendee.objects.filter(pk=ada.pk).update(erased_at=timezone.now())

    assert dict(retention.purge(None)) == {"agreements": 1}
    assert [one.attendee for one in Agreement.objects.all()] == [stranger]


def test_run_that_was_killed_is_finished_by_the_next(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    ada = used_account(clock)
    for number in range(5):
        owe(ada, "confirm-address", None, subject=str(number))
    clock.move_to(LATER)
    steps = retention.purge(BEFORE)
    assert next(steps) == ("messages", 2)
    steps.close()  # type: ignore[attr-defined]  # a generator
    assert Notification.objects.count() == 3
    assert purge()["messages"] == 3


def test_unused_is_reckoned_from_an_instant() -> None:
    make_ada()
    now: datetime = timezone.now()
    assert retention.count(now)["accounts"] == 0
    assert retention.count(now + DAY)["accounts"] == 1
