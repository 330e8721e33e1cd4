"""The migrations that make events of before known to the search, and not new to anybody."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from events import follows
from events.models import Event, Follow
from tests.factories import NOON, make_event, make_host, make_local_attendee, make_workshop
from tests.lines import kinds

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


def test_names_of_workshops_and_hosts_become_a_part_of_their_own() -> None:
    event = make_event(title="Café", summary="One")
    make_workshop(event, title="Fog", summary="Two")
    make_host(event, name="Moths")
    migrate("0019_look")
    Event.objects.update(search_text="cafe\none fog two moths")
    migrate(newest())
    assert Event.objects.get().search_text == "cafe\nfog moths\tone two"


def test_events_that_were_public_before_are_not_new_once_they_have_a_host() -> None:
    public = [make_event(), make_event(status="cancelled")]
    hidden = [make_event(status="draft"), make_event(listed=False)]
    migrate("0018_money_follows")
    migrate(newest())
    ada, host = make_local_attendee(), make_host()
    Follow.objects.create(attendee=ada, host=host, created_at=NOON)
    host.events.add(*public, *hidden)
    Event.objects.update(status="published", listed=True)
    follows.tell(NOON)
    assert kinds(ada) == ["new-event"] * 2
    told = ada.notifications.values_list("event", flat=True)
    assert sorted(told) == [event.pk for event in hidden]
