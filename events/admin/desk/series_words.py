"""Words about series: the rule, its dates, and what a draft or a later event lacks."""

from collections.abc import Callable

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext, ngettext

from events.admin import shown
from events.formatting import times
from events.models import Event, Series
from events.models.series import LAST, Frequency
from events.series.following import Obstacle
from events.series.plans import Planned
from events.series.publish import NotYet

#: Sentences by the week of the month and the number of months.
MONTHLY: dict[int, Callable[[int], str]] = {
    1: lambda n: ngettext(
        "Every month on the first %(day)s", "Every %(n)d months on the first %(day)s", n
    ),
    2: lambda n: ngettext(
        "Every month on the second %(day)s", "Every %(n)d months on the second %(day)s", n
    ),
    3: lambda n: ngettext(
        "Every month on the third %(day)s", "Every %(n)d months on the third %(day)s", n
    ),
    4: lambda n: ngettext(
        "Every month on the fourth %(day)s", "Every %(n)d months on the fourth %(day)s", n
    ),
    LAST: lambda n: ngettext(
        "Every month on the last %(day)s", "Every %(n)d months on the last %(day)s", n
    ),
}


def weekly(interval: int, weekday: int) -> str:
    text = ngettext("Every week on %(day)s", "Every %(n)d weeks on %(day)s", interval)
    return text % {"n": interval, "day": WEEKDAYS[weekday]}


def monthly(interval: int, week: int, weekday: int) -> str:
    return MONTHLY[week](interval) % {"n": interval, "day": WEEKDAYS[weekday]}


def facts(series: Series, event: Event) -> list[str]:
    """Say by which rule the events of the series come, and when their drafts are made."""
    return [_rule(series), _end(series), _making(series, event)]


def _rule(series: Series) -> str:
    weekday = series.starts_on.weekday()
    if series.frequency == Frequency.WEEKLY or series.week is None:
        return weekly(series.interval, weekday)
    return monthly(series.interval, series.week, weekday)


def _end(series: Series) -> str:
    if series.count:
        text = ngettext("%(n)d event in all.", "%(n)d events in all.", series.count)
        return text % {"n": series.count}
    if series.until:
        return gettext("Until %(day)s.") % {"day": times.whole_day(series.until)}
    return gettext("Without an end.")


def _making(series: Series, event: Event) -> str:
    if series.stopped_at:
        return gettext("The site makes no more drafts: an organizer stopped it.")
    if series.due_at is None:
        return gettext("All drafts are made.")
    when = shown.moment(series.due_at, event.zone)
    return gettext("The site makes the next draft %(when)s.") % {"when": when}


def planned(one: Planned, event: Event) -> str:
    """Name a date, with what is to be said about it."""
    notes = []
    if one.is_over:
        notes.append(gettext("over: no draft"))
    elif not one.is_now:
        notes.append(gettext("draft later"))
    if one.is_other_offset:
        offset = times.offset(one.start, event.zone)
        notes.append(gettext("the clocks have changed: %(offset)s") % {"offset": offset})
    if one.is_skipped:
        notes.append(gettext("the clocks skip the usual time on that day"))
    return shown.joined(shown.moment(one.start, event.zone), *notes)


def not_yet(event: Event, problem: NotYet) -> str:
    when = shown.moment(event.starts_at, event.zone)
    texts = {
        NotYet.PAST: gettext("%(when)s stays a draft: its registration would be over."),
        NotYet.DRAW: gettext("%(when)s stays a draft: its draw would be in the past."),
    }
    return texts[problem] % {"when": when}


def obstacle(found: Obstacle) -> str:
    return {
        Obstacle.OVER: gettext("It is over, cancelled or deleted by now."),
        Obstacle.PAST: gettext("It would start in the past."),
        Obstacle.DRAW: gettext("Its draw would be in the past."),
        Obstacle.LOTTERY: gettext("People have signed up, so its lottery stays as it is."),
        Obstacle.OUTSIDE: gettext("A workshop of it would lie outside of its time."),
        Obstacle.CURRENCY: gettext(
            "It has prices in another currency. Let conditions and workshops go along together."
        ),
    }[found]
