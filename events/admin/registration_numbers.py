"""Number in line the people who wait, among some rows of registrations."""

from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter

from events.models import Registration

ROWS_IN_MEMORY = 2_000


def number_in_line(registrations: Iterable[Registration]) -> None:
    """Set `ahead` on people who wait, among these rows, by walking along their lines once."""
    waiting = {r.pk: r for r in registrations if r.status == Registration.Status.WAITLISTED}
    if not waiting:
        return
    lines = Registration.objects.waiting().filter(event__in={r.event_id for r in waiting.values()})
    walk = lines.order_by("event", "workshop", "turn", "pk").values_list("event", "workshop", "pk")
    for _place, people in groupby(walk.iterator(ROWS_IN_MEMORY), itemgetter(0, 1)):
        for ahead, (_event, _workshop, pk) in enumerate(people):
            if pk in waiting:
                waiting[pk].ahead = ahead
