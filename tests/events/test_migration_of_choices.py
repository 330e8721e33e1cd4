"""The migration that takes the old defaults for "not chosen", and the way back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.models import Attendee
from tests.factories import make_local_attendee

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("events", name)])


def stored() -> list[tuple[str, str]]:
    rows = Attendee.objects.order_by("pk").values_list("time_zone", "language")
    return [(str(zone or ""), language) for zone, language in rows]


def test_old_defaults_become_not_chosen_and_back() -> None:
    choices = [("UTC", "en"), ("Asia/Tokyo", "en"), ("UTC", "ja"), ("", "")]
    for zone, language in choices:
        make_local_attendee(time_zone=zone, language=language)
    ((_app, newest),) = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    migrate("0020_search_names")
    before = stored()
    migrate(newest)
    assert before == [("UTC", "en"), ("Asia/Tokyo", "en"), ("UTC", "ja"), ("UTC", "en")]
    assert stored() == [("", ""), ("Asia/Tokyo", ""), ("", "ja"), ("", "")]
