"""One key of a door: changed, rotated and revoked, the last two after a question."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from events.admin import shown
from events.admin.versions import VERSION, fingerprint_of
from events.doors import key_edits
from events.doors.key_edits import KeyEnded, LabelTaken
from events.models import DoorKey, Event

from .acts import CHANGED
from .door import TITLE, answer, line_of, new_key
from .door_form import ChangeKeyForm, RotateForm
from .log import note_all

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from events.models.event_set import EventQuerySet

Context = dict[str, Any]
CHANGE, ROTATE, REVOKE = "change", "rotate", "revoke"


@require_http_methods(["GET", "HEAD", "POST"])
def door_key_page(request: HttpRequest, event: Event, frame: Context, key: int) -> HttpResponse:
    row = _find(event, key)
    context = frame | _about(request, row)
    if request.method != "POST":
        return _show(request, context)
    act = request.POST.get("act")
    if act not in ACTS:
        raise Http404
    try:
        if request.POST.get(VERSION) != context["version"]:
            raise KeyEnded
        return ACTS[act](request, row, context)
    except KeyEnded:
        messages.warning(request, CHANGED)
        return redirect("admin:events_event_door", event.pk)


def _find(event: Event, pk: int) -> DoorKey:
    row = event.door_keys.select_related("workshop", "created_by").filter(pk=pk).first()
    if row is None:
        raise Http404
    row.event = event
    return row


def _about(request: HttpRequest, row: DoorKey) -> Context:
    """Return the key, the events at which it works, and the version of what is shown.

    Events that only others organize are named where everybody can read of them, and else counted.
    """
    now = timezone.now()
    opened = [each.event for each in _opened(row)]
    mine = _among(opened, _mine(request))
    known = mine | _among(opened, Event.objects.listed())
    names = [shown.name(f"{one.title}, {_day(one)}") for one in opened if one.pk in known]
    newest = key_edits.newest_like(row, now)
    return {
        "title": TITLE,
        "line": line_of(row, now),
        "is_revoked": row.revoked_at is not None,
        "opened": shown.some(names, of=len(opened)),
        "number": len(opened),
        "of_others": len(opened) - len(mine),
        "change": ChangeKeyForm(key=row),
        "rotate": RotateForm(),
        "newest": newest,
        "version": version_of(row, len(opened), newest),
    }


def version_of(row: DoorKey, opened: int, newest: int) -> str:
    """Name the key as a page has shown it; that it was used meanwhile is no other key.

    `newest` is another after a rotation, also where this key goes on as before.
    """
    facts = (row.pk, row.label, row.expires_at, row.revoked_at, opened, newest)
    return fingerprint_of("door key", *facts)


def _opened(row: DoorKey) -> list[DoorKey]:
    rows = key_edits.same_keys(row).good_at(timezone.now()).select_related("event")
    return list(rows.order_by("event__starts_at", "event_id"))


def _among(opened: list[Event], events: "EventQuerySet") -> set[int]:
    return {*events.filter(pk__in=[one.pk for one in opened]).values_list("pk", flat=True)}


def _day(event: Event) -> str:
    return shown.moment(event.starts_at, event.zone)


def _mine(request: HttpRequest) -> "EventQuerySet":
    return Event.objects.organized_by(request.user)


def _show(request: HttpRequest, context: Context, *, is_wrong: bool = False) -> HttpResponse:
    return answer(request, "door_key.html", context, is_wrong=is_wrong)


# --- What can be done ----------------------------------------------------------------------------


def _change(request: HttpRequest, row: DoorKey, context: Context) -> HttpResponse:
    form = ChangeKeyForm(request.POST, key=row)
    if form.is_valid() and _changed(request, row, form):
        return redirect("admin:events_event_door", row.event.pk)
    return _show(request, context | {"change": form}, is_wrong=True)


def _changed(request: HttpRequest, row: DoorKey, form: ChangeKeyForm) -> bool:
    typed = form.cleaned_data
    try:
        events = key_edits.change_key(
            row, label=typed["label"], expires_at=typed["expires_at"], among=_mine(request)
        )
    except LabelTaken:
        form.refuse_label()
        return False
    text = gettext("Changed a door key: %(label)s.") % {"label": typed["label"]}
    note_all(request, events, text)
    said = ngettext(
        "The key is changed at %(n)d event.", "The key is changed at %(n)d events.", len(events)
    )
    messages.success(request, said % {"n": len(events)})
    return True


def _rotate(request: HttpRequest, row: DoorKey, context: Context) -> HttpResponse:
    form = RotateForm(request.POST)
    if not form.is_valid():
        return _show(request, context | {"rotate": form}, is_wrong=True)
    if "confirmed" not in request.POST:
        ends = dict(form.fields["overlap"].choices)[form.cleaned_data["overlap"]]  # type: ignore[attr-defined]
        return _show(request, context | {"asked": ROTATE, "rotate": form, "ends": ends})
    done = key_edits.rotate_key(
        row,
        overlap=form.time,
        among=_mine(request),
        by=cast("User", request.user),
        newest=context["newest"],
    )
    text = gettext("Rotated a door key: %(label)s.") % {"label": row.label}
    note_all(request, done.events, text)
    done.key.event = row.event
    context |= new_key(done.key, done.secret)
    context["former_ends"] = shown.moment(done.former_ends_at, row.event.zone)
    context["number"], context["left"] = len(done.events), done.left
    return answer(request, "door.html", context, is_wrong=False)


def _revoke(request: HttpRequest, row: DoorKey, context: Context) -> HttpResponse:
    if "confirmed" not in request.POST:
        return _show(request, context | {"asked": REVOKE})
    events = key_edits.revoke_key(row)
    note_all(request, events, gettext("Revoked a door key: %(label)s.") % {"label": row.label})
    said = ngettext(
        "The key opens no door any more; it had opened at %(n)d event.",
        "The key opens no door any more; it had opened at %(n)d events.",
        len(events),
    )
    messages.success(request, said % {"n": len(events)})
    return redirect("admin:events_event_door", row.event.pk)


ACTS = {CHANGE: _change, ROTATE: _rotate, REVOKE: _revoke}
