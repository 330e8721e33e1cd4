"""Find the days of a series, on the calendar of its events' zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile

from dateutil import rrule

from events.models import Event, Series
from events.models.series import LAST, Frequency

#: The form of events takes no later year.
LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class Rule:
    """`first` is the first day; of a month it is the weekday number `week`, or its last one.

    At most one of `count` and `until` is there; without both there is no end.
    """

    first: date
    frequency: str
    interval: int = 1
    week: int | None = None
    count: int | None = None
    until: date | None = None

    @classmethod
    def of(cls, series: Series) -> "Rule":
        return cls(
            series.starts_on,
            series.frequency,
            series.interval,
            series.week,
            series.count,
            series.until,
        )

    def days(self) -> Iterator[date]:
        until = datetime.combine(self.until, time()) if self.until else None
        by_weekday = None
        if self.frequency == Frequency.MONTHLY:
            by_weekday = rrule.weekday(self.first.weekday(), self.week)
        found = rrule.rrule(
            rrule.WEEKLY if self.frequency == Frequency.WEEKLY else rrule.MONTHLY,
            dtstart=datetime.combine(self.first, time()),
            interval=self.interval,
            count=self.count,
            until=until,
            byweekday=by_weekday,
        )
        return takewhile(
            lambda day: day.year <= LAST_YEAR,
            (date.fromordinal(each.toordinal()) for each in found),
        )

    def day(self, index: int) -> date | None:
        """Return the day of an occurrence; None behind the last one."""
        return next(islice(self.days(), index, None), None)


def rule_day(event: Event) -> date:
    """Return the day on which the rule has the event. Raises `LookupError` without a series."""
    index = event.series_index
    day = None if event.series is None or index is None else Rule.of(event.series).day(index)
    if day is None:
        raise LookupError(event.pk)
    return day


def weeks_of_month(day: date) -> list[int]:
    """Return what a day can be of its month: its second Saturday, for instance, or the last one.

    A fifth one is not every month's, so it is only the last.
    """
    number = (day.day - 1) // 7 + 1
    is_last = (day + timedelta(days=7)).month != day.month
    return [*([number] if number <= 4 else []), *([LAST] if is_last else [])]
