"""After one event of a series was saved: offer to change the following ones likewise."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext

from events.models import Event, PatronPerk, Question, Workshop
from events.series.drafts import following
from events.series.following import FIELDS, Group

from .translations import OF_EVENT

#: Which rows of the form are a group.
ROWS: dict[type, Group] = {
    Workshop: Group.WORKSHOPS,
    PatronPerk: Group.PERKS,
    Question: Group.QUESTIONS,
}


def offer(request: HttpRequest, event: Event, form: Any, formsets: Any) -> None:
    """Lead to the page that carries on what was just changed, if there is anything to carry."""
    groups = [*dict.fromkeys(_changed(form, formsets))]
    if not groups or not following(event, timezone.now()):
        return
    address = reverse("admin:events_event_following", args=[event.pk])
    query = urlencode({"group": [group.value for group in groups]}, doseq=True)
    text = gettext("Only this event of the series is changed. {link}")
    link = format_html(
        '<a href="{}?{}">{}</a>', address, query, gettext("Change the following ones too")
    )
    messages.info(request, format_html(text, link=link))


def _changed(form: Any, formsets: Any) -> Iterator[Group]:
    for name in form.changed_data:
        if name.rpartition("_")[0].split("_")[0] in OF_EVENT or name in OF_EVENT:
            yield Group.TEXTS
        yield from (group for group, names in FIELDS.items() if name in names)
        if name == "hosts":
            yield Group.HOSTS
    for formset in formsets:
        if formset.has_changed() and formset.model in ROWS:
            yield ROWS[formset.model]
