"""The list of events, and the page of an event in every state to a visitor."""

from collections.abc import Iterator

from django.utils import timezone

from events import places
from events.models import Event
from tests.factories import (
    make_attendee,
    make_event,
    make_host,
    make_local_attendee,
    make_perk,
    make_role,
    make_workshop,
)

from .state import DAY, HOUR, State, page_of, take


def of_lists() -> Iterator[State]:
    """After the others: it looks at their events, which fill more than one page."""
    busy, idle = make_attendee(neos_username="Busy"), make_local_attendee()
    take(busy, make_event(title="Quiet walk", price=0, kind="talk", language="ja"))
    yield State("list", "/", "See the event")
    yield State("list-page-2", "/?page=2", "Page 2 of")
    yield State("list-past", "/?when=past", "Over and done")
    yield State("list-mine", "/?when=mine", "Quiet walk", busy.user)
    yield State("list-mine-none", "/?when=mine", "You have no place", idle.user)
    yield State("list-mine-signed-out", "/?when=mine", "Sign in to see the events")
    yield State("search", "/?q=walk", "Found in the title")
    yield State("search-nothing", "/?q=zebra", "Nothing is coming up for")
    filters = "/?free=1&kind=talk&language=ja&places=1"
    yield State("filters", filters, "Clear all", busy.user)
    yield State("time-zone", "/time-zone/?zone=Asia/Tokyo", "Your time zone")
    yield State("month", "/calendar/month/", "This month")
    yield State("month-empty", "/calendar/month/?month=2031-02", "Nothing is planned in this month")


def of_hosts() -> Iterator[State]:
    """The pages of hosts, and the way to follow one."""
    about = "We **build** lanterns.\n\n- at night\n- in fog"
    host = make_host(name="Lantern Club", slug="lantern-club", about=about)
    make_event(title="Lanterns").hosts.add(host)
    over = make_event(title="Over and done", starts_at=timezone.now() - DAY, kind="music")
    over.hosts.add(host)
    make_host(name="Avatar_masterclass_" * 4, slug="idle")
    visitor = make_attendee(neos_username="Visitor")
    yield State("host", "/hosts/lantern-club/", "Sign in to follow")
    yield State("host-signed-in", "/hosts/lantern-club/", "no e-mail address", visitor.user)
    yield State("host-idle", "/hosts/idle/", "Nothing is planned at the moment")


def of_open_events() -> Iterator[State]:
    now = timezone.now()
    host = make_host(name="霧の会", slug="kiri")
    plain = make_event(title="Open", capacity=3, kind="music", summary="Bring a song.")
    plain.hosts.add(host)
    yield page_of("open", plain, "Take a place", make_attendee())
    yield page_of("open-signed-out", plain, "Sign in to take a place")
    odd = make_event(title="Avatar_masterclass_" * 5, summary="霧の中のお茶会" * 9, capacity=40)
    yield page_of("odd-words", odd, "40 places", make_attendee())
    paid = make_event(title="Paid", price=1500, capacity=2, description="# Why\n\n- to see\n")
    make_perk(paid, label="Patron", early_hours=24, discount_percent=10)
    for number in range(2):
        make_workshop(paid, title=f"Part {number}", capacity=number, price=500 * number)
    yield page_of("paid", paid, "Take a place for €15.00", make_attendee())
    yield page_of("perk-unknown", paid, "tick Patreon", make_attendee(patreon_known=False))
    pledge = {"patreon_supporter": True, "patreon_cents": 900, "patreon_until": now + 30 * DAY}
    yield page_of("perk", paid, "for you €13.50", make_attendee(**pledge))
    yield page_of("paid-signed-out", paid, "€15.00")
    yield page_of("running", make_event(starts_at=now - HOUR, title="Now"), "Running now")
    full = make_event(title="Full", capacity=0)
    yield page_of("full", full, "Join the waitlist", make_attendee())


def of_roles() -> Iterator[State]:
    """The box of who has one, before and after they agree to be named; and what others see."""
    event = make_event(title="Roles", capacity=0)
    workshop = make_workshop(event, title="Led")
    speaker, nameless = make_attendee(neos_username="Wren"), make_attendee(neos_username="")
    make_role(event, speaker, workshop=workshop, early_minutes=30)
    make_role(event, nameless, kind="helper", outside_capacity=False)
    yield page_of("role", event, "Show my name with my role", speaker)
    yield page_of("role-nameless", event, "choose a display name first", nameless)
    places.show_roles(event=event, attendee=speaker, is_shown=True)
    make_role(event, speaker, kind="host")
    yield page_of("role-new", event, "One of your roles is new", speaker)
    yield page_of("roles-signed-out", event, "Who does what")


def of_draws() -> Iterator[State]:
    now = timezone.now()
    ahead = make_event(title="Draw", capacity=1, draw_at=now + DAY)
    yield page_of("draw", ahead, "Take part in the draw", make_attendee())
    yield page_of("draw-signed-out", ahead, "Check that it is fair")
    drawn = make_event(title="Drawn", capacity=1, draw_at=now + DAY)
    lucky, *_others = entrants = [make_attendee() for _ in range(3)]
    for entrant in entrants:
        take(entrant, drawn)
    Event.objects.filter(pk=drawn.pk).update(draw_at=now - HOUR)
    places.draw(event=drawn, now=now)
    yield page_of("drawn", drawn, "The places were drawn", lucky)


def of_closed_events() -> Iterator[State]:
    """Events at which nobody can take a place now."""
    now = timezone.now()
    soon = make_event(title="Soon", opens_at=now + DAY)
    make_perk(soon, label="Patron", early_hours=2)
    yield page_of("soon", soon, "Registration opens", make_attendee())
    yield page_of("soon-signed-out", soon, "we can mail you when it opens")
    shut = make_event(title="No list", capacity=0, has_waitlist=False)
    yield page_of("full-without-list", shut, "there is no waitlist")
    yield page_of(
        "closed", make_event(title="Shut", closes_at=now - HOUR), "Registration is closed"
    )
    gone = make_event(title="Gone", status=Event.Status.CANCELLED)
    yield page_of("cancelled", gone, "This event was cancelled")
    past = make_event(title="Past", starts_at=now - DAY, price=900, capacity=4)
    yield page_of("over", past, "Over", make_attendee())
