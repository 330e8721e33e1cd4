"""The three statements that every delivered message costs, made once and not for each message.

Django would take longer to make them than the database takes to run them. The rows are of
`Notification`; there is no transaction around these, so each is committed at once.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection
from django.utils import timezone

from events.models import Notification

State = Notification.State
TABLE = Notification._meta.db_table  # noqa: SLF001 - Django documents it
#: How long a claim holds: longer than any mail server keeps us waiting.
HANDING_OVER = timedelta(minutes=10)
#: Who gets a message, in which language, and whether there is still something to tell about.
PERSON = (
    "registration",
    *("attendee__erased_at", "attendee__email_confirmed_at", "attendee__language"),
    *("attendee__user__is_active", "attendee__user__email"),
)

CLAIM = f"""
    UPDATE {TABLE} SET state = %s, tries = tries + 1, next_try_at = %s
    WHERE id = %s AND state = %s AND (next_try_at IS NULL OR next_try_at <= %s)
"""  # noqa: S608 - the name of a table of ours
NOTE_SENT = f"UPDATE {TABLE} SET state = %s, sent_at = %s, next_try_at = NULL WHERE id = %s"  # noqa: S608


def claim(pk: int) -> bool:
    """Compare and set: from here on no other process has the message."""
    now = timezone.now()
    values = [State.SENDING.value, _instant(now + HANDING_OVER), pk, State.QUEUED.value]
    return _update(CLAIM, [*values, _instant(now)]) == 1


def note_sent(pk: int) -> None:
    _update(NOTE_SENT, [State.SENT.value, _instant(timezone.now()), pk])


def read_again(notification: Notification) -> bool:
    """Read who gets the message; False if the row is gone.

    Links of an account are made of more than that, so the callers of such mail read all.
    """
    with connection.cursor() as cursor:
        cursor.execute(_read_person(), [notification.pk])
        row = cursor.fetchone()
    if row is None:
        return False
    attendee, (registration, *of_attendee, is_active, email) = notification.attendee, row
    attendee.erased_at, attendee.email_confirmed_at, attendee.language = of_attendee
    attendee.user.is_active, attendee.user.email = bool(is_active), email
    if registration is None:
        notification.registration = None
    elif notification.registration is not None:
        notification.registration.attendee = attendee
    return True


@cache
def _read_person() -> str:
    select, _params = Notification.objects.filter(pk=0).values_list(*PERSON).query.sql_with_params()
    return select


def _instant(instant: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(instant)


def _update(statement: str, values: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
