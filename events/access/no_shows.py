"""No-shows: people who had a place at an event, did not come, and did not give the place up.

They are found from the check-ins and stored nowhere: a check-in that is noted later excuses the
person. Where nobody was checked in at the event, nobody noted who came, and nobody is counted.
"""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef

from events.models import Attendee, Event, Registration, Role
from events.models.registration import RegistrationQuerySet

from . import pricing

#: How long after its end an event counts.
COUNTED_FOR = timedelta(days=183)
#: From so many on, registration opens later for the person.
FEWEST = 2
#: So many of the events are named, the latest ones.
MOST_NAMED = 5


def no_shows(now: datetime) -> RegistrationQuerySet:
    """Return the places to which nobody came, at published events that ended a short time ago.

    Somebody who was checked in at a workshop came to the event. People with a role there are left
    out, and those who got their place only after the start.
    """
    checked_in = Registration.objects.filter(event=OuterRef("event"), checked_in_at__isnull=False)
    roles = Role.objects.filter(event=OuterRef("event"), attendee=OuterRef("attendee"))
    held = Registration.objects.filter(
        Exists(checked_in.filter(workshop=None)),
        workshop=None,
        status=Registration.Status.CONFIRMED,
        confirmed_at__lt=F("event__starts_at"),
        event__status=Event.Status.PUBLISHED,
        event__ends_at__lte=now,
        event__ends_at__gte=now - COUNTED_FOR,
    )
    came = checked_in.filter(attendee=OuterRef("attendee"))
    return held.exclude(Exists(came)).exclude(Exists(roles))


def missed_by(attendee: Attendee | None, event: Event, now: datetime) -> tuple[Event, ...]:
    """Return the events because of which registration opens later for the person at this one, the
    latest first; none if they came, or if it makes no difference there any more.

    It costs a query only at events that open later for somebody, until they are open for all.
    """
    if attendee is None or not is_later_for_some(event, now) or attendee.pk is None:
        return ()
    places = no_shows(now).filter(attendee=attendee)
    missed = Event.objects.filter(pk__in=places.values("event")).without_long_texts()
    found = tuple(missed.order_by("-starts_at", "-pk")[:MOST_NAMED])
    return found if len(found) >= FEWEST else ()


def is_later_for_some(event: Event, now: datetime) -> bool:
    """Return whether registration is still to open for people who did not come to others."""
    last = pricing.opens_at(event, None, is_later=True)
    return event.no_show_hours > 0 and last is not None and now < last


def did_not_come(now: datetime) -> Exists:
    """Return `missed_by` as a condition on rows with an `attendee`."""
    theirs = no_shows(now).filter(attendee=OuterRef("attendee")).order_by().values("attendee")
    return Exists(theirs.annotate(number=Count("pk")).filter(number__gte=FEWEST))
