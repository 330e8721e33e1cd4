"""Files that mails carry: the event for a calendar, where something about its time was said."""

from events import calendars
from events.models import Notification

Kind = Notification.Kind
NAME, TYPE = "event.ics", "text/calendar"
#: Kinds after which a calendar should show the event, at another time, or as cancelled.
WITH_CALENDAR = frozenset(
    {
        *(Kind.REGISTERED, Kind.PLACE_GIVEN, Kind.TIME_CHANGED),
        *(Kind.EVENT_CANCELLED, Kind.EVENT_RESTORED),
    }
)


def attachments(notification: Notification) -> list[tuple[str, str, str]]:
    """Return the name, text and type of each file."""
    registration = notification.registration
    if registration is None or notification.kind not in WITH_CALENDAR:
        return []
    file = calendars.event_file(registration.event, registration)
    return [(NAME, file.decode(), TYPE)]
