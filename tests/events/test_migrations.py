"""A database whose mail waits in the tables of django-post_office moves to the outbox."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from pytest_django import DjangoDbBlocker

from events.messages import delivery, texts
from events.messages.delivery import Delivered
from events.models import Notification, Payment, Registration
from tests.factories import NOON, make_attendee, make_event, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

BEFORE = [("events", "0007_money_adds_up")]
SENT, FAILED, QUEUED, REQUEUED = range(4)
LATER = NOON + timedelta(minutes=5)

#: As the library made them, with the columns that matter here.
TABLES = (
    """CREATE TABLE post_office_emailtemplate (id integer PRIMARY KEY)""",
    """CREATE TABLE post_office_email (
        id integer PRIMARY KEY, "to" text NOT NULL, subject varchar(989) NOT NULL,
        message text NOT NULL, status smallint, last_updated {time} NOT NULL,
        scheduled_time {time}, number_of_retries integer,
        template_id integer REFERENCES post_office_emailtemplate (id)
    )""",
    """CREATE TABLE post_office_log (
        id integer PRIMARY KEY, exception_type varchar(255) NOT NULL, message text NOT NULL,
        email_id integer NOT NULL REFERENCES post_office_email (id)
    )""",
    """CREATE TABLE post_office_attachment (id integer PRIMARY KEY)""",
    """CREATE TABLE post_office_attachment_emails (
        id integer PRIMARY KEY, email_id integer NOT NULL REFERENCES post_office_email (id),
        attachment_id integer NOT NULL REFERENCES post_office_attachment (id)
    )""",
)


def execute(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def migrate(*targets: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate(list(targets))


@pytest.fixture
def registration(db: None) -> Registration:
    return make_registration()


def make_registration() -> Registration:
    user = make_user(username="ada", email="ada@example.org")
    attendee = make_attendee(user=user, neos_id="U-ada", email_confirmed_at=NOON)
    event = make_event(title="Jam", draw_at=NOON + timedelta(days=1))
    return Registration.objects.create(
        attendee=attendee,
        event=event,
        status="confirmed",
        amount=500,
        created_at=NOON,
        taken_at=NOON,
        confirmed_at=NOON,
    )


@pytest.fixture
def payment(registration: Registration) -> Payment:
    return Payment.objects.create(
        registration=registration,
        provider="manual",
        amount=700,
        currency="EUR",
        status="refund_due",
        problem="late",
        paid_at=NOON,
        created_at=NOON,
    )


@pytest.fixture
def old(registration: Registration) -> Iterator[None]:
    with schema_of_before():
        yield


@contextmanager
def schema_of_before() -> Iterator[None]:
    """The schema of before, with the library's tables; in the end everything is as it was."""
    migrate(*BEFORE)
    for table in TABLES:
        execute(table.format(time="timestamptz" if is_postgresql() else "datetime"))
    if is_postgresql():
        execute(
            "ALTER TABLE events_notification ADD CONSTRAINT old_email FOREIGN KEY (email_id)"
            " REFERENCES post_office_email (id) DEFERRABLE INITIALLY DEFERRED"
        )
    try:
        yield
    finally:
        migrate(*newest())


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def owe(kind: str, registration: Registration, suffix: str = "", **email: Any) -> None:
    """A message as it was stored; with an e-mail of these fields, if there are any."""
    number = count("events_notification") + 1
    if email:
        fields = {"to": "ada@example.org", "subject": "Old", "message": "Old words"} | email
        fields |= {"id": number, "last_updated": NOON}
        insert("post_office_email", fields)
    fields = {
        "kind": kind,
        "subject": f"registration:{registration.code}" + (f":{suffix}" if suffix else ""),
        "attendee_id": registration.attendee_id,
        "created_at": NOON,
        "sent_at": NOON if email.get("status") == SENT else None,
        "email_id": number if email else None,
    }
    insert("events_notification", fields)


