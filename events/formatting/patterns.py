"""How each language writes days and times, in the letters of Django's `date_format`.

The same forms stand in `eventsite/formats`, where Django itself looks for them. A language that has
none here is written like English.
"""

from dataclasses import dataclass

from django.utils.translation import get_language


@dataclass(frozen=True, slots=True)
class Patterns:
    day: str
    weekday: str
    day_of_week: str
    month: str
    time: str
    day_and_time: str
    day_of_the_same_year_and_time: str


ENGLISH = Patterns(
    day="j F Y",
    weekday="l j F Y",
    day_of_week="l j F",
    month="F Y",
    time="H:i",
    day_and_time="D j F Y, H:i",
    day_of_the_same_year_and_time="D j F, H:i",
)
OTHERS = {
    "ja": Patterns(
        day="Y年n月j日",
        weekday="Y年n月j日(l)",
        day_of_week="n月j日(l)",
        month="Y年n月",
        time="H:i",
        day_and_time="Y年n月j日(D) H:i",
        day_of_the_same_year_and_time="n月j日(D) H:i",
    ),
}


def current() -> Patterns:
    """Return the patterns of the reader's language."""
    return OTHERS.get((get_language() or "").split("-")[0], ENGLISH)
