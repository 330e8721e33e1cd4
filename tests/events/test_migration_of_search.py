"""The migration that makes events of before known to the search."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events.models import Event
from tests.factories import make_event, make_workshop

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("events", name)])


def newest() -> str:
    ((_app, name),) = MigrationExecutor(connection).loader.graph.leaf_nodes("events")
    return name


def test_events_of_before_are_found_as_if_they_were_saved_now() -> None:
    event = make_event(title="Café", summary="One", description="Two\nlines", status="draft")
    make_workshop(event, title="ガ", summary="Three")
    make_event(title="Other")
    written = dict(Event.objects.values_list("title", "search_text"))
    migrate("0018_money_follows")
    migrate(newest())
    assert written["Café"] == "cafe\nが\tone two lines three"
    assert dict(Event.objects.values_list("title", "search_text")) == written
