"""What one entry says: to everybody, and to whom in which state."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings

from events import calendars, places
from events.models import Event, Registration
from tests.factories import NOON, make_attendee, make_event, make_host, make_workshop
from tests.lines import register

from .reading import Entry, read_one

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Clock = time_machine.Traveller
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LINK = "neos-session:///S-1"


def own(registration: Registration) -> Entry:
    registration = Registration.objects.select_related("event", "workshop").get(pk=registration.pk)
    return read_one(calendars.event_file(registration.event, registration))


def page_of(registration: Registration) -> str:
    return f"{settings.SITE_URL}/registrations/{registration.code}/"


# --- For everybody -------------------------------------------------------------------------------


def test_public_entry_says_what_and_when_and_leads_to_the_page() -> None:
    event = make_event(title="Lantern walk", summary="Slowly.", slug="walk", kind="music")
    entry = read_one(calendars.event_file(event))
    page = f"{settings.SITE_URL}/events/walk/"
    assert entry == Entry(
        uid=f"event-{event.pk}@{settings.SITE_HOST}",
        summary="Lantern walk",
        description=f"Slowly.\n{page}",
        starts_at=NOON + 7 * DAY,
        ends_at=NOON + 7 * DAY + 2 * HOUR,
        stamp=NOON,
        changed_at=NOON,
        sequence=0,
        status="CONFIRMED",
        url=page,
        location="",
        transparency="TRANSPARENT",
        categories=("Music",),
        alarms=(),
    )


def test_public_entry_has_nothing_private() -> None:
    event = make_event(
        starts_at=NOON - HOUR, session_url=LINK, payment_instructions="IBAN DE00", contact="a@b.org"
    )
    make_host(event, name="Moths")
    register(make_attendee(neos_username="Ada"), event)
    raw = calendars.event_file(event).decode()
    private = ("S-1", "IBAN", "@b.org", "Ada", "ORGANIZER", "ATTENDEE", "VALARM", "METHOD")
    assert [word for word in private if word in raw] == []


def test_public_entry_of_a_workshop_is_its_own() -> None:
    event = make_event(title="Jam", slug="jam")
    workshop = make_workshop(event, title="Shaders", slug="shaders")
    entry = read_one(calendars.event_file(workshop))
    assert entry.uid == f"workshop-{workshop.pk}@{settings.SITE_HOST}"
    assert (entry.summary, entry.ends_at) == ("Shaders", event.starts_at + HOUR)
    page = f"{settings.SITE_URL}/events/jam/#workshop-shaders"
    assert entry.lines == ["Workshop at Jam", page]


def test_cancelled_event_is_cancelled_for_everybody() -> None:
    entry = read_one(calendars.event_file(make_event(title="Jam", status="cancelled")))
    assert (entry.status, entry.summary) == ("CANCELLED", "Cancelled: Jam")


# --- For who has a place, or waits ---------------------------------------------------------------


def test_place_is_sure_and_reminds_an_hour_before() -> None:
    registration = register(make_attendee(), make_event(title="Jam", summary="Loud."))
    entry = own(registration)
    assert (entry.summary, entry.status, entry.transparency) == ("Jam", "CONFIRMED", "OPAQUE")
    assert (entry.url, entry.alarms) == (page_of(registration), (-HOUR,))
    assert entry.lines == [
        "You are in.",
        "Loud.",
        "The link into the session appears on the page of your place when it is time.",
        f"Your place: {page_of(registration)}",
    ]


def test_place_at_a_workshop_sends_to_the_event_for_the_way_in(clock: Clock) -> None:
    event = make_event(title="Jam", starts_at=NOON + HOUR, session_url=LINK)
    attendee = make_attendee()
    register(attendee, event)
    part = register(attendee, make_workshop(event, title="Shaders"))
    clock.shift(HOUR)
    entry = own(part)
    assert (entry.summary, entry.status, entry.location) == ("Shaders", "CONFIRMED", "")
    assert entry.lines == [
        "You are in.",
        "Workshop at Jam",
        "The workshop is at the event. The link into the session is with your place there.",
        f"Your place: {page_of(part)}",
    ]


def held(registration: Registration) -> None:
    Registration.objects.filter(pk=registration.pk).update(
        status="awaiting_payment", hold_until=NOON + 30 * DAY
    )


def lapsed(registration: Registration) -> None:
    Registration.objects.filter(pk=registration.pk).update(
        status="awaiting_payment", hold_until=NOON - HOUR
    )


def waiting(registration: Registration) -> None:
    Registration.objects.filter(pk=registration.pk).update(
        status="waitlisted", waitlisted_at=NOON, taken_at=None
    )


def in_the_draw(registration: Registration) -> None:
    waiting(registration)
    Event.objects.update(draw_at=NOON + DAY)


def given_up(registration: Registration) -> None:
    places.cancel(registration=registration, in_full=False)


def off_the_site(_registration: Registration) -> None:
    Event.objects.update(status="draft")


def called_off(_registration: Registration) -> None:
    Event.objects.update(status="cancelled")


def lapsed_and_called_off(registration: Registration) -> None:
    lapsed(registration)
    called_off(registration)


STATES = [
    (held, "TENTATIVE", "Not paid yet: Jam", "A place is kept for you."),
    (lapsed, "CANCELLED", "No place any more: Jam", "You no longer have this place or spot"),
    (waiting, "TENTATIVE", "On the waitlist: Jam", "You are on the waitlist."),
    (in_the_draw, "TENTATIVE", "In the draw: Jam", "You take part in the draw."),
    (given_up, "CANCELLED", "No place any more: Jam", "You no longer have this place or spot"),
    (off_the_site, "TENTATIVE", "Jam", "The organizers have taken this event off"),
    (called_off, "CANCELLED", "Cancelled: Jam", "The event does not take place."),
    (lapsed_and_called_off, "CANCELLED", "Cancelled: Jam", "The event does not take place."),
]


@pytest.mark.parametrize(("become", "status", "summary", "state"), STATES)
def test_nothing_but_a_sure_place_reminds_takes_time_or_lets_in(
    become: object, status: str, summary: str, state: str
) -> None:
    """The session is open: the link would be there for who is in."""
    event = make_event(title="Jam", starts_at=NOON - HOUR, session_url=LINK)
    registration = register(make_attendee(), event)
    assert own(registration).location == LINK  # the control
    assert callable(become)
    become(registration)
    entry = own(registration)
    assert (entry.status, entry.summary) == (status, summary)
    assert entry.lines[0].startswith(state)
    assert (entry.alarms, entry.transparency, entry.location) == ((), "TRANSPARENT", "")
    assert "S-1" not in entry.description
    assert entry.url == page_of(registration)


def test_way_in_is_there_exactly_while_the_page_shows_it(clock: Clock) -> None:
    registration = register(make_attendee(), make_event(starts_at=NOON + HOUR, session_url=LINK))
    seen = []
    for minutes in (0, 44, 45, 60, 179, 180, 181):
        clock.move_to(NOON + timedelta(minutes=minutes))
        entry = own(registration)
        assert (f"Enter the session: {LINK}" in entry.lines) is bool(entry.location)
        seen.append(entry.location)
    assert seen == ["", "", LINK, LINK, LINK, "", ""]


def test_way_into_a_world_says_that_it_is_opened() -> None:
    world = "neosrec:///U-ada/R-1"
    event = make_event(title="Jam", starts_at=NOON - HOUR, session_url=world)
    entry = own(register(make_attendee(), event))
    assert (entry.location, f"Open the world: {world}" in entry.lines) == (world, True)


def test_past_place_promises_nothing(clock: Clock) -> None:
    registration = register(make_attendee(), make_event(session_url=LINK))
    clock.shift(8 * DAY)
    assert own(registration).lines == ["You had a place.", f"Your place: {page_of(registration)}"]


def test_own_entry_names_nobody() -> None:
    ada = make_attendee(neos_username="Ada")
    registration = register(ada, make_event(contact="a@b.org"))
    raw = calendars.event_file(registration.event, registration).decode()
    assert [word for word in ("Ada", "@b.org", ada.neos_id, "ORGANIZER") if word in raw] == []


# --- Instants ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "starts", "hours"),
    [
        ("Europe/Berlin", datetime(2030, 10, 26, 22), 7),  # noqa: DTZ001 - the zone is beside it
        ("America/New_York", datetime(2031, 3, 8, 22), 7),  # noqa: DTZ001
        ("Australia/Lord_Howe", datetime(2030, 10, 5, 23), 5),  # noqa: DTZ001 - half an hour
    ],
)
def test_event_over_a_change_of_the_clocks_lasts_as_long_as_it_does(
    zone: str, starts: datetime, hours: int
) -> None:
    starts_at = starts.replace(tzinfo=ZoneInfo(zone))
    ends_at = starts_at.astimezone(UTC) + hours * HOUR
    offsets = {t.astimezone(ZoneInfo(zone)).utcoffset() for t in (starts_at, ends_at)}
    assert len(offsets) == 2  # the clocks are changed between the two
    event = make_event(starts_at=starts_at, ends_at=ends_at, time_zone=zone)
    content = calendars.event_file(event)
    entry = read_one(content)
    assert (entry.starts_at, entry.ends_at) == (starts_at.astimezone(UTC), ends_at)
    assert entry.ends_at - entry.starts_at == hours * HOUR
    assert f"DTSTART:{starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}\r\n".encode() in content
