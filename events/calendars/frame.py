"""A calendar around entries, and text as RFC 5545 wants it."""

from collections.abc import Iterable
from datetime import timedelta

import icalendar
from django.conf import settings

#: How often a calendar should ask again; many decide that by themselves.
REFRESH = timedelta(hours=1)


class Text(icalendar.vText):
    r"""Text that is escaped letter by letter.

    The library's own escaping takes a backslash before a capital N, as in "C:\New", for a line
    break.
    """

    def to_ical(self) -> bytes:
        lines = self.replace("\r\n", "\n").replace("\r", "\n").replace("\\", "\\\\")
        escaped = lines.replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
        return escaped.encode()


def file(entries: Iterable[icalendar.Event]) -> bytes:
    return _with(_calendar(), entries)


def feed(name: str, entries: Iterable[icalendar.Event]) -> bytes:
    """Return a calendar to subscribe to. `name` is how it is called in a list of calendars."""
    calendar = _calendar()
    for property_name in ("name", "x-wr-calname"):  # of RFC 7986, and the older one
        calendar.add(property_name, Text(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", icalendar.vDuration(REFRESH))
    return _with(calendar, entries)


def _calendar() -> icalendar.Calendar:
    calendar = icalendar.Calendar()
    calendar.add("prodid", Text(f"-//{settings.SITE_HOST}//eventsite//EN"))
    calendar.add("version", "2.0")
    return calendar


def _with(calendar: icalendar.Calendar, entries: Iterable[icalendar.Event]) -> bytes:
    for entry in entries:
        calendar.add_component(entry)
    return bytes(calendar.to_ical())
