"""Give people roles at an event, change what comes with them, and take them away."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.views.decorators.http import require_http_methods

from events import places
from events.admin import shown
from events.admin.initial import MAX_ID_DIGITS
from events.models import Event, Role, Workshop
from events.places import NoPerson

from .act_forms import NOT_THERE, RoleForm
from .log import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User

HERE = "admin:events_event_people_roles"


@dataclass(frozen=True, slots=True)
class Line:
    role: Role
    who: SafeString
    since: str
    by: SafeString


@require_http_methods(["GET", "HEAD", "POST"])
def roles_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    if "take" in request.POST:
        return _take_or_ask(request, event, frame)
    form = RoleForm(request.POST if request.method == "POST" else None, event=event)
    if form.is_bound and form.is_valid() and (done := _give(request, event, form)):
        return done
    context = frame | {"title": TITLE, "form": form, "lines": _lines(event)}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return TemplateResponse(request, "admin/events/event/roles.html", context, status=status)


TITLE = pgettext_lazy("people", "Roles")


def _lines(event: Event) -> list[Line]:
    q = event.roles.select_related("attendee__user", "workshop", "created_by")
    return [
        Line(
            role,
            who=shown.person(role.attendee),
            since=shown.moment(role.created_at, event.zone),
            by=shown.account(role.created_by),
        )
        for role in q.order_by("kind", "pk")
    ]


# --- Giving --------------------------------------------------------------------------------------


def _give(request: HttpRequest, event: Event, form: RoleForm) -> HttpResponse | None:
    by, person = cast("User", request.user), form.attendee
    try:
        role, is_new = places.give_role(event=event, attendee=person, new=form.new_role, by=by)
    except NoPerson:
        form.add_error("person", gettext("This account was deleted a moment ago."))
        return None
    except Workshop.DoesNotExist:
        form.add_error("workshop", NOT_THERE)
        return None
    values = {"who": shown.person(person), "role": role.get_kind_display()}
    if is_new:
        note(request, event, gettext("Gave a role: %(role)s.") % values)
        messages.success(request, format_html(gettext("{who} has a role now: {role}."), **values))
        _say_who_tells(request, event, role)
    else:
        note(request, event, gettext("Changed what comes with a role: %(role)s.") % values)
        text = gettext("{who} had this role before: {role}. What comes with it was changed.")
        messages.success(request, format_html(text, **values))
    return redirect(HERE, event.pk)


def _say_who_tells(request: HttpRequest, event: Event, role: Role) -> None:
    if not role.attendee.mail_address:
        more = gettext("No message of ours reaches {who}. Please tell them yourself.")
        messages.warning(request, format_html(more, who=shown.person(role.attendee)))
    elif not event.is_published:
        messages.info(request, gettext("They are told once the event is published."))


# --- Taking away ---------------------------------------------------------------------------------


def _take_or_ask(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    role = _named_role(event, request.POST["take"])
    if role is None:
        messages.info(request, gettext("This role was taken away before. Nothing was changed."))
        return redirect(HERE, event.pk)
    if "confirmed" not in request.POST:
        return _ask(request, role, frame)
    values = {"who": shown.person(role.attendee), "role": role.get_kind_display()}
    if places.take_role(role=role, by=cast("User", request.user)):
        note(request, event, gettext("Took a role away: %(role)s.") % values)
        text = gettext("{who} does not have this role any more: {role}.")
        messages.success(request, format_html(text, **values))
    return redirect(HERE, event.pk)


def _named_role(event: Event, pk: str) -> Role | None:
    if not (pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS):
        raise Http404
    found = event.roles.select_related("attendee__user", "workshop").filter(pk=pk).first()
    if found is not None:
        found.event = event
    return found


def _ask(request: HttpRequest, role: Role, frame: dict[str, Any]) -> TemplateResponse:
    text = gettext("Take this role away from {who}: {role}?")
    values = {"who": shown.person(role.attendee), "role": role.get_kind_display()}
    context = frame | {
        "title": TITLE,
        "role": role,
        "question": format_html(text, **values),
        "follows": [_counts(one.bookable.title) for one in places.would_count(role)],
    }
    return TemplateResponse(request, "admin/events/event/role_gone.html", context)


def _counts(title: str) -> SafeString:
    text = gettext(
        "The place at “{title}” stays, and is counted from then on. If there are more people than "
        "places then, nobody new gets one until enough have left."
    )
    return format_html(text, title=shown.name(title))
