"""Count the reasons why people may not have a place, in words for organizers."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext

from events.access.refusal_words import REASONS, reason_of
from events.access.refusals import Code


def codes_of(together: str) -> list[Code]:
    """Read codes as they are stored, each with a "+" behind it; skip those of former times."""
    return [Code(code) for code in together.split("+") if code in REASONS]


def counted(groups: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    """Return lines like "blocked by organizers: 2", the most frequent first."""
    numbers = Counter[Code]()
    for together, number in groups:
        for code in codes_of(together):
            numbers[code] += number
    return tuple(
        gettext("%(reason)s: %(n)d") % {"reason": reason_of(code), "n": number}
        for code, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    )
