"""Somebody for each reason against a place."""

from collections.abc import Iterator

from django.utils import timezone

from events.models import Attendee, Block
from tests.attendance import miss, team
from tests.factories import (
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_workshop,
)

from .state import DAY, HOUR, State, change, page_of, take


def of_persons() -> Iterator[State]:
    """People whom an event for verified accounts refuses, or who have to prove an address."""
    now = timezone.now()
    gated = make_event(title="Verified only", neos_required=True)
    unproved = make_local_attendee(email_confirmed_at=None)
    yield page_of("email-unconfirmed", make_event(), "Confirm your e-mail address first", unproved)
    for name, person, says in (
        ("neos-required", make_local_attendee(), "Link your Neos account"),
        ("neos-unverified", make_attendee(neos_email_verified=False), "is not verified"),
        ("neos-locked", make_attendee(neos_locked=True), "has locked your Neos account"),
        ("neos-banned", make_attendee(neos_banned_until=now + DAY), "is banned at Neos"),
        ("neos-stale", make_attendee(verified_at=now - 400 * DAY), "verification has expired"),
        ("all-at-once", _troubled(), "has locked your Neos account"),
    ):
        yield page_of(name, gated, says, person)
        if name != "neos-required":
            yield State(f"account-{name}", "/account/", "Verify with Neos again", person.user)


def _troubled() -> Attendee:
    now = timezone.now()
    return make_attendee(
        neos_email_verified=False,
        neos_locked=True,
        neos_banned_until=now + DAY,
        verified_at=now - 400 * DAY,
        patreon_known=False,
    )


def of_people_who_did_not_come() -> Iterator[State]:
    now = timezone.now()
    late = make_attendee()
    miss(late, now=now)
    event = make_event(
        title="Later for some", opens_at=now + HOUR, no_show_hours=24, organizers=[team()]
    )
    yield page_of("not-open-missed", event, "Registration opens later for you", late)
    yield State("data-missed", "/account/data/", "were not checked in there", late.user)


def of_patrons_and_blocks() -> Iterator[State]:
    patrons = make_event(title="Patrons only", patron_cents=600)
    yield page_of("patreon-unknown", patrons, "tick Patreon", make_attendee(patreon_known=False))
    yield page_of("patreon-required", patrons, "from $6.00 a month", make_attendee())
    bare = make_attendee(patreon_supporter=True)
    yield page_of("patreon-without-amount", patrons, "has told us no amount", bare)
    kept_out, event = make_attendee(), make_event(title="Not for all")
    Block.objects.create(neos_id=kept_out.neos_id, event=event, created_by=make_organizer())
    yield page_of("blocked", event, "do not let this Neos account take part", kept_out)
    waiting = make_event(title="Blocked in line", capacity=0)
    in_line = take(kept_out, waiting)
    Block.objects.create(neos_id=kept_out.neos_id, event=waiting, created_by=make_organizer())
    yield page_of("waiting-blocked", waiting, "you could not have it", kept_out)
    place = f"/registrations/{in_line.code}/"
    yield State("place-waiting-blocked", place, "you could not have it", kept_out.user)


def of_workshops() -> Iterator[State]:
    event = make_event(title="With parts")
    free = make_workshop(event, title="Fog")
    full = make_workshop(event, title="Glass", capacity=0, price=500)
    make_workshop(event, title="Light", starts_at=event.starts_at + HOUR, has_waitlist=False)
    comer, asker, newcomer = make_attendee(), make_attendee(), make_attendee()
    yield page_of("parts", event, "confirmed place at the event", newcomer)
    for person in (comer, asker):
        take(person, event)
    take(comer, free)
    yield page_of("parts-clash", event, "at the same time as “Fog”", comer)
    spot = take(asker, full)
    yield page_of("parts-swap", event, "leave the waitlist of “Glass”", asker)
    place = f"/registrations/{spot.code}/"
    yield State("place-part-waiting", place, "My place at the event", asker.user)


def of_drafts() -> Iterator[State]:
    """Events that were taken off the site with people in them."""
    draft = make_event(title="Off the site", capacity=0)
    waiting = make_attendee()
    spot = take(waiting, draft)
    change(draft, status="draft")
    yield page_of("draft", draft, "taken this event off the site", waiting)
    place = f"/registrations/{spot.code}/"
    yield State("place-draft-waiting", place, "taken this event off the site", waiting.user)
