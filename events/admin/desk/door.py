"""The keys with which worlds ask who may come in: all of them, and a form for a new one."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from django_stubs_ext import StrPromise

from events.admin import shown
from events.desk.door import turnouts
from events.doors import key_edits, keys
from events.doors.key_edits import LabelTaken, WorkshopGone
from events.models import DoorKey, Event

from .acts import CHANGED
from .door_form import KeyForm
from .log import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TITLE = pgettext_lazy("tab", "Door")
WORKS = pgettext_lazy("door key", "works")
EXPIRED = pgettext_lazy("door key", "expired")
REVOKED = pgettext_lazy("door key", "revoked")
ASKS = pgettext_lazy("door key", "asks who may come in")
NOTES = pgettext_lazy("door key", "asks, and notes who comes and goes")


@dataclass(frozen=True, slots=True)
class Line:
    """A key as the pages show it."""

    row: DoorKey
    place: str
    may: StrPromise
    made: str
    by: SafeString
    until: str
    used: str
    state: StrPromise
    works: bool


@require_http_methods(["GET", "HEAD", "POST"])
def door_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    """Show a new key on the answer itself: nobody can read it a second time."""
    form = KeyForm(request.POST if request.method == "POST" else None, event=event)
    now = timezone.now()
    context = frame | {"title": TITLE, "form": form}
    if form.is_bound and form.is_valid():
        context |= _make(request, event, form)
    if "address" not in context:
        context |= {"lines": _lines(event, now), "turnouts": turnouts(event, now)}
    return answer(request, "door.html", context, is_wrong=bool(form.errors))


def answer(
    request: HttpRequest, template: str, context: dict[str, Any], *, is_wrong: bool
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if is_wrong else HTTPStatus.OK
    path = f"admin/events/event/{template}"
    response = TemplateResponse(request, path, context, status=status)
    add_never_cache_headers(response)
    return response


def new_key(key: DoorKey, secret: str) -> dict[str, Any]:
    """Return what the template of a new key needs."""
    return {"key": key, "address": keys.address_of(secret), "place": key.bookable.title}


def line_of(row: DoorKey, now: datetime) -> Line:
    zone, ends_at = row.event.zone, row.revoked_at or row.expires_at
    return Line(
        row=row,
        place=row.bookable.title,
        may=NOTES if row.may_check_in else ASKS,
        made=shown.moment(row.created_at, zone),
        by=shown.account(row.created_by),
        until=shown.moment(ends_at, zone) if ends_at else gettext("you revoke it"),
        used=shown.moment(row.last_used_at, zone) if row.last_used_at else gettext("never"),
        state=_state(row, now),
        works=row.is_good_at(now),
    )


def _lines(event: Event, now: datetime) -> list[Line]:
    """Return the keys that work first, of each kind the newest first."""
    rows = event.door_keys.select_related("workshop", "created_by").order_by("-created_at", "-pk")
    for row in (found := list(rows)):
        row.event = event
    return sorted((line_of(row, now) for row in found), key=lambda line: not line.works)


def _state(row: DoorKey, now: datetime) -> StrPromise:
    if row.revoked_at is not None:
        return REVOKED
    return WORKS if row.is_good_at(now) else EXPIRED


def _make(request: HttpRequest, event: Event, form: KeyForm) -> dict[str, Any]:
    """Return what shows the new key; nothing if the form has an error now."""
    by = cast("User", request.user)
    try:
        made, secret = key_edits.make_key(form.bookable, form.terms, by=by)
    except LabelTaken:
        form.refuse_label()
        return {}
    except WorkshopGone:
        form.add_error("workshop", CHANGED)
        return {}
    made.event = event
    note(request, event, gettext("Made a door key: %(label)s.") % {"label": made.label})
    messages.success(request, _("The key is made."))
    return new_key(made, secret)
