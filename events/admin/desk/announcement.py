"""The page of one message: its preview and its sending, then what became of it for each person."""

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from events.access.viewers import viewer_of
from events.admin import shown
from events.desk import told
from events.messages import announced, announcements, audiences
from events.messages.announcements import MOST_AN_HOUR, Outcome
from events.models import Announcement, Attendee, Event, Registration, Role

from .announcement_edit import address_of, find, signed_in
from .messages import group_of
from .nobody_to_mail import is_too_early, why_nobody

ROWS_PER_PAGE = 100
MAX_DIGITS = 18  # of an id
Frame = dict[str, Any]


@require_http_methods(["GET", "HEAD", "POST"])
def announcement(request: HttpRequest, event: Event, frame: Frame, number: int) -> HttpResponse:
    if request.method == "POST":
        return _act(request, event, number)
    found = find(event, number)
    more = _of_draft(request, found) if found.is_draft else _of_sent(request, found)
    context = (
        frame
        | more
        | {
            "title": gettext("Draft") if found.is_draft else gettext("Message"),
            "announcement": found,
            "to": group_of(found),
            "author": shown.account(found.author),
            "later_until": shown.moment(found.later_ends_at, event.zone),
            "edit_at": address_of(found, "_edit"),
            "may_write": request.user.has_perm("events.change_announcement"),
            "previews": _previews(request, found),
        }
    )
    return TemplateResponse(request, "admin/events/event/message.html", context)


# --- What it shows -------------------------------------------------------------------------------


def _of_draft(request: HttpRequest, draft: Announcement) -> Frame:
    now = timezone.now()
    reader, numbers = viewer_of(request.user), audiences.count(draft, now)
    return {
        "numbers": numbers,
        "is_too_early": is_too_early(draft, now),
        "why_nobody": why_nobody(draft, numbers, now),
        "most_an_hour": MOST_AN_HOUR,
        "has_address": bool(reader and reader.mail_address),
    }


