"""Copy an event: the new date is asked first, and everything else moves with it."""

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import series
from events.admin import shown
from events.admin.time_field import EventTimeField
from events.models import Event
from events.series.shifts import clock_at, instant_at

from .log import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TITLE = _("Copy and repeat")
WEEK = timedelta(days=7)


class CopyForm(forms.Form):
    starts_at = EventTimeField(
        label=_("The copy starts"),
        help_text=_("In the time zone of the event."),
        widget=forms.SplitDateTimeWidget(
            date_attrs={"type": "date"},
            time_attrs={"type": "time"},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def copy_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    typed = request.POST if request.method == "POST" else None
    form = CopyForm(typed, initial={"starts_at": _next_date(event)})
    if form.is_bound and form.is_valid():
        return _make(request, event, form)
    context = frame | {"title": TITLE, "form": form, "moves": list(_moves(event))}
    context["may_add"] = request.user.has_perm("events.add_event")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return TemplateResponse(request, "admin/events/event/copy.html", context, status=status)


def _next_date(event: Event) -> Any:
    """Return the first start on the same day of the week that is to come, a week on or later."""
    now, local = timezone.now(), clock_at(event.starts_at, event.zone) + WEEK
    weeks = (clock_at(now, event.zone) - local) // WEEK + 1
    local += max(weeks, 0) * WEEK
    return instant_at(local, event.zone)


def _moves(event: Event) -> list[str]:
    """Say which times of the event are moved along."""
    zone, workshops = event.zone, event.workshops.count()
    named = (
        (gettext("It starts %(when)s."), event.starts_at),
        (gettext("It ends %(when)s."), event.ends_at),
        (gettext("Registration opens %(when)s."), event.opens_at),
        (gettext("Registration closes %(when)s."), event.closes_at),
        (gettext("The draw is %(when)s."), event.draw_at),
    )
    lines = [text % {"when": shown.moment(each, zone)} for text, each in named if each]
    if workshops:
        text = ngettext("It has %(n)d workshop.", "It has %(n)d workshops.", workshops)
        lines.append(text % {"n": workshops})
    return lines


def _make(request: HttpRequest, event: Event, form: CopyForm) -> HttpResponse:
    start = clock_at(form.cleaned_data["starts_at"], event.zone)
    copy = series.copy_event(event, start=start, by=cast("User", request.user))
    note(request, copy, gettext("Made as a copy of another event."))
    text = gettext("This is the copy, a draft: nobody was told. Check it, then publish it.")
    messages.success(request, text)
    for late in _too_early(copy):
        messages.warning(request, late)
    return redirect("admin:events_event_change", copy.pk)


def _too_early(copy: Event) -> list[str]:
    """Say which times of the copy lie in the past."""
    now = timezone.now()
    named = (
        (gettext("The copy starts in the past. Is the date right?"), copy.starts_at),
        (gettext("Registration for the copy is over already. Is its end right?"), copy.closes_at),
        (gettext("The draw of the copy would be in the past. Choose another time."), copy.draw_at),
    )
    return [text for text, when in named if when and when <= now]
