"""The first tab of the desk: what needs a person, what comes next, and how full everything is."""

from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.desk.bars import bars
from events.desk.chart import chart
from events.desk.door import turnouts
from events.desk.need import SEE_PAYMENTS, SEE_PEOPLE
from events.desk.needs import needs
from events.desk.phase import Phase, phase_of
from events.desk.steps import steps
from events.formatting import money
from events.models import Event
from events.payments.totals import Totals, totals

#: Words for the phase at the top of the desk.
PHASES = {
    Phase.DRAFT: _("Draft"),
    Phase.OPEN: _("Published"),
    Phase.SOON: _("Starts within a day"),
    Phase.RUNNING: _("Running now"),
    Phase.OVER: _("Over"),
    Phase.CANCELLED: _("Cancelled"),
}


@require_safe
def overview(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    now, may = timezone.now(), request.user.has_perm
    prefetch_related_objects([event], "workshops")
    phase = phase_of(event, now)
    context = frame | {
        "title": _("Desk"),
        "phase": PHASES[phase],
        "needs": [need for need in needs(event, now) if may(need.permission)],
        "steps": [step for step in steps(event, now) if may(step.permission)],
        "share_url": "" if event.is_draft else f"{settings.SITE_URL}{event.get_absolute_url()}",
        "bars": bars(event, now),
        "may_see_people": may(SEE_PEOPLE),
        "turnouts": turnouts(event, now) if may(SEE_PEOPLE) else [],
        "chart": chart(event, now),
        "sums": _sums(event) if may(SEE_PAYMENTS) else [],
    }
    return TemplateResponse(request, "admin/events/event/desk.html", context)


def _sums(event: Event) -> list[str]:
    """Return a line for each currency in which there is or will be money."""
    lines = [_line(each) for each in totals(event)]
    return [line for line in lines if line]


def _line(sums: Totals) -> str:
    labels = (
        (gettext("%(sum)s is here"), sums.held),
        (gettext("%(sum)s still to come"), sums.due),
        (gettext("%(sum)s has to go back"), sums.to_refund),
        (gettext("%(sum)s went back"), sums.refunded),
        (gettext("%(sum)s taken by banks for now"), sums.disputed),
    )
    shown = [
        (label, money.format_amount(amount, sums.currency)) for label, amount in labels if amount
    ]
    return " · ".join(label % {"sum": amount} for label, amount in shown)
