"""Read calendars with two parsers that know nothing of each other, and keep them as programs do."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import vobject
from ical.calendar_stream import IcsCalendarStream


@dataclass(frozen=True)
class Entry:
    """`alarms` are the times from the start; texts that are not there are ""."""

    uid: str
    summary: str
    description: str
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    changed_at: datetime
    sequence: int
    status: str
    url: str
    location: str
    transparency: str
    categories: tuple[str, ...]
    alarms: tuple[timedelta, ...]

    @property
    def lines(self) -> list[str]:
        return self.description.splitlines()


def read(content: bytes) -> list[Entry]:
    """Return the entries, once both parsers have found the same ones."""
    text = content.decode()
    found = list(by_ical(text))
    assert list(by_vobject(text)) == found
    return found


def read_one(content: bytes) -> Entry:
    (entry,) = read(content)
    return entry


def by_ical(text: str) -> Iterator[Entry]:
    for event in IcsCalendarStream.calendar_from_ics(text).events:
        yield Entry(
            uid=str(event.uid),
            summary=event.summary or "",
            description=event.description or "",
            starts_at=event.dtstart,
            ends_at=event.dtend,
            stamp=event.dtstamp,
            changed_at=event.last_modified,
            sequence=event.sequence or 0,
            status=event.status.value if event.status else "",
            url=str(event.url or ""),
            location=event.location or "",
            transparency=event.transparency or "",
            categories=tuple(event.categories),
            alarms=tuple(alarm.trigger for alarm in event.alarm),
        )


def by_vobject(text: str) -> Iterator[Entry]:
    calendar = vobject.readOne(text)
    for event in getattr(calendar, "vevent_list", []):
        yield Entry(
            uid=event.uid.value,
            summary=event.summary.value,
            description=event.description.value,
            starts_at=event.dtstart.value,
            ends_at=event.dtend.value,
            stamp=event.dtstamp.value,
            changed_at=event.last_modified.value,
            sequence=int(event.sequence.value),
            status=event.status.value,
            url=event.url.value,
            location=event.location.value if hasattr(event, "location") else "",
            transparency=event.transp.value,
            categories=tuple(event.categories.value),
            alarms=tuple(alarm.trigger.value for alarm in getattr(event, "valarm_list", [])),
        )


@dataclass
class Program:
    """Keep imported entries as RFC 5546 has it (2.1.5): the higher SEQUENCE, then the later DTSTAMP
    counts, and what is older changes nothing.
    """

    entries: dict[str, Entry] = field(default_factory=dict)

    def take(self, content: bytes) -> list[str]:
        """Import a file; return the UIDs of the entries that it added or changed."""
        changed = []
        for entry in read(content):
            kept = self.entries.get(entry.uid)
            if kept is None or (kept.sequence, kept.stamp) < (entry.sequence, entry.stamp):
                self.entries[entry.uid] = entry
                changed.append(entry.uid)
        return changed
