"""Who organizes an event: added and removed by each other."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events import places
from events.admin import shown
from events.admin.initial import MAX_ID_DIGITS
from events.formatting.contact import site_contact
from events.models import Event, PlaceInvitation
from events.places import LastOrganizer, NoOrganizer

from .act_forms import OrganizerForm
from .log import note_organizer

NOBODY = _(
    "No account for organizers has this name or address. Check the spelling. If the person has "
    "none yet, write to %(contact)s."
)


@require_http_methods(["GET", "HEAD", "POST"])
def organizers_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    is_removing = "remove" in request.POST
    form = OrganizerForm(request.POST if request.method == "POST" and not is_removing else None)
    if is_removing:
        return _remove(request, event)
    if form.is_bound and form.is_valid() and (done := _add(request, event, form)):
        return done
    context = frame | {
        "title": _("Organizers"),
        "form": form,
        "organizers": list(event.organizers.order_by("username")),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return TemplateResponse(request, "admin/events/event/organizers.html", context, status=status)


def _add(request: HttpRequest, event: Event, form: OrganizerForm) -> HttpResponse | None:
    try:
        added = places.add_organizer(event=event, name=form.name, address=form.address)
    except NoOrganizer:
        form.add_error("named", NOBODY % {"contact": site_contact()})
        return None
    if added is None:
        messages.info(request, gettext("They organize this event already."))
    else:
        note_organizer(request, event, added.get_username(), is_added=True)
        text = gettext("{who} organizes this event too now. It is on their list of events.")
        messages.success(request, format_html(text, who=shown.account(added)))
    return redirect("admin:events_event_organizers", event.pk)


def _remove(request: HttpRequest, event: Event) -> HttpResponse:
    user = _named_user(event, request.POST["remove"])
    try:
        is_gone = user is not None and places.remove_organizer(event=event, user=user)
    except LastOrganizer:
        text = gettext("Somebody has to organize this event. Add another organizer first.")
        messages.error(request, text)
        return redirect("admin:events_event_organizers", event.pk)
    if user is None or not is_gone:
        messages.info(request, gettext("They do not organize this event. Nothing was changed."))
        return redirect("admin:events_event_organizers", event.pk)
    note_organizer(request, event, user.get_username(), is_added=False)
    text = gettext("{who} does not organize this event any more.")
    messages.success(request, format_html(text, who=shown.account(user)))
    _tell_of_links(request, event, user)
    is_own = user.pk == request.user.pk and not request.user.is_superuser
    if is_own:
        return redirect("admin:events_event_changelist")
    return redirect("admin:events_event_organizers", event.pk)


def _named_user(event: Event, pk: str) -> User | None:
    is_id = pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS
    return event.organizers.filter(pk=pk).first() if is_id else None


def _tell_of_links(request: HttpRequest, event: Event, user: User) -> None:
    """Links that they made go on working, because other people have been promised a place."""
    q = PlaceInvitation.objects.filter(event=event, created_by=user, used_at=None, revoked_at=None)
    if number := q.filter(expires_at__gt=timezone.now()).count():
        text = ngettext(
            "%(n)d invitation link that they made can still be used. You can revoke it.",
            "%(n)d invitation links that they made can still be used. You can revoke them.",
            number,
        )
        messages.warning(request, text % {"n": number})
