"""The instants at which the page of an event becomes another one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext

from events.access import pricing
from events.models import Event

BEFORE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    label: str
    instant: datetime


def moments_of(event: Event) -> list[Moment]:
    """Return them in order of time; those that have no time of their own are missing."""
    early = [pricing.opens_at(event, perk) for perk in event.perks.all() if perk.early_hours]
    opens = [instant for instant in (event.opens_at, *early) if instant]
    found = [
        (gettext("Before anybody can sign up"), min(opens) - BEFORE if opens else None),
        (gettext("Early sign-up begins"), min(filter(None, early), default=None)),
        (gettext("Registration opens"), event.opens_at),
        (gettext("Places are drawn"), event.draw_at),
        (gettext("Registration closes"), event.closes_at),
        (gettext("It starts"), event.starts_at),
        (gettext("It is over"), event.ends_at),
    ]
    named = [Moment(label, instant) for label, instant in found if instant is not None]
    return sorted(named, key=lambda moment: moment.instant)
