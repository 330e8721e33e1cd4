"""Copy what belongs to an event besides its own row. Each part is one function in `PARTS`.

A part takes a `Copying` and writes rows of the copy. It is called in the transaction that makes the
copy, under the lock of the original. It sends nothing to anybody, and copies nobody who signed up.
To copy something new about events, add its function to `PARTS`, behind what it refers to.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.utils import timezone

from events import places
from events.models import DoorKey, Event, PatronPerk, Workshop

from . import questions
from .rows import LEFT_OF_PART, values_of
from .shifts import Shift

#: Fields that the row of a copy has anew: its key, and what happened to the original.
LEFT_OF_WORKSHOP = frozenset(
    {"id", "event", "starts_at", "ends_at", "capacity_lowered_at", "moved_at", "former_slugs"}
)
LEFT_OF_KEY = LEFT_OF_PART | {"workshop", "last_used_at"}


@dataclass(frozen=True, slots=True)
class Copying:
    """`workshops` has those of the copy by the key of the original's, once they are made."""

    original: Event
    copy: Event
    shift: Shift
    workshops: dict[int, Workshop] = field(default_factory=dict)


Part = Callable[[Copying], None]


def copy_workshops(copying: Copying) -> None:
    for workshop in copying.original.workshops.order_by("pk"):
        values = values_of(workshop, without=LEFT_OF_WORKSHOP)
        start, end = copying.shift.span_inside(workshop, copying.copy.ends_at)
        made = Workshop(event=copying.copy, starts_at=start, ends_at=end, **values)
        made.save(force_insert=True)
        copying.workshops[workshop.pk] = made


def copy_perks(copying: Copying) -> None:
    rows = [values_of(perk, without=LEFT_OF_PART) for perk in copying.original.perks.all()]
    PatronPerk.objects.bulk_create(PatronPerk(event=copying.copy, **row) for row in rows)


def copy_hosts(copying: Copying) -> None:
    copying.copy.hosts.add(*copying.original.hosts.all())


def copy_organizers(copying: Copying) -> None:
    copying.copy.organizers.add(*copying.original.organizers.all())


def copy_door_keys(copying: Copying) -> None:
    """The world at which people meet is the same, so the same key opens for it.

    The key of a workshop that the copy does not have is left out: it would open the whole event.
    """
    keys, made = copying.original.door_keys.good_at(timezone.now()), copying.workshops
    DoorKey.objects.bulk_create(
        DoorKey(
            event=copying.copy,
            workshop=made.get(key.workshop_id or 0),
            **values_of(key, without=LEFT_OF_KEY),
        )
        for key in keys
        if key.workshop_id is None or key.workshop_id in made
    )


def copy_questions(copying: Copying) -> None:
    questions.write_like(copying.original, copying.copy)


def copy_roles(copying: Copying) -> None:
    """They are told once the copy is published, and agree anew to be named there."""
    places.copy_roles(of=copying.original, to=copying.copy, workshops=copying.workshops)


PARTS: tuple[Part, ...] = (
    copy_workshops,
    copy_perks,
    copy_hosts,
    copy_organizers,
    copy_door_keys,
    copy_questions,
    copy_roles,
)
#: What the form of the event carries itself when it is saved as a new one.
IN_THE_FORM: frozenset[Part] = frozenset({copy_workshops, copy_perks, copy_hosts, copy_questions})
