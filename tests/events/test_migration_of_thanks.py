"""The migration after which only events that end later are thanked for."""

from datetime import timedelta

import pytest
import time_machine
from django.core.mail import EmailMessage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events import housekeeping
from events.models import Notification
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.lines import register

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("events", name)])


def test_events_that_were_over_before_are_thanked_for_by_nobody(
    clock: time_machine.Traveller, mailoutbox: list[EmailMessage]
) -> None:
    user = make_user(username="ada", email="ada@example.org")
    ada = make_attendee(user=user, neos_id="U-ada", email_confirmed_at=NOON)
    for hours in (1, 5):
        start = NOON + hours * HOUR
        event = make_event(title=f"After {hours}", starts_at=start, ends_at=start + HOUR)
        register(ada, event)
    Notification.objects.all().delete()
    clock.shift(3 * HOUR)
    ((_app, newest),) = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    migrate("0022_mail_topics")
    migrate(newest)
    clock.shift(4 * HOUR)
    for _ in range(2):
        housekeeping.run()
    assert [mail.subject for mail in mailoutbox] == ["Thank you for coming: After 5"]
    assert Notification.objects.filter(kind="thanks").count() == 2
