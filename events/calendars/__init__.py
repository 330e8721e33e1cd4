"""Calendar files: one event as a file that calendars read."""

from django.conf import settings
from icalendar import Calendar
from icalendar import Event as Entry

from events.models import Event, Registration


def event_file(event: Event, registration: Registration | None) -> bytes:
    """Return the event, or the workshop that the registration is for, as one VEVENT."""
    bookable = registration.bookable if registration else event
    entry = Entry()
    entry.add("uid", f"event-{event.pk}-{bookable.workshop_id or 0}@{settings.SITE_HOST}")
    entry.add("sequence", event.sequence)
    entry.add("summary", bookable.title)
    entry.add("dtstamp", event.changed_at)
    entry.add("dtstart", bookable.starts_at)
    entry.add("dtend", bookable.ends_at)
    entry.add("url", f"{settings.SITE_URL}{bookable.get_absolute_url()}")
    entry.add("status", "CANCELLED" if event.is_cancelled else "CONFIRMED")
    calendar = Calendar()
    calendar.add("prodid", "-//eventsite//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    file: bytes = calendar.to_ical()
    return file
