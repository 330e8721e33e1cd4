"""The figures of the last 24 hours, by hour, read in one statement."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from events.models import Figure

HOURS = 24
HOUR = timedelta(hours=1)
HEIGHT = 24.0
WIDTH = 8.0  # of the column of one hour; two of it are the gap


@dataclass(frozen=True, slots=True)
class Column:
    """The column of one hour, from its upper left corner, written as SVG reads it."""

    x: str
    y: str
    height: str


@dataclass(slots=True)
class Row:
    """A label and what was counted under it: a number for each hour, the oldest first."""

    label: str
    numbers: list[int] = field(default_factory=lambda: [0] * HOURS)
    seconds: float = 0.0
    within_1_s: int = 0

    @property
    def total(self) -> int:
        return sum(self.numbers)

    @property
    def most(self) -> int:
        return max(self.numbers)

    @property
    def average_ms(self) -> int:
        return round(self.seconds / self.total * 1000) if self.total else 0

    @property
    def over_1_s(self) -> int:
        return self.total - self.within_1_s

    @property
    def columns(self) -> Iterator[Column]:
        """Yield a column for each hour that has a number; the highest is that of `most`."""
        for hour, number in enumerate(self.numbers):
            if number:
                height = max(HEIGHT * number / self.most, 1.0)
                yield Column(f"{hour * WIDTH:.0f}", f"{HEIGHT - height:.1f}", f"{height:.1f}")


def first_hour(now: datetime) -> datetime:
    """Return the beginning of the first of 24 hours, of which the last one is running."""
    return now.replace(minute=0, second=0, microsecond=0) - (HOURS - 1) * HOUR


def last_hours(now: datetime) -> dict[str, list[Row]]:
    """Return the rows of each name, in the order of their labels."""
    first = first_hour(now)
    found: dict[tuple[str, str], Row] = {}
    for one in Figure.objects.filter(hour__gte=first, hour__lte=now).order_by("name", "label"):
        row = found.setdefault((one.name, one.label), Row(one.label))
        row.numbers[int((one.hour - first) / HOUR)] += one.number
        row.seconds += one.seconds
        row.within_1_s += one.within_1_s
    names: dict[str, list[Row]] = {}
    for (name, _label), row in found.items():
        names.setdefault(name, []).append(row)
    return names
