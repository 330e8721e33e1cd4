"""Moving and cancelling in the event form: nobody is dropped, everybody concerned is told."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events import places
from events.admin import shown
from events.models import Event, Notification, Registration
from tests.factories import make_attendee, make_event, make_workshop
from tests.markup import TreeBuilder

from .conftest import SignedIn
from .pages import page_of, said, save, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

ONTO_LATER = {"workshops-0-starts_at_1": "13:00", "workshops-0-ends_at_1": "14:00"}


@pytest.fixture
def jam(mika: User) -> Event:
    """Two hours, a workshop in each."""
    event = make_event(title="Jam", slug="jam", organizers=[mika])
    make_workshop(event, title="Mixing")
    make_workshop(event, title="Later", starts_at=event.starts_at + timedelta(hours=1))
    return event


def sign_up(event: Event, name: str, *titles: str) -> None:
    """Somebody with a place at the event and in some of its workshops."""
    user = make_attendee(neos_id=f"U-{name}", neos_username=name).user
    places.register(user=user, bookable=event)
    for title in titles:
        places.register(user=user, bookable=event.workshops.get(title=title))


def told(kind: str) -> list[str]:
    q = Notification.objects.filter(kind=kind).order_by("pk")
    return list(q.values_list("attendee__neos_username", flat=True))


def test_workshops_moved_onto_each_other_list_and_tell_who_is_in_both(
    browser: Client, jam: Event
) -> None:
    sign_up(jam, "Ada", "Mixing", "Later")
    sign_up(jam, "Bo", "Mixing", "Later")
    sign_up(jam, "Cy", "Mixing")
    sign_up(jam, "Di", "Later")
    response = save(browser, page_of(jam), **ONTO_LATER)
    assert lines_of(words(response)[0]) == [
        "2 people now have two workshops at the same time and were told:",
        "Ada (U-Ada): “Mixing” and “Later”",
        "Bo (U-Bo): “Mixing” and “Later”",
    ]
    assert told("time-clash") == ["Ada", "Bo"]
    assert told("time-changed") == ["Ada", "Bo", "Cy"]
    assert set(Registration.objects.values_list("status", flat=True)) == {"confirmed"}


def test_workshop_moved_with_people_in_one_only_warns_of_nothing(
    browser: Client, jam: Event
) -> None:
    sign_up(jam, "Ada", "Mixing")
    sign_up(jam, "Bo", "Later")
    response = save(browser, page_of(jam), **ONTO_LATER)
    assert [word for word in said(response) if "same time" in word] == []
    assert (told("time-clash"), told("time-changed")) == ([], ["Ada"])


def lines_of(message: str) -> list[str]:
    """Return the lines of a message without their markup."""
    return [TreeBuilder(line).root.raw for line in message.split("<br>")]


def test_warning_of_clashes_names_some_and_counts_the_rest(
    browser: Client, jam: Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "MAX_NAMES", 1)
    for name in ["Ada", "Bo", "Cy"]:
        sign_up(jam, name, "Mixing", "Later")
    intro, *named = lines_of(words(save(browser, page_of(jam), **ONTO_LATER))[0])
    assert intro.startswith("3 people now have two workshops") is True
    assert named == ["Ada (U-Ada): “Mixing” and “Later”", "2 more"]


def test_saving_again_warns_of_an_old_clash_no_more(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing", "Later")
    save(browser, page_of(jam), **ONTO_LATER)
    response = save(browser, page_of(jam), summary="Bring headphones")
    assert [word for word in said(response) if "same time" in word] == []
    assert told("time-clash") == ["Ada"]


def test_moved_event_tells_everybody_once(browser: Client, jam: Event) -> None:
    jam.workshops.all().delete()
    sign_up(jam, "Ada")
    save(browser, page_of(jam), starts_at_1="13:00")
    save(browser, page_of(jam))
    jam.refresh_from_db()
    assert (told("time-changed"), jam.sequence) == (["Ada"], 1)


def test_cancelled_event_tells_everybody_once(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing")
    Event.objects.update(capacity=1)
    sign_up(jam, "Bo")
    save(browser, page_of(jam), status="cancelled")
    save(browser, page_of(jam), summary="Sorry")
    assert told("event-cancelled") == ["Ada", "Bo"]


def test_refused_form_tells_nobody(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing", "Later")
    before = list(Notification.objects.values())
    response = save(browser, page_of(jam), **ONTO_LATER, currency="ZZZ")
    assert (response.status_code, said(response)) == (200, [])
    assert list(Notification.objects.values()) == before


def test_copy_tells_nobody(browser: Client, jam: Event) -> None:
    sign_up(jam, "Ada", "Mixing", "Later")
    before = list(Notification.objects.values())
    save(browser, page_of(jam), slug="copy", _saveasnew="1", **ONTO_LATER)
    assert Event.objects.count() == 2
    assert list(Notification.objects.values()) == before


def test_strangers_move_nothing(
    client: Client, signed_in: SignedIn, browser: Client, robin: User, jam: Event
) -> None:
    sign_up(jam, "Ada", "Mixing", "Later")
    guest = Registration.objects.all()[0].attendee.user
    mixing = jam.workshops.get(title="Mixing")
    for stranger in [client, signed_in(guest), signed_in(robin)]:
        stranger.post(page_of(jam), ONTO_LATER | {"status": "cancelled"})
    mixing.refresh_from_db()
    jam.refresh_from_db()
    assert (mixing.starts_at, jam.status) == (jam.starts_at, "published")
    assert told("time-changed") + told("event-cancelled") == []


def test_saving_costs_the_same_with_more_people(browser: Client, jam: Event) -> None:
    counts = []
    for names in [["Ada"], ["Bo", "Cy"]]:
        for name in names:
            sign_up(jam, name, "Mixing", "Later")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            save(browser, page_of(jam), summary=f"For {names}")
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.skipif(
    not connection.features.has_select_for_update, reason="SQLite locks with the transaction"
)
def test_event_is_read_under_its_lock_before_it_is_written(browser: Client, jam: Event) -> None:
    """Or the whole row that is saved would undo a draw that was held in between."""
    with CaptureQueriesContext(connection) as queries:
        save(browser, page_of(jam), summary="Changed")
    asked = [query["sql"] for query in queries]
    locked = next(n for n, sql in enumerate(asked) if sql.endswith("UPDATE"))
    written = next(n for n, sql in enumerate(asked) if sql.startswith('UPDATE "events_event"'))
    reread = [n for n, sql in enumerate(asked) if locked < n < written and 'AS "taken"' in sql]
    assert len(reread) == 1
