"""Name a field that becomes different, with its values before and after where they are short."""

from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext

from events.formatting.money import format_amount
from events.models import Event
from events.series.following import WORKSHOP_TIMES, Change, Group

from . import shown

MAX_SHOWN = 60
#: Long texts and rows are only named.
NAMED = {
    "description": lambda: gettext("Description"),
    "descriptions": lambda: gettext("Descriptions in other languages"),
    "translations": lambda: gettext("Titles and summaries in other languages"),
    Group.HOSTS: lambda: gettext("Hosts"),
    Group.PERKS: lambda: gettext("Patron perks"),
    Group.WORKSHOPS: lambda: gettext("Workshops: those with the same address, and new ones"),
    WORKSHOP_TIMES: lambda: gettext("Times of workshops"),
    Group.QUESTIONS: lambda: gettext("Questions at sign-up"),
}


def of(change: Change, event: Event) -> SafeString | str:
    if change.name in NAMED:
        return NAMED[change.name]()
    return format_html(
        gettext("{field}: {after} instead of {before}"),
        field=_label(change.name),
        after=_value(change.name, change.after, event),
        before=_value(change.name, change.before, event),
    )


def _label(name: str) -> str:
    try:
        field: Any = Event._meta.get_field(name)  # noqa: SLF001 - documented
    except FieldDoesNotExist:
        return name
    return str(capfirst(field.verbose_name))


def _value(name: str, value: object, event: Event) -> SafeString | str:
    if value in (None, ""):
        return gettext("nothing")
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return shown.moment(value, event.zone)
    if name == "price" and isinstance(value, int):
        return format_amount(value, event.currency)
    if name == "patron_cents" and isinstance(value, int):
        return format_amount(value, "USD")
    choices = dict(getattr(Event._meta.get_field(name), "choices", None) or ())  # noqa: SLF001
    words = str(choices.get(value, value)) if isinstance(value, str) else str(value)
    return shown.name(Truncator(words).chars(MAX_SHOWN))
