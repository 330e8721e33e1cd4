"""Ask before an event is cancelled that people have paid for: say who hears of it and what goes
back.

The question is an error of the form with a box to tick, so it needs no page of its own and loses
nothing that was typed.
"""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from events.formatting import money
from events.models import Event
from events.places.cancellation import Cost, cost_of_cancelling

#: Name of the box. Its value names the cost: if that changes, the question is asked again.
CONFIRMED = "cancel_confirmed"


def unanswered(form: forms.ModelForm[Any], event: Event) -> SafeString | None:
    """Return the question if money would go back and nobody has agreed to exactly that."""
    cost = cost_of_cancelling(event, timezone.now())
    if not cost.payments or form.data.get(CONFIRMED) == cost.token:
        return None
    return question(cost)


def question(cost: Cost) -> SafeString:
    sums = money.format_sums((total, currency) for currency, total in cost.sums)
    return format_html(
        '{} {} {} {} <label><input type="checkbox" name="{}" value="{}"> {}</label>',
        gettext("This event is over.") if cost.is_over else "",
        _messages(cost.people),
        _refunds(cost.payments, sums),
        gettext("Money that was noted by hand you send back yourself, and note it here."),
        CONFIRMED,
        cost.token,
        gettext("Yes, cancel the event. Tick this, then save again."),
    )


def _messages(people: int) -> str:
    text = ngettext(
        "%(n)d person gets a message that the event is cancelled.",
        "%(n)d people get a message that the event is cancelled.",
        people,
    )
    return text % {"n": people}


def _refunds(payments: int, sums: str) -> str:
    text = ngettext(
        "%(n)d payment goes back in full (%(sums)s). The event can no longer be published again.",
        "%(n)d payments go back in full (%(sums)s). The event can no longer be published again.",
        payments,
    )
    return text % {"n": payments, "sums": sums}
