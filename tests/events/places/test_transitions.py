"""An organizer edits an event with people in it: what each of them experiences, cell by cell.

Ann has a paid place and a workshop, Hal a place that is held for his payment, Wim waits. The table
is written here once more, from the section "What an edit does" of the design. Fay has no place: she
follows the host, and asked to be told of the opening.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from events import follows, places
from events.models import Attendee, Event, Host, Notification, Payment, Registration
from events.payments.providers import manual
from tests.events.admin.pages import cancel_event, delete, page_of, press_save, save
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register

# Through the forms of the admin; what an edit does to the rows, `test_event_edits` asks of both.
pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Act = Callable[[Client, Event], HttpResponse]
COLUMNS = ("result", "holder", "waiting", "hold", "money", "mails", "address")
PUBLISHED = "saved | confirmed 1500 EUR | waitlisted | awaiting_payment, payable | paid"
UNTOUCHED = f"{PUBLISHED} | nobody | 200 for a stranger, 200 for Ann"
REFUSED = UNTOUCHED.replace("saved", "refused")
OFF = "saved | confirmed 1500 EUR | waitlisted | awaiting_payment, not payable"
BACK = f"{OFF} | refund_due event_cancelled"
ALL_OF = "Ann {0}, Hal {0}, Wim {0}"
OPEN = "200 for a stranger, 200 for Ann"

TABLE = {
    "publish": f"{PUBLISHED} | Fay new-event | {OPEN}",
    "unpublish": REFUSED,
    "move earlier": f"{PUBLISHED} | {ALL_OF.format('time-changed')}, Ann time-changed | {OPEN}",
    "move later": f"{PUBLISHED} | {ALL_OF.format('time-changed')}, Ann time-changed | {OPEN}",
    "move the opening": f"{PUBLISHED} | Fay registration-open on 4 June | {OPEN}",
    "move a workshop": f"{PUBLISHED} | Ann time-changed | {OPEN}",
    "rename": UNTOUCHED,
    "change the address": f"{PUBLISHED} | nobody | 301 for a stranger, 301 for Ann",
    "lower the capacity": UNTOUCHED,
    "raise the capacity": (
        "saved | confirmed 1500 EUR | awaiting_payment | awaiting_payment, payable | paid | "
        f"Wim payment-due | {OPEN}"
    ),
    "change the session": f"{PUBLISHED} | Ann session-changed | {OPEN}",
    "change the price": UNTOUCHED,
    "change the currency": UNTOUCHED,
    "change the gate": UNTOUCHED,
    "waitlist off": UNTOUCHED,
    "waitlist on": UNTOUCHED,
    "close earlier": UNTOUCHED,
    "change the refund terms": UNTOUCHED,
    "change the time to pay": UNTOUCHED,
    "add a lottery": REFUSED,
    "move the lottery": f"{PUBLISHED} | Wim draw-moved | {OPEN}",
    "remove the lottery": REFUSED,
    "unlist": UNTOUCHED,
    "change the time zone": (
        f"{PUBLISHED} | {ALL_OF.format('time-changed')}, Ann time-changed | {OPEN}"
    ),
    "change the organizers": UNTOUCHED,
    "cancel before it starts": f"{BACK} | {ALL_OF.format('event-cancelled')} | {OPEN}",
    "cancel while it runs": f"{BACK} | {ALL_OF.format('event-cancelled')} | {OPEN}",
    "cancel after it is over": f"{BACK} | Ann event-cancelled | {OPEN}",
    "cancel without an answer": REFUSED,
    "restore": f"{PUBLISHED} | {ALL_OF.format('event-restored')} | {OPEN}",
    "restore after money went back": (f"{BACK.replace('saved', 'refused')} | nobody | {OPEN}"),
    "delete": REFUSED,
    "delete a workshop": REFUSED,
}


# --- The edits ---------------------------------------------------------------------------------


def change(browser: Client, event: Event, **fields: Any) -> HttpResponse:
    return save(browser, page_of(event), **fields)


def move(browser: Client, event: Event, day: str) -> HttpResponse:
    names = ("starts_at_0", "ends_at_0", "workshops-0-starts_at_0", "workshops-0-ends_at_0")
    return change(browser, event, **dict.fromkeys(names, day))


def cancel(browser: Client, event: Event) -> HttpResponse:
    return cancel_event(browser, page_of(event))


def press_cancel(browser: Client, event: Event) -> HttpResponse:
    return press_save(browser, page_of(event), status="cancelled")


def remove(browser: Client, event: Event) -> HttpResponse:
    return delete(browser, page_of(event).removesuffix("change/"))


DRAW = NOON + timedelta(days=2)
DRAW_LATER = {"draw_at_0": "2030-06-04", "draw_at_1": "12:00"}
EDITS: dict[str, Act] = {
    "publish": partial(change, status="published"),
    "unpublish": partial(change, status="draft"),
    "move earlier": partial(move, day="2030-06-07"),
    "move later": partial(move, day="2030-06-09"),
    "move the opening": partial(change, opens_at_0="2030-06-04", opens_at_1="12:00"),
    "move a workshop": partial(
        change, **{"workshops-0-starts_at_1": "12:30", "workshops-0-ends_at_1": "13:30"}
    ),
    "rename": partial(change, title="Another name"),
    "change the address": partial(change, slug="new-address"),
    "lower the capacity": partial(change, capacity="1"),
    "raise the capacity": partial(change, capacity="3"),
    "change the session": partial(change, session_url="neos-session:///S-2"),
    "change the price": partial(change, price="2500"),
    "change the currency": partial(change, currency="USD"),
    "change the gate": partial(change, patron_cents="500"),
    "waitlist off": partial(change, has_waitlist=[]),
    "waitlist on": partial(change, has_waitlist="on"),
    "close earlier": partial(change, closes_at_0="2030-06-02", closes_at_1="12:00"),
    "change the refund terms": partial(change, refund_days="3"),
    "change the time to pay": partial(change, payment_days="2"),
    "add a lottery": partial(change, **DRAW_LATER),
    "move the lottery": partial(change, **DRAW_LATER),
    "remove the lottery": partial(change, draw_at_0="", draw_at_1=""),
    "unlist": partial(change, listed=[]),
    "change the time zone": partial(change, time_zone="Asia/Tokyo"),
    "change the organizers": partial(change, organizers=[]),
    "cancel before it starts": cancel,
    "cancel while it runs": cancel,
    "cancel after it is over": cancel,
    "cancel without an answer": press_cancel,
    "restore": partial(change, status="published"),
    "restore after money went back": partial(change, status="published"),
    "delete": remove,
    "delete a workshop": partial(change, **{"workshops-0-DELETE": "on"}),
}
BEFORE: dict[str, dict[str, Any]] = {
    "publish": {"status": "draft", "announced_at": None},
    "move the opening": {"opens_at": DRAW},
    "waitlist on": {"has_waitlist": False},
    "change the session": {"session_url": "neos-session:///S-1", "session_opens_minutes": 10_080},
    "move the lottery": {"draw_at": DRAW},
    "remove the lottery": {"draw_at": DRAW},
    "restore": {"status": "cancelled"},
    "restore after money went back": {"status": "cancelled"},
}
#: Days after noon on which housekeeping comes by after the edit.
ROUNDS = {"move the opening": (2, 3)}
LATER = {"cancel while it runs": 1, "cancel after it is over": 3}  # hours after the start


# --- Looking -----------------------------------------------------------------------------------


def sign_up() -> Event:
    event = make_event(
        slug="old-address", price=1500, capacity=2, organizers=[make_organizer(username="mika")]
    )
    for name in ("Ann", "Hal", "Wim"):
        user = make_user(username=name, email=f"{name}@example.org")
        attendee = make_attendee(user=user, neos_username=name, email_confirmed_at=NOON)
        held = register(attendee, event)
        if name == "Ann":
            manual.mark_paid(registration=held, by=event.organizers.get())
            register(attendee, make_workshop(event))
    host = Host.objects.create(name="Host", slug="host")
    event.hosts.add(host)
    follows.follow(make_attendee(neos_username="Fay"), host=host)
    hal = Registration.objects.filter(attendee__neos_username="Hal")
    hal.update(hold_until=event.ends_at + timedelta(days=9))
    return event


def prepare(transition: str, clock: time_machine.Traveller) -> Event:
    event = sign_up()
    Event.objects.filter(pk=event.pk).update(announced_at=NOON)
    Event.objects.filter(pk=event.pk).update(**BEFORE.get(transition, {"status": "published"}))
    if transition == "move the opening":
        follows.follow(Attendee.objects.get(neos_username="Fay"), event=event)
    if transition == "restore after money went back":
        places.owe_everything_back(event)
    if hours := LATER.get(transition):
        clock.move_to(event.starts_at + timedelta(hours=hours))
    Notification.objects.all().delete()
    return event


def look(event: Event, response: HttpResponse) -> list[str]:
    ann, hal, wim = (own(event, name) for name in ("Ann", "Hal", "Wim"))
    payable = "payable" if hal.is_payable(NOON) else "not payable"
    payment = Payment.objects.get()
    return [
        "saved" if response.status_code == 302 else "refused",
        f"{ann.status} {ann.amount} {ann.currency}",
        wim.status,
        f"{hal.status}, {payable}",
        f"{payment.status} {payment.problem}".strip(),
        mails(),
        f"{seen_by(None)} for a stranger, {seen_by(ann.attendee.user)} for Ann",
    ]


def own(event: Event, name: str) -> Registration:
    q = event.registrations.select_related("attendee__user", "event")
    return q.get(attendee__neos_username=name, workshop=None)


def mails() -> str:
    q = Notification.objects.order_by("registration_id")
    told = q.filter(registration__workshop=None), q.filter(registration__workshop__isnull=False)
    lines = [f"{n.attendee.neos_username} {n.kind}{day_of(n)}" for some in told for n in some]
    return ", ".join(lines) or "nobody"


def day_of(notification: Notification) -> str:
    is_opening = notification.kind == Notification.Kind.REGISTRATION_OPEN
    return f" on {notification.created_at:%-d %B}" if is_opening else ""


def pass_by(transition: str, clock: time_machine.Traveller) -> None:
    """Tell those who follow, as housekeeping does."""
    for days in ROUNDS.get(transition, ()):
        clock.move_to(NOON + timedelta(days=days))
        follows.tell(timezone.now())
    follows.tell(timezone.now())


def seen_by(user: User | None) -> int:
    visitor = Client()
    if user:
        visitor.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return visitor.get("/events/old-address/").status_code


#: Seen once for each transition, by whichever of its tests comes first.
SEEN: dict[str, list[str]] = {}


@pytest.fixture
def seen(request: pytest.FixtureRequest, clock: time_machine.Traveller) -> list[str]:
    transition = request.getfixturevalue("transition")
    if transition not in SEEN:
        event = prepare(transition, clock)
        root = Client()
        root.force_login(make_user(username="root", is_staff=True, is_superuser=True))
        response = EDITS[transition](root, event)
        pass_by(transition, clock)
        SEEN[transition] = look(event, response)
    return SEEN[transition]


CELLS = [(transition, column) for transition in TABLE for column in COLUMNS]


@pytest.mark.parametrize(
    ("transition", "column"), CELLS, ids=[f"{t}-{c}".replace(" ", "_") for t, c in CELLS]
)
def test_edit_does_what_the_design_says(transition: str, column: str, seen: list[str]) -> None:
    number = COLUMNS.index(column)
    assert seen[number] == TABLE[transition].split(" | ")[number]