def insert(table: str, fields: dict[str, Any]) -> None:
    names = ", ".join(f'"{name}"' for name in fields)
    places = ", ".join(["%s"] * len(fields))
    execute(f"INSERT INTO {table} ({names}) VALUES ({places})", *fields.values())


def count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])


def newest() -> list[tuple[str, str]]:
    return MigrationExecutor(connection).loader.graph.leaf_nodes("events")


def upgrade() -> list[Notification]:
    migrate(*newest())
    return list(Notification.objects.order_by("pk"))


@dataclass(frozen=True)
class Upgraded:
    """Rows and tables after one upgrade: the way there and back takes seconds."""

    registration: Registration
    notifications: list[Notification]
    before: set[str]
    after: set[str]
    columns: set[str]


@pytest.fixture(scope="module")
def upgraded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Upgraded:
    with django_db_blocker.unblock(), time_machine.travel(NOON, tick=False):
        try:
            registration = make_registration()
            with schema_of_before():
                owe_one_of_each(registration)
                before = set(connection.introspection.table_names())
                notifications = upgrade()
                after = set(connection.introspection.table_names())
                with connection.cursor() as cursor:
                    described = connection.introspection.get_table_description(
                        cursor, "events_notification"
                    )
            return Upgraded(registration, notifications, before, after, {c.name for c in described})
        finally:
            call_command("flush", interactive=False, verbosity=0)


def owe_one_of_each(registration: Registration) -> None:
    owe("registered", registration, status=SENT)
    owe("cancelled", registration, status=FAILED, number_of_retries=2)
    insert("post_office_log", {"id": 1, "exception_type": "A", "message": "a", "email_id": 2})
    insert("post_office_log", {"id": 2, "exception_type": "B", "message": "b", "email_id": 2})
    owe("payment-due", registration, status=FAILED, scheduled_time=LATER, number_of_retries=1)
    owe("hold-lapsed", registration, status=QUEUED)
    owe("place-given", registration, status=REQUEUED, scheduled_time=LATER, number_of_retries=1)
    owe("waitlisted", registration)
    owe("confirm-address", registration, to="ada@example.org", status=QUEUED)
    for kind, subject in (("refunded", "registration:garbage"), ("cancelled", "registration:")):
        owe(kind, registration, "later", status=QUEUED)
        changed = "UPDATE events_notification SET subject = %s WHERE email_id = %s"
        execute(changed, subject, count("events_notification"))


def test_upgrade_keeps_states_tries_and_errors(upgraded: Upgraded) -> None:
    found = [(n.state, n.tries, n.next_try_at, n.last_error) for n in upgraded.notifications]
    assert found[:6] == [
        ("sent", 0, None, ""),
        ("dead", 2, None, "B: b"),
        ("sending", 1, LATER, ""),
        ("queued", 0, None, ""),
        ("queued", 1, LATER, ""),
        ("nobody", 0, None, ""),
    ]
    assert {n.registration_id for n in upgraded.notifications[:6]} == {upgraded.registration.pk}


def test_upgrade_keeps_the_address_that_a_confirmation_is_for(upgraded: Upgraded) -> None:
    found = [n.facts for n in upgraded.notifications if n.kind == "confirm-address"]
    assert found == [{"address": "ada@example.org"}]


def test_upgrade_takes_a_subject_that_names_no_registration(upgraded: Upgraded) -> None:
    found = [(n.state, n.registration_id) for n in upgraded.notifications[-2:]]
    assert found == [("queued", None)] * 2


def test_upgrade_leaves_nothing_of_the_library(upgraded: Upgraded) -> None:
    tables = [name for name in upgraded.before if name.startswith("post_office_")]
    assert len(tables) == len(TABLES)
    assert [name for name in upgraded.after if name.startswith("post_office_")] == []
    assert "email_id" not in upgraded.columns


