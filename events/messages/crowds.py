"""Owe a crowd the same message in one statement, without reading who it is.

Often the event's lock is held meanwhile: to read ten thousand people and to write their rows one
after the other would keep everybody else waiting for seconds.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BigIntegerField,
    Case,
    CharField,
    DateTimeField,
    Func,
    IntegerField,
    JSONField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Concat
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from events.models import Announcement, Follow, Notification, Registration, Role

State = Notification.State
TABLE = Notification._meta.db_table  # noqa: SLF001 - Django documents it
COLUMNS = (
    "kind",
    "subject",
    "facts",
    "state",
    "tries",
    "last_error",
    "created_at",
)
#: `outbox.address_for` as a condition on a registration or a follow: its message has an address.
REACHABLE = Q(
    attendee__user__is_active=True,
    attendee__erased_at=None,
    attendee__email_confirmed_at__isnull=False,
) & ~Q(attendee__user__email="")


class CodeText(Func):
    """A registration's code as `str(code)` writes it; SQLite stores 32 digits without dashes."""

    template = "CAST(%(expressions)s AS text)"
    output_field = TextField()

    def as_sqlite(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,  # noqa: ARG002 - Django hands it over
        **_extra: Any,
    ) -> tuple[str, tuple[str | int, ...]]:
        code, params = compiler.compile(self.source_expressions[0])
        parts = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))
        text = " || '-' || ".join(f"substr({code}, {start}, {n})" for start, n in parts)
        return f"({text})", (*params,) * len(parts)


def tell(
    registrations: QuerySet[Registration],
    *,
    kind: str,
    suffix: str | Combinable,
    facts: dict[str, object],
) -> None:
    """Write a row for each registration; a key that is there keeps its row.

    `suffix` may be an expression, which each of them has its own value of.
    """
    end: list[Combinable] = [Value(f":{suffix}" if suffix else "")]
    if not isinstance(suffix, str):
        end = [Value(":"), suffix]
    key = Concat(Value("registration:"), CodeText("code"), *end, output_field=TextField())
    rows = registrations.order_by("pk").values_list(
        "attendee_id", "pk", *_message(kind, key, facts)
    )
    _insert(("attendee_id", "registration_id", *COLUMNS), rows)


def tell_followers(follows: QuerySet[Follow], *, kind: str, key: str, event: str) -> None:
    """Write a row for each that somebody follows, about the event at the path `event`.

    The key is the id at the path `key`, with its name before it: `follow:7`, `event:7`.
    """
    name = "follow" if key == "pk" else "event"
    subject = Concat(Value(f"{name}:"), Cast(key, TextField()), output_field=TextField())
    rows = follows.order_by("pk").values_list("attendee_id", event, *_message(kind, subject, {}))
    _insert(("attendee_id", "event_id", *COLUMNS), rows)


def tell_announcement(
    people: QuerySet[Registration] | QuerySet[Role], announcement: Announcement
) -> None:
    """Write a row for each person of these registrations, by the first of theirs; for roles one
    about the event.
    """
    message = _message(Notification.Kind.ANNOUNCEMENT, Value(announcement.key, TextField()), {})
    about = Value(announcement.pk, BigIntegerField())
    is_by_role = people.model is Role
    key, column = ("event_id", "event_id") if is_by_role else ("pk", "registration_id")
    rows = people.order_by("pk").values_list("attendee_id", key, about, *message)
    columns = ("attendee_id", column, "announcement_id", *COLUMNS)
    _insert(columns, rows)


def _message(kind: str, subject: Combinable, facts: dict[str, object]) -> tuple[Any, ...]:
    """Return what stands in `COLUMNS`, for rows that have an attendee."""
    reached = Q(REACHABLE)
    return (
        Value(kind, CharField()),
        subject,
        Case(When(reached, then=Value(facts, JSONField())), default=Value({}, JSONField())),
        Case(When(reached, then=Value(State.QUEUED.value)), default=Value(State.NOBODY.value)),
        Value(0, IntegerField()),
        Value("", TextField()),
        Value(timezone.now(), DateTimeField()),
    )


def _insert(columns: tuple[str, ...], rows: QuerySet[Any, Any]) -> None:
    try:
        select, params = rows.query.sql_with_params()
    except EmptyResultSet:
        return  # it is known without asking that nobody is in the set
    table = connection.ops.quote_name(TABLE)
    names = ", ".join(map(connection.ops.quote_name, columns))
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({names}) {select} ON CONFLICT DO NOTHING", params)
