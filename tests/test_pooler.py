"""The site behind PgBouncer in transaction mode: with `DATABASE_POOLER=transaction`, all works.

A real PgBouncer and real servers, because it is about what survives on a connection that is lent.
"""

from collections import Counter
from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import timezone

from benchmarks.crowd import fill
from events import places
from events.audit import audit
from tests.crowd import make_person, register_address, rush
from tests.eventsite.processes import refusal, run
from tests.eventsite.test_readiness import DEVELOPMENT, LOAD
from tests.factories import make_event, statuses
from tests.insistent import OWN_PAGES, assert_turned_away, look, press
from tests.pooler import running_pooler
from tests.servers import Site, running_site

pytestmark = [
    *(pytest.mark.server, pytest.mark.django_db(transaction=True)),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no pooler"),
]

PLACES, PEOPLE = 5, 30
#: More than a cursor reads at once.
ROWS = 2_500
MODE = {"DATABASE_POOLER": "transaction"}


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[Site]:
    with (
        running_pooler() as address,
        running_site(workers=2, application=OWN_PAGES, DATABASE_URL=address, **MODE) as site,
    ):
        yield site


def test_rush_over_lent_connections_keeps_to_the_capacity(site: Site) -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    people = [make_person() for _ in range(PEOPLE)]

    answers = rush([(person, register_address(site, event)) for person in people])

    assert answers == {302: PEOPLE}
    assert Counter(statuses(event)) == {"confirmed": PLACES, "waitlisted": PEOPLE - PLACES}
    assert audit(event, timezone.now()) == []


def test_wait_for_a_lock_ends_over_lent_connections(site: Site) -> None:
    event, person = make_event(neos_required=True), make_person()

    with places.locked_event(event.pk):
        refused, shown = press(site, person, event), look(site, person, event)
    again = press(site, person, event)

    assert_turned_away(refused)
    assert (shown.status_code, again.status_code) == (200, 302)


def test_long_list_is_read_over_lent_connections() -> None:
    """Others use the connections meanwhile, so that a cursor would be lost."""
    event = make_event()
    fill(event, confirmed=ROWS)
    with running_pooler() as address:
        command = ("manage.py", "export_registrations", event.slug)
        process = run(*command, **DEVELOPMENT, **MODE, DATABASE_URL=address)

    assert (process.returncode, process.stderr) == (0, "")
    assert len(process.stdout.splitlines()) == 1 + ROWS


# --- Without the setting, or half of it ----------------------------------------------------------


def test_site_without_the_setting_does_not_start_behind_it() -> None:
    """The control: PgBouncer refuses the option with which waits for locks end."""
    with running_pooler() as address:
        said = refusal(*LOAD, **DEVELOPMENT, DATABASE_URL=address)
    assert said.endswith("If it is PgBouncer, set DATABASE_POOLER=transaction.")


def test_pooler_that_lets_wait_without_end_ends_the_start() -> None:
    expected = "connect_query='SET lock_timeout = 10000'"
    with running_pooler(is_limited=False) as address:
        said = refusal(*LOAD, **DEVELOPMENT, **MODE, DATABASE_URL=address)
    assert said.endswith(expected)
