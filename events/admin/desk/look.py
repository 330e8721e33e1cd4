"""Look at the page of an event at another time, and as somebody else."""

from dataclasses import dataclass
from typing import Any

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.admin import shown
from events.models import Event
from events.previews import moments, page, people

from .look_form import LookForm, query_of

TITLE = _("Look as")


@dataclass(frozen=True, slots=True)
class Way:
    """A moment of the event, with the address of its page then."""

    label: str
    when: str
    address: str


@require_safe
def look_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    """Ask for the time and the person. What was chosen before stands in the fields."""
    form = LookForm(event, request.GET)
    chosen = request.GET.get("who", people.VISITOR)
    who = chosen if people.find_kind(chosen) else people.VISITOR
    to = reverse("admin:events_event_looked", args=[event.pk])
    ways = [
        Way(one.label, shown.moment(one.instant, event.zone), f"{to}?{query_of(one.instant, who)}")
        for one in moments.moments_of(event)
    ]
    more = {"title": TITLE, "form": form, "to": to, "ways": ways, "kinds": people.kinds()}
    return TemplateResponse(request, "admin/events/event/look.html", frame | more)


@csp_replace(page.POLICY)  # type: ignore[arg-type]  # its types know no arguments
@require_safe
def looked_page(request: HttpRequest, event: Event, _frame: dict[str, Any]) -> HttpResponse:
    """Show the page; what cannot be understood leads back to the form, which says why."""
    form = LookForm(event, request.GET)
    back = f"{reverse('admin:events_event_look', args=[event.pk])}?{request.GET.urlencode()}"
    if not form.is_valid():
        return redirect(back)
    return page.as_of(event, form.kind, form.cleaned_data["at"], back)
