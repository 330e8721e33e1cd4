"""Read who has what at an event, and find a person whom an organizer names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from uuid import UUID

from django.db.models import Q, QuerySet

from events.access import pricing
from events.formatting import text
from events.models import Attendee, Event, PatronPerk, Registration, Workshop
from events.models.registration import RegistrationQuerySet
from events.models.registration_status import ACTIVE
from events.models.spelling import meant_by, spelled_like

Status = Registration.Status
#: What the list can be narrowed to, by names that stand in addresses.
STATES: Mapping[str, Q] = {
    "all": Q(status__in=ACTIVE),
    "confirmed": Q(status=Status.CONFIRMED),
    "unpaid": Q(status=Status.AWAITING_PAYMENT),
    "waiting": Q(status=Status.WAITLISTED),
    "came": Q(checked_in_at__isnull=False),
    "ended": ~Q(status__in=ACTIVE),
}
EVERYTHING, EVENT_ITSELF = "", "event"
#: More people of one name than anybody reads through.
MOST_FOUND = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; a value that is none of those on offer counts as the first."""

    words: str = ""
    state: str = "all"
    where: str = EVERYTHING

    def narrow(self, event: Event) -> RegistrationQuerySet:
        q = event.registrations.filter(STATES.get(self.state, STATES["all"]), self._there())
        return q.filter(_named_like(self.words)) if self.words else q

    def _there(self) -> Q:
        if self.where == EVENT_ITSELF:
            return Q(workshop=None)
        is_id = self.where.isascii() and self.where.isdigit() and len(self.where) < MOST_FOUND
        return Q(workshop=int(self.where)) if is_id else Q()


def people_of(event: Event, wanted: Wanted) -> RegistrationQuerySet:
    """Return registrations, newest first, with all that a line of the list shows."""
    q = wanted.narrow(event).select_related("attendee__user", "workshop", "promoted_by")
    return q.order_by("-created_at", "-pk")


def _named_like(words: str) -> Q:
    try:
        return Q(code=UUID(words.strip()))
    except ValueError:
        wanted = text.clean_line(words.replace("\0", ""))
    columns = ("neos_id", "neos_username", "display_name", "user__username")
    found = Q()
    for column in columns:
        found |= Q(**{f"attendee__{column}__icontains": wanted})
    return found


def tier_of(attendee: Attendee, perks: tuple[PatronPerk, ...], now: datetime) -> str:
    """Return the tier of the event that the person's pledge reaches; never the sum."""
    perk = pricing.perk_of(attendee, perks, now)
    return perk.label if perk else ""


def find_people(named: str) -> list[Attendee]:
    """Return who has this id or name: by an id only one person, by a name perhaps more.

    Ids are those of Neos and of accounts. In other letters, large or small, a Neos id counts where
    that is one person's only. Erased people have none.
    """
    if "\0" in named or not named.strip():
        return []
    there = Attendee.objects.filter(erased_at=None).select_related("user").order_by("pk")
    name, neos_id = text.clean_line(named), text.clean_id(named)
    return (
        list(there.filter(neos_id=neos_id))
        or list(there.filter(user__username=text.clean_account_name(named)))
        or meant_by(neos_id, there.filter(spelled_like(neos_id)), attrgetter("neos_id"))
        or list(there.filter(_is_called(name))[:MOST_FOUND])
    )


def _is_called(name: str) -> Q:
    return Q(neos_username__iexact=name) | Q(display_name__iexact=name)


def workshops_to_move_to(registration: Registration, now: datetime) -> QuerySet[Workshop]:
    others = registration.event.workshops.exclude(pk=registration.workshop_id or 0)
    return others.filter(ends_at__gt=now)


def is_movable(registration: Registration, now: datetime) -> bool:
    """Return whether it is at a workshop that its person can still leave for another one."""
    is_leaving = bool(registration.workshop_id) and is_open(registration, now)
    return is_leaving and workshops_to_move_to(registration, now).exists()


def is_replaceable(registration: Registration, now: datetime) -> bool:
    """Return whether it is a place that can still be given to somebody else."""
    return registration.has_place(now) and is_open(registration, now)


def is_open(registration: Registration, now: datetime) -> bool:
    """Return whether it can still be ended: it is not over, and its person has not come."""
    return registration.may_be_cancelled(now) and registration.checked_in_at is None
