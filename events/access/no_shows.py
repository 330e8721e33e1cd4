"""No-shows: people who had a place at an event, did not come, and did not give the place up.

They are found from the check-ins and stored nowhere: a check-in that is noted later excuses the
person. Where few people were checked in, nobody noted who came, and nobody is counted. Events count
for each other if they share an organizer or a host: strangers cannot keep anybody from an event.
"""

from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q

from events.models import Attendee, Event, Registration
from events.models.attendance import came, has_a_role
from events.models.registration import RegistrationQuerySet

from . import pricing

#: How long after its end an event counts.
COUNTED_FOR = timedelta(days=183)
#: From so many on, registration opens later for the person.
FEWEST = 2
#: One of so many people has to be checked in: else nobody noted who came.
NOTED_SHARE = 3
#: So many of the events are named, the latest ones.
MOST_NAMED = 5


def no_shows(now: datetime) -> RegistrationQuerySet:
    """Return the places to which nobody came, at published events that ended a short time ago.

    Somebody who was checked in at a workshop came to the event. People with a role there are left
    out, and those who got their place by hand, or only after the start.
    """
    held = Registration.objects.filter(
        _is_noted(),
        workshop=None,
        status=Registration.Status.CONFIRMED,
        given_because="",
        confirmed_at__lt=F("event__starts_at"),
        event__status=Event.Status.PUBLISHED,
        event__ends_at__lte=now,
        event__ends_at__gte=now - COUNTED_FOR,
    )
    return held.exclude(came()).exclude(has_a_role())


def _is_noted() -> Exists:
    """Enough of those with a place at the event came. People with a role are not among them: they
    check themselves in, or each other.
    """
    places = Registration.objects.filter(
        event=OuterRef("event"), workshop=None, status=Registration.Status.CONFIRMED
    )
    counted = places.exclude(has_a_role()).order_by().values("event")
    counted = counted.annotate(of=Count("pk"), there=Count("pk", filter=came()))
    return Exists(counted.filter(of__lte=F("there") * NOTED_SHARE))


def _shares_people(asked: int | OuterRef) -> Q:
    """Return a condition on registrations: their event has an organizer or a host of the event
    `asked`, a primary key or what leads to one.
    """
    found = Q()
    for model, person in ((Event.organizers.through, "user"), (Event.hosts.through, "host")):
        rows = model._default_manager  # noqa: SLF001 - documented
        theirs = rows.filter(event=asked).values(person)
        there = rows.filter(event=OuterRef("event"), **{f"{person}__in": theirs})
        found |= Q(Exists(there))
    return found


def missed_by(attendee: Attendee | None, event: Event, now: datetime) -> tuple[Event, ...]:
    """Return the events because of which registration opens later for the person at this one, the
    latest first; none if they came, or if it makes no difference there any more.

    It costs a query only at events that open later for somebody, until they are open for all.
    """
    if attendee is None or not is_later_for_some(event, now) or attendee.pk is None:
        return ()
    places = no_shows(now).filter(_shares_people(event.pk), attendee=attendee)
    missed = Event.objects.filter(pk__in=places.values("event")).without_long_texts()
    found = tuple(missed.order_by("-starts_at", "-pk")[:MOST_NAMED])
    return found if len(found) >= FEWEST else ()


def is_later_for_some(event: Event, now: datetime) -> bool:
    """Return whether registration is still to open for people who did not come to others."""
    last = pricing.opens_at(event, None, is_later=True)
    return event.no_show_hours > 0 and last is not None and now < last


def did_not_come(now: datetime) -> Exists:
    """Return `missed_by` as a condition on rows with an `attendee` and an `event`."""
    asked = OuterRef(OuterRef(OuterRef("event")))
    theirs = no_shows(now).filter(_shares_people(asked), attendee=OuterRef("attendee"))
    people = theirs.order_by().values("attendee")
    return Exists(people.annotate(number=Count("pk")).filter(number__gte=FEWEST))
