"""Note who was passed over for a free place, and tell them why, once for the same reasons.

Noting is one statement for any number of people, under the event's lock. Telling takes a batch at
a time: the pass tells the first ones, housekeeping the others.
"""

from collections import Counter
from datetime import datetime

from django.db.models import Count, F, OuterRef, Subquery
from django.utils import timezone

from events.access import rows
from events.access.facts import Facts
from events.access.rules import refusals_of_person
from events.messages import texts
from events.models import Event, Registration
from events.models.registration import RegistrationQuerySet

from .line import with_facts
from .lock import locked_event
from .numbers import BATCH


def count(line: RegistrationQuerySet, asked: rows.Asked) -> tuple[int, dict[str, int]]:
    """Return how many of these people may not have a place, and how many by refusal code."""
    groups = rows.with_codes(line, asked).exclude(codes="").order_by("codes")
    codes = Counter[str]()
    people = 0
    for together, number in groups.values_list("codes").annotate(Count("pk")):
        people += number
        for code in together.strip("+").split("+"):
            codes[code] += number
    return people, dict(codes)


def note(line: RegistrationQuerySet, asked: rows.Asked) -> int:
    """Note that these people are owed the reasons, unless they were owed the same before."""
    changed = rows.with_codes(line, asked).exclude(codes="").exclude(codes=F("passed_over_for"))
    same_row = rows.with_codes(Registration.objects.filter(pk=OuterRef("pk")), asked)
    return changed.order_by().update(
        passed_over_for=Subquery(same_row.values("codes")), is_owed_reasons=True
    )


def tell_rest(*, event: Event) -> int:
    """Tell everybody whom a pass has left to others; return how many rows were looked at.

    Each batch has a transaction of its own, so that nobody waits long for the event's lock.
    """
    number = 0
    while batch := _tell_batch(event):
        number += batch
    return number


def _tell_batch(event: Event) -> int:
    with locked_event(event.pk) as locked:
        return tell(locked, timezone.now())


def tell(event: Event, now: datetime) -> int:
    """Tell a batch of people who were passed over; return how many there were.

    The reasons are those of this moment: if none is left, there is nothing to say.
    """
    owed = event.registrations.filter(is_owed_reasons=True)
    batch = list(owed.select_related("attendee__user", "workshop").order_by("pk")[:BATCH])
    waiting = [r for r in batch if r.status == Registration.Status.WAITLISTED]
    waiting = waiting if event.is_published else []  # who waits there heard of that
    common = Facts(event=event, attendee=None, now=now)
    texts.passed_over(
        (registration, refusals_of_person(facts, registration.bookable))
        for facts, registration in with_facts(waiting, common)
    )
    Registration.objects.filter(pk__in=[r.pk for r in batch]).update(is_owed_reasons=False)
    return len(batch)
