"""Name in few words, for organizers, why somebody may not have a place."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .refusals import Code

REASONS: dict[str, str | Promise] = {
    Code.EVENT_CANCELLED: _("event cancelled"),
    Code.EVENT_DRAFT: _("event not published"),
    Code.REGISTRATION_NOT_OPEN: _("registration not open yet"),
    Code.REGISTRATION_CLOSED: _("registration closed"),
    Code.SIGN_IN_REQUIRED: _("not signed in"),
    Code.ACCOUNT_CLOSED: _("account closed"),
    Code.EMAIL_UNCONFIRMED: _("e-mail address not confirmed"),
    Code.NEOS_REQUIRED: _("no Neos account linked"),
    Code.NEOS_UNVERIFIED: _("e-mail address not verified at Neos"),
    Code.NEOS_LOCKED: _("locked at Neos"),
    Code.NEOS_BANNED: _("banned at Neos"),
    Code.NEOS_STALE: _("Neos verification expired"),
    Code.PATREON_UNKNOWN: _("Patreon status not shared"),
    Code.PATREON_REQUIRED: _("Patreon pledge too small"),
    Code.BLOCKED: _("blocked by the organizers"),
    Code.EVENT_PLACE_REQUIRED: _("no confirmed place at the event"),
    Code.TIME_CLASH: _("another workshop at the same time"),
    Code.FULL: _("no free place"),
}


def reason_of(code: str) -> str:
    """Return the words for a code, or a code that the site does not know any more as it is."""
    return str(REASONS.get(code, code))
