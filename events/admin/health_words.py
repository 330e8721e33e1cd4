"""Words of the two pages about how the site does: what is wrong, and what happened."""

from django.conf import settings
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.happened import Kind

SIGN_UPS: dict[str, StrPromise] = {
    Kind.PLACE_TAKEN: pgettext_lazy("what happened", "Places taken"),
    Kind.PLACE_HELD: pgettext_lazy("what happened", "Places held until they are paid"),
    Kind.WAITLISTED: pgettext_lazy("what happened", "Joined a waitlist"),
    Kind.REFUSED: pgettext_lazy("what happened", "Refused"),
    Kind.MOVED_UP: pgettext_lazy("what happened", "Moved up from a waitlist"),
    Kind.LET_IN: pgettext_lazy("what happened", "Given a place by an organizer"),
    Kind.CONFIRMED: pgettext_lazy("what happened", "Confirmed by a payment"),
    Kind.GIVEN_UP: pgettext_lazy("what happened", "Given up"),
    Kind.CANCELLED: pgettext_lazy("what happened", "Cancelled by an organizer"),
    Kind.EXPIRED: pgettext_lazy("what happened", "Not paid in time"),
    Kind.CHECKED_IN: pgettext_lazy("what happened", "Checked in"),
    Kind.WENT_OUT: pgettext_lazy("what happened", "Went out"),
}
MONEY: dict[str, StrPromise] = {
    Kind.PAID: pgettext_lazy("what happened", "Payments"),
    Kind.PAYMENT_FAILED: pgettext_lazy("what happened", "Payments that failed"),
    Kind.PAYMENT_MISTAKEN: pgettext_lazy("what happened", "Payments noted by mistake"),
    Kind.REFUND_DUE: pgettext_lazy("what happened", "Money that cannot be kept"),
    Kind.REFUNDED: pgettext_lazy("what happened", "Refunds"),
    Kind.REFUND_FAILED: pgettext_lazy("what happened", "Refunds that failed"),
    Kind.NOTICE: pgettext_lazy("what happened", "Notices of the payment provider"),
}
MAIL: dict[str, StrPromise] = {
    Kind.MAIL_SENT: pgettext_lazy("what happened", "Messages sent"),
    Kind.MAIL_RETRIED: pgettext_lazy("what happened", "Messages to be tried again"),
    Kind.MAIL_DEAD: pgettext_lazy("what happened", "Messages that were not delivered"),
    Kind.MAIL_DROPPED: pgettext_lazy("what happened", "Messages that nobody needed any more"),
}
ACCOUNTS: dict[str, StrPromise] = {
    Kind.SIGNED_IN: pgettext_lazy("what happened", "Sign-ins"),
    Kind.SIGN_IN_FAILED: pgettext_lazy("what happened", "Sign-ins that failed"),
    Kind.DOOR: pgettext_lazy("what happened", "Questions at doors"),
}
PARTS: tuple[tuple[StrPromise, dict[str, StrPromise]], ...] = (
    (_("Sign-ups"), SIGN_UPS),
    (_("Money"), MONEY),
    (_("Messages"), MAIL),
    (_("Sign-ins and doors"), ACCOUNTS),
)
SERVERS: dict[str, StrPromise | str] = {"stripe": "Stripe", "mail": _("The mail server")}


def call(label: str) -> str:
    """Return `neos timeout` as a sentence. The code of a failure stays as the log has it."""
    server, _space, outcome = label.partition(" ")
    names = SERVERS | {settings.PLATFORM.key: settings.PLATFORM.name}
    words = {"server": names.get(server, server), "outcome": outcome}
    if outcome == "ok":
        return gettext("%(server)s answered") % words
    return gettext("%(server)s failed (%(outcome)s)") % words
