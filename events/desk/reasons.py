"""Short reasons for organizers why somebody may not have a place: the words of refusal codes."""

from collections import Counter
from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.access.refusals import Code

REASONS = {
    Code.REGISTRATION_CLOSED: _("registration is closed"),
    Code.ACCOUNT_CLOSED: _("account closed"),
    Code.EMAIL_UNCONFIRMED: _("e-mail address not confirmed"),
    Code.NEOS_REQUIRED: _("no Neos account linked"),
    Code.NEOS_UNVERIFIED: _("e-mail address not verified at Neos"),
    Code.NEOS_LOCKED: _("Neos account locked"),
    Code.NEOS_BANNED: _("Neos account banned"),
    Code.NEOS_STALE: _("not verified with Neos for a long time"),
    Code.PATREON_UNKNOWN: _("does not share their Patreon pledge"),
    Code.PATREON_REQUIRED: _("no Patreon pledge that is high enough"),
    Code.BLOCKED: _("blocked by organizers"),
    Code.EVENT_PLACE_REQUIRED: _("no confirmed place at the event"),
    Code.TIME_CLASH: _("another workshop at the same time"),
}


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
        gettext("%(reason)s: %(n)d") % {"reason": REASONS[code], "n": number}
        for code, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    )
