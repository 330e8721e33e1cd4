"""A database from before knows only deadlines: it gets the policies that they were reckoned by."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.models import Registration
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

DAY = timedelta(days=1)


def migrate(*targets: tuple[str, str]) -> None:
    MigrationExecutor(connection).migrate(list(targets))


@pytest.fixture
def old(db: None) -> Iterator[None]:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    yield
    migrate(*newest)


def place(until: timedelta | None, *, in_workshop: bool = False) -> Registration:
    event = make_event(starts_at=NOON + 10 * DAY, ends_at=NOON + 20 * DAY)
    workshop = make_workshop(event, starts_at=NOON + 12 * DAY) if in_workshop else None
    return Registration.objects.create(
        attendee=make_attendee(),
        event=event,
        workshop=workshop,
        status="confirmed",
        amount=500,
        created_at=NOON,
        taken_at=NOON,
        confirmed_at=NOON,
        refund_until=None if until is None else NOON + until,
    )


def test_upgrade_fills_policies_and_encodes_hosts_r7(old: None) -> None:
    untils = (10 * DAY, 3 * DAY, None, 15 * DAY)
    rows = [place(until) for until in untils] + [place(5 * DAY, in_workshop=True)]
    make_user(username="ann", email="ann@m\u00fcnchen.example")
    migrate(("events", "0013_former_addresses"))
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes("events"))
    days = [Registration.objects.get(pk=row.pk).refund_days for row in rows]
    assert days == [0, 7, None, 0, 7]
    assert User.objects.get(username="ann").email == "ann@xn--mnchen-3ya.example"
