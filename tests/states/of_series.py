"""A series: its page, and the pages of the desk that copy, repeat, publish and carry on."""

from collections.abc import Iterator

from events import series
from events.models import Event
from events.series import Rule
from tests.factories import make_attendee, make_event, make_organizer

from .state import DAY, State, take


def of_series() -> Iterator[State]:
    """One of four events of which two are published, and an event alone."""
    wren = make_organizer(username="wren")
    first = make_event(title="Fog walk", organizers=[wren], time_zone="Europe/Berlin")
    rule = Rule(first.starts_at.date(), "weekly", count=4)
    made = series.repeat(first, rule=rule, days_ahead=None)
    second = made.events.get(series_index=1)
    Event.objects.filter(pk=second.pk).update(status="published", capacity=3)
    take(make_attendee(neos_username="Wren"), second)
    Event.objects.filter(pk=first.pk).update(starts_at=first.starts_at + DAY / 48)
    yield State("series", made.get_absolute_url(), "Fog walk")
    yield State("event-of-series", first.get_absolute_url(), "Part of the series")
    desk = f"/admin/events/event/{first.pk}/"
    yield State("desk-series", f"{desk}series/", "Every week on", wren)
    yield State("desk-publish", f"{desk}series/", "Yes, publish them", wren, "Publish 2 drafts")
    following = f"{desk}following/?group=time&group=places"
    yield State("desk-following", following, "What goes along", wren)
    yield State("desk-following-asks", following, "If you do this", wren, "Show what happens")
    alone = make_event(title="Alone", organizers=[wren])
    desk = f"/admin/events/event/{alone.pk}/"
    yield State("desk-copy", f"{desk}copy/", "Copy this event", wren)
    yield State("desk-repeat", f"{desk}series/", "Show the dates", wren)
    yield State(
        "desk-repeat-dates", f"{desk}series/", "Yes, make the series", wren, "Show the dates"
    )
    yield State("desk-following-alone", f"{desk}following/", "belongs to no series", wren)
