"""Write a message to people of an event: a draft, which is sent from its own page."""

import uuid
from typing import Any, cast

from django.contrib.auth.models import User
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events.desk.ready_texts import READY_TEXTS, audience_for
from events.messages import announcements, placeholders
from events.messages.announcements import Outcome
from events.models import Announcement, Event, Workshop

from .act_forms import NOT_THERE
from .announcement_form import AnnouncementForm, initial_of, initial_texts

Frame = dict[str, Any]


def address_of(announcement: Announcement, name: str = "") -> str:
    """Return the page of an announcement, or the one to edit it."""
    page = f"admin:events_event_message{name}"
    return reverse(page, args=[announcement.event_id, announcement.pk])


def signed_in(request: HttpRequest) -> User:
    """Return who reads the page: the admin lets nobody else in."""
    return cast("User", request.user)


def find(event: Event, number: int) -> Announcement:
    """Return an announcement of this event, or answer that there is none."""
    q = event.announcements.select_related("author", "workshop")
    found: Announcement | None = q.filter(pk=number).first()
    if found is None:
        raise Http404
    found.event = event
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, event: Event, frame: Frame) -> HttpResponse:
    if request.method != "POST":
        form = AnnouncementForm(event, initial=_started(request, event))
        return _page(request, frame, form)
    form = AnnouncementForm(event, request.POST)
    if not form.is_valid():
        return _page(request, frame, form)
    try:
        return redirect(address_of(_create(event, form, signed_in(request))))
    except Workshop.DoesNotExist:
        form.add_error("workshop", NOT_THERE)
        return _page(request, frame, form)


def _create(event: Event, form: AnnouncementForm, by: User) -> Announcement:
    draft, token = form.draft(), form.cleaned_data["token"]
    made = announcements.create(event, draft, by=by, token=token)
    if made.event_id != event.pk or not draft.is_in(made):
        # The form was sent before, with other words or to others: that is another draft.
        made = announcements.create(event, draft, by=by, token=uuid.uuid4())
    return made


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, event: Event, frame: Frame, number: int) -> HttpResponse:
    if request.method == "POST":
        return _save(request, event, frame, number)
    announcement = find(event, number)
    if not announcement.is_draft:
        return redirect(address_of(announcement))
    form = AnnouncementForm(event, initial=initial_of(announcement))
    return _page(request, frame, form, announcement)


def _save(request: HttpRequest, event: Event, frame: Frame, number: int) -> HttpResponse:
    """Save the draft. If it was sent or deleted meanwhile, what was typed starts another one."""
    announcement = event.announcements.filter(pk=number).first()
    if announcement is None or not announcement.is_draft:
        return _start_again(request, event, frame)
    form = AnnouncementForm(event, request.POST)
    if not form.is_valid():
        return _page(request, frame, form, announcement)
    revision = form.cleaned_data["revision"]
    try:
        outcome = announcements.change(announcement, form.draft(), revision=revision)
    except Workshop.DoesNotExist:
        form.add_error("workshop", NOT_THERE)
        return _page(request, frame, form, announcement)
    if outcome is Outcome.DONE:
        return redirect(address_of(announcement))
    if outcome is Outcome.GONE:
        return _start_again(request, event, frame)
    return _show_both(request, event, frame, announcement)


def _show_both(
    request: HttpRequest, event: Event, frame: Frame, announcement: Announcement
) -> HttpResponse:
    """Show what was typed, and what somebody else has saved; saving again keeps what was typed."""
    announcement.refresh_from_db()
    typed = request.POST.copy()
    typed["revision"] = str(announcement.revision)
    form = AnnouncementForm(event, typed)
    form.add_error(
        None,
        _(
            "Somebody else saved this draft while you had it open. Nothing of yours is lost: it is "
            "in the form, and what they saved is below it. Save again to keep what is in the form."
        ),
    )
    return _page(request, frame, form, announcement, theirs=announcement)


def _start_again(request: HttpRequest, event: Event, frame: Frame) -> HttpResponse:
    typed: QueryDict = request.POST.copy()
    typed["token"], typed["revision"] = str(uuid.uuid4()), "0"
    form = AnnouncementForm(event, typed)
    form.add_error(
        None,
        _(
            "This draft was sent or deleted while you had it open. What you typed is still in the "
            "form. Saving it makes a new draft."
        ),
    )
    return _page(request, frame, form)


def _started(request: HttpRequest, event: Event) -> dict[str, Any]:
    """Return what a new message begins with: a ready text, if the address names one."""
    ready = READY_TEXTS.get(request.GET.get("text", ""))
    if ready is None:
        return {}
    return {"audience": audience_for(ready, event), **initial_texts(ready.texts())}


def _page(
    request: HttpRequest,
    frame: Frame,
    form: AnnouncementForm,
    announcement: Announcement | None = None,
    *,
    theirs: Announcement | None = None,
) -> HttpResponse:
    event: Event = frame["event"]
    action = reverse("admin:events_event_message_new", args=[event.pk])
    context = frame | {
        "title": gettext("Edit the draft") if announcement else gettext("Write a message"),
        "form": form,
        "action": address_of(announcement, "_edit") if announcement else action,
        "ready_texts": [(name, ready.label) for name, ready in READY_TEXTS.items()],
        "is_new": announcement is None and not form.is_bound,
        "placeholders": [(f"{{{name}}}", text) for name, text in placeholders.PLACEHOLDERS.items()],
        "theirs": theirs,
    }
    return TemplateResponse(request, "admin/events/event/message_edit.html", context)
