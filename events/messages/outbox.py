"""Write what people are owed, in the caller's transaction: nobody hears of what did not happen.

A message is one row, and many messages are few statements. `delivery` makes the words and sends
them, so no page waits for a mail server.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils import timezone

from events.models import Attendee, Notification, Registration

from . import crowds

Kind = Notification.Kind
#: How many messages one statement writes at most.
BATCH = 500
#: Somebody with a registration, or a set of rows that stays in the database.
People = Registration | QuerySet[Registration]
#: Facts of a message, as JSON.
Facts = dict[str, object]


def tell(
    kind: Kind,
    people: Iterable[People],
    *,
    suffix: str = "",
    facts: Facts | None = None,
) -> None:
    """Owe everybody the same message about their own registration.

    Sets of rows are not read: one statement writes all their messages.
    """
    rows = []
    for one in people:
        if isinstance(one, Registration):
            rows.append(about(one, kind, suffix=suffix, facts=facts))
        else:
            crowds.tell(one, kind=kind, suffix=suffix, facts=facts or {})
    write(rows)


def about(
    registration: Registration, kind: Kind, *, suffix: str = "", facts: Facts | None = None
) -> Notification:
    """Build the row of a message about a registration; `write` stores it."""
    subject = subject_of(registration, suffix)
    notification = owed(registration.attendee, kind, subject, facts)
    notification.registration = registration
    return notification


def subject_of(registration: Registration, suffix: str = "") -> str:
    """Build the key; `suffix` tells reasons apart that may come more than once."""
    return f"registration:{registration.code}" + (f":{suffix}" if suffix else "")


def owed(attendee: Attendee, kind: Kind, subject: str, facts: Facts | None = None) -> Notification:
    """Build a row; without an address to write to it only records what was owed."""
    notification = Notification(
        attendee=attendee, kind=kind, subject=subject, created_at=timezone.now()
    )
    if address_for(attendee, kind, facts or {}):
        notification.facts = facts or {}
    else:
        notification.state = Notification.State.NOBODY
    return notification


def write(notifications: list[Notification]) -> None:
    """Store the rows; a key that is there keeps its row, so nobody is told twice.

    The database ignores the conflict: to look first would cost every sign-up a statement.
    """
    Notification.objects.bulk_create(notifications, batch_size=BATCH, ignore_conflicts=True)


def address_for(attendee: Attendee, kind: str, facts: Facts) -> str:
    """Return where a message of this kind may go now, or an empty string.

    Mail goes to proved addresses only. What proves an address goes to the unproved one, a warning
    of its change to the old one, and a link to a new password to every account that has one. What
    happens to a second factor goes there too: accounts made on the command line prove no address.
    `crowds.REACHABLE` is the rule of a message about a registration in SQL.
    """
    user = attendee.user
    if not user.is_active or attendee.erased_at is not None:
        return ""
    if kind == Kind.PASSWORD_RESET:
        return user.email if user.has_usable_password() else ""
    if kind == Kind.SECOND_FACTOR and user.has_usable_password():
        return attendee.mail_address or user.email
    if kind == Kind.ADDRESS_CHANGE:
        return str(facts.get("address", ""))
    if kind == Kind.CONFIRM_ADDRESS:
        return attendee.address_to_prove
    return attendee.mail_address
