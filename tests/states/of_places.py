"""The pages of somebody's own places, and the event's page beside each."""

from collections.abc import Iterator

from django.utils import timezone

from events import places
from events.models import Attendee, Block, Event, Registration
from tests.factories import (
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_workshop,
)

from .state import DAY, HOUR, State, change, place_of, take


def of_free_places() -> Iterator[State]:
    now = timezone.now()
    ada = make_attendee(neos_username="Ada")
    plain = make_event(title="Open evening", capacity=3)
    in_it = take(ada, plain)
    places.show(registration=in_it, is_shown=True)
    yield from _both("in", in_it, "You are in", "Do not show my name")
    session = {"session_url": "neos-session:///S-1"}
    soon = make_event(title="Starts soon", starts_at=now + DAY, **session)
    yield from _both("in-early", take(ada, soon), "appears here", "Show my name")
    running = make_event(title="Now", starts_at=now - HOUR, ends_at=now + HOUR, **session)
    yield from _both("in-running", take(ada, running), "Enter the session", "Enter the session")
    session["session_url"] = "neosrec:///U-Ada/R-1"
    world = make_event(title="A world", starts_at=now - HOUR, ends_at=now + HOUR, **session)
    yield from _both("in-world", take(ada, world), "Open the world", "Open the world")
    shut = take(ada, make_event(title="Shut", starts_at=now - HOUR, ends_at=now + HOUR, **session))
    Block.objects.create(neos_id=ada.neos_id, event=shut.event)
    yield from _both("in-shut", shut, "You cannot come into this session", "See your place")
    with_parts = make_event(title="With workshops")
    part = make_workshop(with_parts, title="Fog")
    make_workshop(with_parts, title="Late", starts_at=with_parts.starts_at + HOUR, price=500)
    yield from _both("in-parts", take(ada, with_parts), "Workshops to take now", "Fog")
    yield _page("part", take(ada, part), "Other workshops")


def of_waiting_places() -> Iterator[State]:
    ada = make_attendee()
    full = make_event(title="Full house", capacity=0, price=700)
    yield from _both("waiting", take(ada, full), "You are number 1 in line", "number 1 in line")
    draw = make_event(title="Draw", capacity=1, draw_at=timezone.now() + DAY)
    yield from _both("draw", take(ada, draw), "has the same chance", "Leave the draw")


def of_lost_places() -> Iterator[State]:
    now = timezone.now()
    ada = make_attendee(neos_username="Ada")
    given_up = take(ada, make_event(title="Given up"))
    places.cancel(registration=given_up, in_full=False)
    yield from _both("given-up", given_up, "You no longer have this", "Take a place")
    lapsed, expired = (take(ada, make_event(title="Forgotten", price=500)) for _ in range(2))
    Registration.objects.filter(pk__in=[lapsed.pk, expired.pk]).update(hold_until=now - HOUR)
    places.settle(event=expired.event)
    yield _page("lapsed", lapsed, "The time to pay is over")
    yield _page("expired", expired, "You no longer have this")
    held, sure = (take(ada, make_event(title="Called off", price=price)) for price in (500, 0))
    for lost in (held, sure):
        change(lost.event, status=Event.Status.CANCELLED)
    yield from _both("called-off-unpaid", held, "nothing to pay", "Not paid")
    yield from _both("called-off", sure, "You need not do anything", "It does not take place")
    over = take(ada, make_event(title="Long ago"))
    change(over.event, starts_at=now - 2 * DAY, ends_at=now - DAY)
    yield from _both("over", over, "You had a place", "Over")
    yield State("places-many", "/registrations/", "Earlier", ada.user)
    yield State("places-lost", "/registrations/", "Not yours any more", ada.user)


def of_overviews() -> Iterator[State]:
    """My places, and what asks before one is given up."""
    ada = make_attendee()
    running = make_event(starts_at=timezone.now() - HOUR, session_url="neos-session:///S-1")
    take(ada, running)
    priced = take(ada, make_event(title="Priced", price=900))
    soon = timezone.now() + HOUR / 2
    part = make_workshop(running, title="Now and here", capacity=2, starts_at=soon)
    take(ada, part)
    yield State("places", "/registrations/", "Give up this place", ada.user)
    nobody = make_local_attendee()
    yield State("places-none", "/registrations/", "Find an event", nobody.user)
    told = {"money_back": "900"}
    yield _page("cancel-again", priced, "has changed since", "Yes, give it up", told, 409)
    yield from _of_others(ada)


def of_invitations() -> Iterator[State]:
    """The page that a link of an organizer's leads to."""
    full = make_event(title="Full to the roof", capacity=0, price=700)
    mika = make_organizer()
    until = timezone.now() + DAY
    _made, token = places.invite(bookable=full, by=mika, because="Plays", until=until)
    link = f"/invitations/{token}/"
    ada, plain = make_attendee(), make_local_attendee()
    yield State("invitation", link, "Take the place", ada.user)
    yield State("invitation-signed-out", link, "Sign in to take the place")
    yield State("invitation-refused", link, "needs a verified Neos account", plain.user)
    inside = make_attendee()
    places.let_in(
        attendee=inside, bookable=full, act=places.Act(mika, "", frozenset(places.Overruled))
    )
    yield State("invitation-not-needed", link, "is not used up", inside.user)
    yield State("invitation-gone", "/invitations/x/", "cannot be used", ada.user, status=404)


def _of_others(ada: Attendee) -> Iterator[State]:
    """What is somebody else's, or too late, looks like nothing, or says so."""
    strange = take(make_attendee(), make_event())
    yield State("place-of-others", place_of(strange), "Nothing here", ada.user, status=404)


def _both(name: str, mine: Registration, says: str, says_event: str) -> Iterator[State]:
    yield _page(name, mine, says)
    address = mine.event.get_absolute_url()
    yield State(f"event-mine-{name}", address, says_event, mine.attendee.user)


def _page(
    name: str,
    mine: Registration,
    says: str,
    press: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> State:
    user = mine.attendee.user
    return State(f"place-{name}", place_of(mine), says, user, press, typed or {}, status)
