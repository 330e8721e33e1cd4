"""Processes that kill themselves at a named point: what they had not committed is lost.

Each line of standard input is an order, in JSON. It is carried out in a fork, which has everything
loaded already; how that ended is a line on standard output.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any, Never

from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from events import places
from events.messages import announcements, claims, crowds, delivery, reminders
from events.models import Announcement, Registration
from events.payments import checkout, ledger, refunds, webhooks
from events.payments.providers.stripe import StripeProvider


def die(*_args: object, **_how: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_before(owner: Any, name: str) -> None:
    setattr(owner, name, die)


def die_after(owner: Any, name: str) -> None:
    act = getattr(owner, name)

    def act_and_die(*args: Any, **how: Any) -> None:
        act(*args, **how)
        die()

    setattr(owner, name, act_and_die)


def die_before_writing(table: str) -> None:
    def look(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith(f'UPDATE "{table}"'):
            die()
        return execute(sql, *arguments)

    connection.execute_wrappers.append(look)


#: Between each two steps of paying and of giving back.
POINTS: dict[str, Callable[[], None]] = {
    "asked": lambda: die_after(ledger, "ask"),
    "checkout made": lambda: die_after(StripeProvider, "open_checkout"),
    "checkout noted": lambda: die_after(ledger, "save_reference"),
    "notice arrived": lambda: die_before(webhooks, "write_down"),
    "notice written": lambda: die_after(webhooks, "write_down"),
    "place confirmed, not committed": lambda: die_after(places, "confirm_paid"),
    "money noted": lambda: die_after(ledger, "receive"),
    "notice processed": lambda: die_after(webhooks, "process"),
    "cancelled": lambda: die_after(places, "cancel"),
    "refund requested": lambda: die_after(refunds, "request"),
    "refund claimed": lambda: die_before(StripeProvider, "refund"),
    "refund made": lambda: die_after(StripeProvider, "refund"),
    "refund noted, not committed": lambda: die_before_writing("events_payment"),
    "refund noted": lambda: die_after(refunds, "record_outcome"),
}
#: Between each two steps of reminding people.
POINTS |= {
    "reminder due": lambda: die_before(crowds, "tell"),
    "reminder owed": lambda: die_after(crowds, "tell"),
    "reminder claimed": lambda: die_after(claims, "claim"),
    "reminder handed over": lambda: die_before(claims, "note_sent"),
    "reminder noted": lambda: die_after(claims, "note_sent"),
}
#: Between each two steps of sending what organizers wrote.
POINTS |= {
    "announcement marked": lambda: die_after(announcements, "_mark_sent"),
    "announcement half owed": lambda: die_after(crowds, "tell_announcement"),
    "announcement owed": lambda: die_after(announcements, "_tell_in_steps"),
    "announcement done": lambda: die_before(delivery, "deliver_due"),
}


def pay(*, registration: int) -> None:
    """Press the button that leads to the provider's page."""
    checkout.start(registration=_load(registration), provider=StripeProvider())


def hear(*, body: str, headers: dict[str, str]) -> None:
    client = Client(SERVER_NAME="localhost")
    client.post("/payments/stripe/", body, content_type="application/json", headers=headers)


def cancel(*, registration: int) -> None:
    places.cancel(registration=_load(registration), in_full=False)


def give_back() -> None:
    """As a round of housekeeping does it."""
    refunds.run(StripeProvider())


def remind(*, folder: str) -> None:
    """As a round of housekeeping does it; mails are files in the folder."""
    _into(folder)
    reminders.tell(timezone.now())
    delivery.deliver_due()


def announce(*, announcement: int, folder: str) -> None:
    """Press the button, with steps of two people; then a round of mail."""
    announcements.STEP = 2
    announcements.send(Announcement.objects.get(pk=announcement), revision=0)
    _into(folder)
    delivery.deliver_due()


def _into(folder: str) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = folder


def _load(pk: int) -> Registration:
    return Registration.objects.select_related("event", "workshop__event").get(pk=pk)


ACTIONS: dict[str, Callable[..., None]] = {
    a.__name__: a for a in (pay, hear, cancel, give_back, remind, announce)
}


def main() -> None:
    for line in sys.stdin:
        sys.stdout.write(f"{run_in_fork(**json.loads(line))}\n")
        sys.stdout.flush()


def run_in_fork(*, point: str, action: str, stripe: str, values: dict[str, Any]) -> int:
    """Return its exit status, or minus the signal. The parent has no connection to be shared."""
    pid = os.fork()
    if pid == 0:
        act(point, action, stripe, values)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def act(point: str, action: str, stripe: str, values: dict[str, Any]) -> Never:
    try:
        settings.STRIPE_API_URL = stripe
        POINTS[point]()
        ACTIONS[action](**values)
    except Exception:  # noqa: BLE001 - the test sees its status, and pytest what is printed
        traceback.print_exc()
    finally:
        os._exit(1)
