"""A world lets in exactly the people who have a place, while registrations change around it.

A real server and plain sockets, because a world reads bytes: redirects, cookies and chunks that
Django's test client hides would shut it out.
"""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from events import places
from events.desk import door
from events.doors import keys
from events.models import Attendee, Block, DoorKey, Event, Registration
from tests.events.doors.stage import make_key
from tests.factories import make_attendee, make_event, make_organizer, make_role
from tests.in_world import Unreadable, World
from tests.lines import register
from tests.servers import Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def site(transactional_db: None) -> Iterator[Site]:
    with running_site(application="tests.without_debug:application") as site:
        yield site
        assert "Traceback" not in site.output


@pytest.fixture
def mika() -> User:
    return make_organizer(username="mika")


@pytest.fixture
def jam(mika: User) -> Event:
    """It goes on, and takes two people; who waits has to have a verified account."""
    now = timezone.now()
    return make_event(
        organizers=[mika],
        starts_at=now - HOUR,
        ends_at=now + 5 * HOUR,
        capacity=2,
        neos_required=True,
    )


def world_of(site: Site, key: str) -> World:
    address = urlsplit(site.url)
    assert address.hostname is not None
    assert address.port is not None
    return World("127.0.0.1", address.port, key)


class Guestbook:
    """The answers that people should hear: kept by the test, and never read from the site."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.expected = {"U-stranger": "DENY not-registered"}

    def now(self, **changes: str) -> None:
        """Note what has changed, by name, and ask for everybody."""
        self.expected |= {f"U-{name}": line for name, line in changes.items()}
        heard = {neos_id: self.world.ask(neos_id) for neos_id in self.expected}
        assert heard == self.expected

    def all_hear(self, line: str) -> None:
        heard = {neos_id: self.world.ask(neos_id) for neos_id in self.expected}
        assert heard == dict.fromkeys(self.expected, line)


def person(name: str) -> Attendee:
    return make_attendee(neos_id=f"U-{name}", neos_username=name)


def test_world_lets_in_exactly_the_people_with_a_place(site: Site, mika: User, jam: Event) -> None:
    person("stranger")
    book = Guestbook(world_of(site, make_key(jam, may_check_in=True)))
    _ada, bo, cy, di = (register(person(name), jam) for name in ("ada", "bo", "cy", "di"))
    let_in, waits, out = "ALLOW guest", "DENY waitlisted", "DENY not-registered"
    book.now(ada=let_in, bo=let_in, cy=waits, di=waits)

    places.cancel(registration=bo, in_full=False)
    book.now(bo=out, cy=let_in)
    places.promote(registration=di, by=mika)
    book.now()
    places.cancel(registration=cy, in_full=False)
    book.now(cy=out, di=let_in)

    block = Block.objects.create(neos_id="U-ada", event=jam, reason="why")
    book.now(ada="DENY banned")
    block.delete()
    book.now(ada=let_in)

    neos = Attendee.objects.filter(neos_id="U-di")
    neos.update(neos_banned_until=timezone.now() + HOUR)
    book.now(di="DENY banned")
    neos.update(neos_banned_until=None, neos_locked=True)
    book.now(di="DENY neos-locked")
    neos.update(neos_locked=False)
    book.now(di=let_in)


def test_world_follows_money_times_and_roles(site: Site, mika: User, jam: Event) -> None:
    now = timezone.now()
    Event.objects.filter(pk=jam.pk).update(starts_at=now + 30 * MINUTE, price=500)
    jam.refresh_from_db()
    book = Guestbook(world_of(site, make_key(jam, may_check_in=True)))
    paid, unpaid = (register(person(name), jam) for name in ("paid", "unpaid"))
    book.now(paid="DENY payment-due", unpaid="DENY payment-due")
    places.confirm_paid(registration=paid)
    status, line = book.world.get(f"/door/{book.world.key}/U-paid")
    code, _, seconds = line.rpartition(" ")
    assert (status, code, 0 < int(seconds) <= 15 * 60) == (200, "DENY too-early", True)

    make_role(jam, paid.attendee, kind="host", early_minutes=60, outside_capacity=False)
    book.now(paid="ALLOW host")
    Registration.objects.filter(pk=unpaid.pk).update(hold_until=timezone.now())
    book.now(unpaid="DENY not-registered")

    Event.objects.filter(pk=jam.pk).update(status="cancelled")
    book.all_hear("DENY event-cancelled")
    Event.objects.filter(pk=jam.pk).update(status="published", ends_at=timezone.now() + HOUR)
    book.now()


def test_world_notes_who_came_and_the_desk_counts_them(site: Site, jam: Event) -> None:
    came, missing = (register(person(name), jam) for name in ("came", "missing"))
    waits = register(person("waits"), jam)
    world = world_of(site, make_key(jam, may_check_in=True))
    noted = [world.note(f"U-{name}", "in") for name in ("came", "came", "waits", "nobody")]
    assert noted == ["ALLOW guest", "ALLOW guest", "DENY waitlisted", "DENY not-registered"]
    assert [world.note("U-came", action) for action in ("out", "out")] == ["OUT", "OUT"]
    rows = Registration.objects.in_bulk([came.pk, missing.pk, waits.pk])
    assert [rows[one.pk].checked_in_at is not None for one in (came, missing, waits)] == [
        True,
        False,
        False,
    ]
    assert rows[came.pk].left_at is not None
    assert door.attendance(jam) == door.Attendance(came=1, of=2)

    reader = world_of(site, make_key(jam))
    assert reader.note("U-missing", "in") == "403 DENY read-only-key"
    Event.objects.filter(pk=jam.pk).update(ends_at=timezone.now())
    assert [world.ask("U-came"), world.ask("U-stranger")] == ["DENY event-over"] * 2


def test_world_reads_every_answer(site: Site, jam: Event) -> None:
    register(person("ada"), jam)
    key = make_key(jam)
    world = world_of(site, key)
    assert world.ask("U-ada", "?format=word") == "yes"
    assert world.ask("U-bo", "?format=word&status=1") == "403 no"
    strange = ("a b/c?d#e", "\0", "ä", "\N{DOOR}", "x" * 2_000)
    asked = [world.ask(sent) for sent in strange]
    assert asked == ["DENY not-registered"] * 5
    spelled = [f"/door/{key}/U-ada/", f"//door//{key}//U-ada", f"/Door/{key.upper()}/u-ADA"]
    assert [world.get(path) for path in spelled] == [(200, "ALLOW guest")] * 3
    assert world.get(f"/door/{key}/list.txt") == (200, "U-ada")
    assert world.post(f"/door/{key}/U-ada", "x") == (405, "DENY wrong-method")
    DoorKey.objects.update(revoked_at=timezone.now())
    wrong = [world, world_of(site, keys.new_secret()), world_of(site, "short")]
    assert [each.ask("U-ada") for each in wrong] == ["404 DENY unknown-key"] * 3
    assert key not in without_requests(site)


def without_requests(site: Site) -> str:
    """Return lines that the site logs; those of the server's own requests have the path."""
    return "\n".join(line for line in site.output.splitlines() if not line.startswith("<"))


def test_control_pages_of_the_site_cannot_be_read_in_a_world(site: Site) -> None:
    """Shows that this client refuses what a world cannot use."""
    world = world_of(site, "none")
    for path in ("/", "/admin/", "/accounts/login/"):
        with pytest.raises(Unreadable):
            world.get(path)
