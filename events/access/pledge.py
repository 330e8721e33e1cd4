"""Say which pledge an event asks for."""

from django.utils.translation import gettext

from events.formatting.money import format_amount
from events.models import Event


def pledge_sentence(event: Event, *, without_amount: bool) -> str:
    """Name the pledge. A supporter whose amount is not told reads that this is the reason."""
    sentence = (
        gettext(
            "This event is for Patreon supporters of Neos from %(pledge)s a month. Neos says that "
            "you are a supporter, but has told us no amount that counts now."
        )
        if without_amount
        else gettext("This event is for Patreon supporters of Neos from %(pledge)s a month.")
    )
    return sentence % {"pledge": format_amount(event.patron_cents, "USD")}
