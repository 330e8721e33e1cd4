"""The first tab of the desk: how full everything is, and what to do next."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.access.facts import EMPTY, count_occupancies
from events.desk.phase import phase_of
from events.models import Event


@require_safe
def overview(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    occupancies = count_occupancies(event, now)
    bars = [(one, occupancies.get(one.workshop_id, EMPTY)) for one in event.bookables()]
    context = frame | {"title": _("Desk"), "phase": phase_of(event, now), "bars": bars}
    return TemplateResponse(request, "admin/events/event/desk.html", context)
