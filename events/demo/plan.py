"""The shape of the demo's plans: hosts, events and workshops, and when they take place."""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

FRIDAY, SATURDAY, THURSDAY = 4, 5, 3


@dataclass(frozen=True, slots=True)
class HostPlan:
    """A host; the first of its `members`, names of organizers, runs its events."""

    slug: str
    name: str
    about: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkshopPlan:
    """A workshop on the event's day number `day` (0: the first) at `at` o'clock.

    Of the people with a place, `going` register, from number `first` on.
    """

    slug: str
    title: str
    summary: str
    at: time
    minutes: int
    day: int = 0
    first: int = 0
    going: int = 0
    fields: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QuestionPlan:
    """A question at sign-up. Each guest gives the next one of the `answers`."""

    fields: dict[str, object]
    answers: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One event: at least `days` from today at `at` o'clock of its zone, `hours` long.

    If its text names a day of the week or of the year, `weekday` or `date` (month, day) says so,
    and it takes place on the next such day; one in the past on the last one before. `opens_in` and
    `draw_in` are days from today, at `at`, too; a draw in 0 days has been held. `going` people sign
    up while it is open, and pay what it costs. `has_door`: it has the known key of `door.py`.
    `text` names the file of its description, which is called like its `slug` without it.
    """

    slug: str
    title: str
    summary: str
    kind: str
    hosts: tuple[str, ...]
    days: int
    language: str = "en"
    at: time = time(20)
    hours: float = 2
    zone: str = "Europe/Berlin"
    weekday: int | None = None
    date: tuple[int, int] | None = None
    going: int = 0
    opens_in: int | None = None
    draw_in: int | None = None
    is_running: bool = False
    has_door: bool = False
    status: str = "published"
    fields: dict[str, object] = field(default_factory=dict)
    workshops: tuple[WorkshopPlan, ...] = ()
    perks: tuple[dict[str, object], ...] = ()
    questions: tuple[QuestionPlan, ...] = ()
    text: str = ""

    def starts_at(self, now: datetime) -> datetime:
        """Return the start on the clock of the event's zone, for a demo loaded at `now`."""
        if self.is_running:
            local = now.astimezone(ZoneInfo(self.zone))
            return local.replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        start = self.in_days(self.days, now)
        step = timedelta(days=1 if self.days > 0 else -1)
        while not self._fits(start):
            start += step
        return start

    def ends_at(self, now: datetime) -> datetime:
        """Return the end as the zone's clock shows it, also if the clocks change in between."""
        return self.starts_at(now) + timedelta(hours=self.hours)

    def in_days(self, days: int, now: datetime) -> datetime:
        zone = ZoneInfo(self.zone)
        return datetime.combine(now.astimezone(zone) + timedelta(days=days), self.at, zone)

    def _fits(self, start: datetime) -> bool:
        is_weekday = self.weekday in (None, start.weekday())
        return is_weekday and self.date in (None, (start.month, start.day))
