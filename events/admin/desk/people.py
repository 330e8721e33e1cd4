"""Who has what at one event, the links that organizers made, and who organizes it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.admin import shown
from events.admin.registration_numbers import number_in_line
from events.desk.people import (
    EVENT_ITSELF,
    STATES,
    Wanted,
    is_open,
    is_replaceable,
    people_of,
    tier_of,
)
from events.models import Event, PlaceInvitation, Registration, Workshop
from events.models.place_invitation import InvitationState

ROWS_PER_PAGE = 30
SEE = ("events.view_registration",)
CHANGE = ("events.change_registration",)
LABELS = {
    "all": _("Everybody who has a place or waits"),
    "confirmed": _("Confirmed"),
    "unpaid": _("Waiting for payment"),
    "waiting": _("On the waitlist, or in the draw"),
    "came": _("Checked in"),
    "ended": _("Cancelled or expired"),
}
INVITATION_STATES = {
    InvitationState.OPEN: pgettext_lazy("invitation", "can be used"),
    InvitationState.USED: pgettext_lazy("invitation", "used"),
    InvitationState.REVOKED: pgettext_lazy("invitation", "revoked"),
    InvitationState.EXPIRED: pgettext_lazy("invitation", "expired"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One registration as the list shows it."""

    registration: Registration
    tier: str
    state: str
    since: str
    came: str
    is_movable: bool
    is_replaceable: bool


@require_safe
def people_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    typed = request.GET
    wanted = Wanted(typed.get("q", ""), typed.get("state", "all"), typed.get("where", ""))
    page = Paginator(people_of(event, wanted), ROWS_PER_PAGE).get_page(typed.get("page"))
    workshops = list(event.workshops.all())
    context = frame | {
        "title": pgettext_lazy("tab", "People"),
        "page": page,
        "lines": _lines(page.object_list, event, has_others=_has_several_ahead(workshops)),
        "wanted": wanted,
        "states": [(name, LABELS[name]) for name in STATES],
        "places": [(EVENT_ITSELF, event), *((str(one.pk), one) for one in workshops)],
        "query": urlencode({"q": wanted.words, "state": wanted.state, "where": wanted.where}),
        "invitations": invitations_of(event),
        "organizers": list(event.organizers.order_by("username")),
        "may_change": request.user.has_perms(CHANGE),
        "may_choose": request.user.has_perm("events.change_event"),
        "all_at": f"{reverse('admin:events_registration_changelist')}?event__id__exact={event.pk}",
    }
    return TemplateResponse(request, "admin/events/event/people.html", context)


def _lines(rows: Any, event: Event, *, has_others: bool) -> list[Line]:
    found, now = list(rows), timezone.now()
    number_in_line(found)
    perks = tuple(event.perks.all())
    return [
        Line(
            registration=one,
            tier=tier_of(one.attendee, perks, now),
            state=shown.state_of_place(_at(one, event), now),
            since=shown.moment(one.created_at, event.zone),
            came=shown.moment(one.checked_in_at, event.zone),
            is_movable=has_others and bool(one.workshop_id) and is_open(one, now),
            is_replaceable=is_replaceable(one, now),
        )
        for one in found
    ]


def _has_several_ahead(workshops: Iterable[Workshop]) -> bool:
    """Return whether there is another workshop to move to for who is at one that is not over."""
    now = timezone.now()
    return sum(one.ends_at > now for one in workshops) > 1


def _at(registration: Registration, event: Event) -> Registration:
    registration.event = event
    return registration


def invitations_of(event: Event) -> list[dict[str, Any]]:
    """Return the newest links with their states; there are few of them."""
    q = PlaceInvitation.objects.filter(event=event)
    q = q.select_related("workshop", "created_by", "used_by__user")[:ROWS_PER_PAGE]
    return [_format(one, event) for one in q]


def _format(one: PlaceInvitation, event: Event) -> dict[str, Any]:
    state = one.state_at(timezone.now())
    user = shown.person(one.used_by) if one.used_by else gettext("somebody who was erased")
    return {
        "row": one,
        "state": INVITATION_STATES[state],
        "is_open": state is InvitationState.OPEN,
        "until": shown.moment(one.expires_at, event.zone),
        "used": shown.moment(one.used_at, event.zone),
        "user": user if one.used_at else "",
        "by": shown.account(one.created_by),
    }