def _of_sent(request: HttpRequest, sent: Announcement) -> Frame:
    """Show the people, a page at a time, those in one state if the address says so."""
    now, zone = timezone.now(), sent.event.zone
    counts = told.count_announced([sent], now).get(sent.pk, told.Counts())
    rows = told.rows_of([sent]).select_related("attendee__user")
    state = request.GET.get("state", "")
    chosen = told.states_at(now).get(state)
    rows = rows.filter(chosen) if chosen else rows
    page = Paginator(rows.order_by("pk"), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    until = sent.later_ends_at
    return {
        "counts": counts,
        "sent_at": shown.moment(sent.sent_at, zone),
        "takes_more": sent.done_at is None and until is not None and now < until,
        "state": state if chosen else "",
        "page": page,
        "people": [
            (row, shown.state_of_message(row, zone), shown.moment(row.sent_at, zone))
            for row in page
        ],
    }


def _previews(request: HttpRequest, shown_one: Announcement) -> list[dict[str, Any]]:
    """Make the mail in each language for somebody of the group who reads it, if there is one."""
    people = audiences.people(shown_one, timezone.now()).select_related(
        "attendee__user", "event", "workshop"
    )
    after = request.GET.get("after", "")
    last = int(after) if after.isascii() and after.isdigit() and len(after) <= MAX_DIGITS else 0
    found = []
    for code in shown_one.languages():
        reads_it = people.filter(attendee__language__in=_read_as(code)).order_by("pk")
        everybody = people.order_by("pk")
        person = (
            reads_it.filter(pk__gt=last).first() or reads_it.first()
            or everybody.filter(pk__gt=last).first() or everybody.first()
        )  # fmt: skip
        found.append(_preview(request, shown_one, code, person))
    return found


def _read_as(code: str) -> list[str]:
    """Return the choices of people who read this language; no choice is the site's own."""
    return [code, ""] if code == settings.LANGUAGE_CODE else [code]


def _preview(
    request: HttpRequest, shown_one: Announcement, code: str, person: Registration | Role | None
) -> dict[str, Any]:
    """Without anybody in the group it is the organizer who reads, at the event. People with a role
    are written to about the event, too.
    """
    registration = person if isinstance(person, Registration) else None
    reader = person.attendee if person else viewer_of(request.user)
    if reader is None:
        reader = Attendee(user=signed_in(request))
    with translation.override(code):
        words = announced.announced(shown_one, code, reader=reader, registration=registration)
    return {
        "language": code,
        "language_name": dict(settings.LANGUAGES)[code],
        "reader": reader.name,
        "person": person,
        "words": words,
    }


# --- What it does --------------------------------------------------------------------------------


def _act(request: HttpRequest, event: Event, number: int) -> HttpResponse:
    if not request.user.has_perm("events.change_announcement"):
        raise PermissionDenied
    act = ACTIONS.get(request.POST.get("action", ""))
    revision = request.POST.get("revision", "")
    if act is None or not (revision.isascii() and revision.isdigit() and len(revision) < 10):
        raise BadRequest("The form names no action or no revision.")
    found = event.announcements.select_related("workshop").filter(pk=number).first()
    if found is None:
        messages.error(request, gettext("Somebody else deleted this draft a moment ago."))
        return _to_list(event)
    found.event = event
    return act(request, found, int(revision))


def _send(request: HttpRequest, draft: Announcement, revision: int) -> HttpResponse:
    outcome = announcements.send(draft, revision=revision)
    if outcome is Outcome.DONE:
        _log(request, draft, gettext("Sent the message “%(subject)s”."))
        n = told.count_announced([draft], timezone.now()).get(draft.pk, told.Counts()).waiting
        text = ngettext("It is on its way to %(n)d person.", "It is on its way to %(n)d people.", n)
        messages.success(request, text % {"n": n})
    else:
        messages.error(request, _why_not(outcome))
    return redirect(address_of(draft))


def _why_not(outcome: Outcome) -> str:
    if outcome is Outcome.GONE:
        return gettext("It was sent already, so it was not sent again.")
    if outcome is Outcome.CHANGED:
        return gettext(
            "Nothing was sent: somebody else saved this draft while you had the page open. Look at "
            "it as it is now, then send it."
        )
    if outcome is Outcome.TOO_OFTEN:
        text = ngettext(
            "Nothing was sent: people of one event get at most %(n)d message of its organizers in "
            "an hour. The draft is kept. Please send it later.",
            "Nothing was sent: people of one event get at most %(n)d messages of its organizers in "
            "an hour. The draft is kept. Please send it later.",
            MOST_AN_HOUR,
        )
        return text % {"n": MOST_AN_HOUR}
    return gettext("Nothing was sent: no mail would reach anybody in this group now.")


def _test(request: HttpRequest, draft: Announcement, _revision: int) -> HttpResponse:
    reader = viewer_of(request.user)
    if reader is None or not reader.mail_address:
        text = gettext(
            'No mail reaches you yet. Write your e-mail address into <a href="{}">your '
            "account</a>, follow the link that we send to it, and test again."
        )
        messages.error(request, format_html(text, reverse("events:account")))
    elif announcements.send_test(draft, reader):
        messages.success(
            request, gettext("The test is on its way to your own address, once in each language.")
        )
    else:
        messages.error(request, gettext("You have sent many tests. Please wait an hour."))
    return redirect(address_of(draft))


def _delete(request: HttpRequest, draft: Announcement, revision: int) -> HttpResponse:
    subject = draft.title
    outcome = announcements.delete(draft, revision=revision)
    if outcome is not Outcome.DONE:
        text = (
            gettext("It was not deleted: it was sent already.")
            if outcome is Outcome.GONE
            else gettext("It was not deleted: somebody else has just saved it. Please look again.")
        )
        messages.error(request, text)
        return redirect(address_of(draft))
    messages.success(request, gettext("Deleted the draft “%(subject)s”.") % {"subject": subject})
    return _to_list(draft.event)


def _stop(request: HttpRequest, sent: Announcement, _revision: int) -> HttpResponse:
    if announcements.stop_later(sent):
        _log(request, sent, gettext("Stopped the message “%(subject)s”."))
        messages.success(request, gettext("People who join from now on do not get it."))
    return redirect(address_of(sent))


def _to_list(event: Event) -> HttpResponse:
    return redirect("admin:events_event_messages", event.pk)


def _log(request: HttpRequest, about: Announcement, text: str) -> None:
    """Note it in the history of the event."""
    LogEntry.objects.log_actions(
        signed_in(request).pk,
        [about.event],
        CHANGE,
        change_message=text % {"subject": about.title},
        single_object=True,
    )


ACTIONS: Mapping[str, Callable[[HttpRequest, Announcement, int], HttpResponse]] = {
    "send": _send,
    "test": _test,
    "delete": _delete,
    "stop": _stop,
}