def test_upgrade_sends_what_was_queued_even_without_its_facts(
    payment: Payment, old: None, registration: Registration, mailoutbox: list[EmailMessage]
) -> None:
    owe("waitlisted", registration, subject="You take part in the draw: Jam", status=QUEUED)
    owe("place-given", registration, subject="You were drawn, you are in: Jam", status=QUEUED)
    owe("time-changed", registration, "1", status=QUEUED)
    owe("time-clash", registration, f"{registration.code}:1", status=QUEUED)
    owe("passed-over", registration, "neos-stale+time-clash", status=QUEUED)
    owe("money-goes-back", registration, str(payment.pk), status=QUEUED)
    owe("refunded", registration, str(payment.pk), status=QUEUED)
    owe("refunded", registration, "999", status=QUEUED)
    upgrade()
    assert delivery.deliver_due() == Delivered(sent=8)
    first, second, moved, clash, skipped, owed, refunded, unknown = map(str_body, mailoutbox)
    assert [mail.subject for mail in mailoutbox[:2]] == [
        "You take part in the draw: Jam",
        "You were drawn, you are in: Jam",
    ]
    assert ("are drawn on" in first, "The draw was held" in second) == (True, True)
    assert ("It now starts" in moved, "Before" in moved) == (True, False)
    assert "“Jam” and “Jam” now overlap" in clash
    assert "Your Neos verification has expired." in skipped
    assert "at the same time as another workshop" in skipped
    assert "It came too late for the place." in owed
    assert (refunded.startswith("€7.00 for"), unknown.startswith("Your money for")) == (True, True)


def str_body(mail: EmailMessage) -> str:
    return str(mail.body)


def test_way_back_is_refused_while_mail_would_be_lost_and_keeps_what_was_sent(
    registration: Registration,
) -> None:
    """Also there and back again: what was sent before is there, without the library's tables."""
    texts.cancelled(registration)
    try:
        with pytest.raises(RuntimeError, match="would be lost"):
            migrate(*BEFORE)
        Notification.objects.all().delete()
        migrate(*BEFORE)
        insert(
            "events_notification",
            {
                "kind": "registered",
                "subject": f"registration:{registration.code}",
                "attendee_id": registration.attendee_id,
                "created_at": NOON,
                "sent_at": NOON,
            },
        )
    finally:
        migrate(*newest())
    (told,) = Notification.objects.all()
    assert (told.state, told.registration) == ("sent", registration)


# --- A migration that is interrupted -----------------------------------------------------------


class Interrupted(Exception):
    """The process that migrates is stopped."""


@contextmanager
def stopping_at(statement: int) -> Iterator[None]:
    """Let so many changes of the schema and its rows pass, and stop at the next one."""
    changes = itertools.count()

    def execute(run: Any, sql: str, *arguments: Any) -> Any:
        is_change = not sql.lstrip("( ").startswith(("SELECT", "PRAGMA", "SAVEPOINT", "RELEASE"))
        if is_change and next(changes) == statement:
            raise Interrupted
        return run(sql, *arguments)

    with connection.execute_wrapper(execute):
        yield


def columns() -> dict[str, set[str]]:
    """The names of all columns of our tables."""
    with connection.cursor() as cursor:
        tables = [t for t in connection.introspection.table_names(cursor) if "events_" in t]
        return {table: columns_of(cursor, table) for table in sorted(tables)}


def columns_of(cursor: Any, table: str) -> set[str]:
    """Django's own reading of a table stumbles over conditions with several values on SQLite."""
    cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
    return {column[0] for column in cursor.description}


def test_upgrade_that_was_interrupted_goes_on_where_it_stopped_s9(
    old: None, registration: Registration
) -> None:
    owe("cancelled", registration, status=QUEUED)
    for statement in (3, 25):
        with pytest.raises(Interrupted), stopping_at(statement):
            migrate(*newest())
    (told,) = upgrade()
    assert (told.state, told.registration) == ("queued", registration)
    assert columns() == whole_schema()


def whole_schema() -> dict[str, set[str]]:
    """Columns that the models ask for, those of tables between two models too."""
    models = apps.get_app_config("events").get_models(include_auto_created=True)
    found = {m._meta.db_table: {f.column for f in m._meta.local_concrete_fields} for m in models}
    return {table: {str(column) for column in names} for table, names in sorted(found.items())}
