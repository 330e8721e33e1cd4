"""This and the following: carry an edit of one event on to later ones of its series.

The change is made at each of them, its effects are read, and it is undone. The page says per event
what becomes different and who is affected. Each is then changed by itself, if what follows is still
what the organizer agreed to.
"""

from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events.admin import change_words, effects, effects_on_people, shown
from events.admin.effect import Effect
from events.admin.initial import MAX_ID_DIGITS
from events.admin.versions import fingerprint_of
from events.models import Event
from events.places.former_addresses import AddressTaken
from events.series.drafts import following, may_lead
from events.series.following import Carried, Group, NotCarried, Obstacle, carry_on, lead_on

from . import series_words
from .acts import CHANGED
from .log import note

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TITLE = _("This and the following")
PAGE = "admin:events_event_following"
AGREED = "agreed"
LABELS = {
    Group.TEXTS: _("Texts, kind, languages and contact"),
    Group.TIME: _("Time: start, end, opening, close and draw, each on its own day"),
    Group.PLACES: _("Capacity, waitlist and listing"),
    Group.CONDITIONS: _("Who may come, price and payment"),
    Group.SESSION: _("Session in the world"),
    Group.HOSTS: _("Hosts"),
    Group.PERKS: _("Patron perks"),
    Group.WORKSHOPS: _("Workshops"),
    Group.QUESTIONS: _("Questions at sign-up"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """The changes of one event and their effects, or an obstacle. `token` stands for all of it."""

    event: Event
    when: str
    changes: list[str]
    effects: list[Effect]
    obstacle: str
    token: str

    @property
    def is_changed(self) -> bool:
        return bool(self.changes) and not self.obstacle


@require_http_methods(["GET", "HEAD", "POST"])
def following_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    later = _own(request, event)
    if request.method != "POST":
        chosen = {*_groups(request.GET.getlist("group"))}
        return _answer(request, frame, later, chosen, {each.pk for each in later})
    if event.series is None:
        raise BadRequest("The event belongs to no series.")
    groups = _groups(request.POST.getlist("group"))
    pks = {*_numbers(request.POST.getlist("event"))}
    if not groups:
        messages.error(request, gettext("Choose at least one part that goes along."))
        return _answer(request, frame, later, set(), pks, HTTPStatus.UNPROCESSABLE_ENTITY)
    picked = [each for each in later if each.pk in pks]
    if "confirmed" in request.POST:
        return _do(request, event, picked, groups)
    lines = [_tried(event, each, groups) for each in picked]
    context = frame | {"lines": lines, "agreed": AGREED, "groups": [(g, LABELS[g]) for g in groups]}
    return _render(request, context)


def _own(request: HttpRequest, event: Event) -> list[Event]:
    """Return the later events that this person organizes too, with their numbers of people."""
    now = timezone.now()
    pks = [each.pk for each in following(event, now)]
    own = Event.objects.organized_by(request.user).filter(pk__in=pks)
    return list(own.with_occupancy(now).without_long_texts().order_by("series_index"))


def _groups(names: Collection[str]) -> list[Group]:
    return [group for group in Group if group in names]


def _numbers(texts: Collection[str]) -> list[int]:
    fit = (text for text in texts if text.isascii() and text.isdigit())
    return [int(text) for text in fit if len(text) <= MAX_ID_DIGITS]


def _answer(
    request: HttpRequest,
    frame: dict[str, Any],
    later: list[Event],
    groups: set[Group],
    pks: set[int],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = frame | {
        "choices": [(group, label, group in groups) for group, label in LABELS.items()],
        "later": [
            (each, shown.moment(each.starts_at, each.zone), _people(each), each.pk in pks)
            for each in later
        ],
    }
    return _render(request, context, status)


def _people(event: Event) -> str:
    taken = ngettext("%(n)d place taken", "%(n)d places taken", event.taken) % {"n": event.taken}
    waiting = gettext("%(n)d waiting") % {"n": event.waiting} if event.waiting else ""
    return shown.joined(event.get_status_display(), taken, waiting)


def _render(
    request: HttpRequest, context: dict[str, Any], status: int = HTTPStatus.OK
) -> HttpResponse:
    template = "admin/events/event/following.html"
    return TemplateResponse(request, template, context | {"title": TITLE}, status=status)


# --- Trying and doing ----------------------------------------------------------------------------


def _tried(source: Event, event: Event, groups: list[Group]) -> Line:
    with transaction.atomic():
        line = _carry(source, event, groups)
        transaction.set_rollback(True)
    return line


def _carry(source: Event, event: Event, groups: list[Group]) -> Line:
    """Change the event in the caller's transaction, unless something is in the way."""
    when = shown.moment(event.starts_at, event.zone)
    last = effects_on_people.last_message()
    try:
        with transaction.atomic():
            carried = carry_on(source, event.pk, groups, timezone.now())
    except NotCarried as found:
        return Line(event, when, [], [], series_words.obstacle(found.obstacle), "")
    except (ObjectDoesNotExist, AddressTaken):
        return Line(event, when, [], [], series_words.obstacle(Obstacle.OVER), "")
    found_effects = effects.of_edit(carried.event, carried.before, carried.followed, last)
    changes = [change_words.of(change, carried.event) for change in carried.changes]
    return Line(event, when, changes, found_effects, "", _token(carried, found_effects))


def _token(carried: Carried, found: list[Effect]) -> str:
    return fingerprint_of(carried.event.pk, repr(carried.changes), *map(str, found))


def _do(
    request: HttpRequest, source: Event, picked: list[Event], groups: list[Group]
) -> HttpResponse:
    """Change each event whose effects are those that were agreed to, and report on all."""
    agreed = {*request.POST.getlist(AGREED)}
    changed, other = [], []
    for event in picked:
        with transaction.atomic():
            line = _carry(source, event, groups)
            is_agreed = line.is_changed and line.token in agreed
            transaction.set_rollback(not is_agreed)
            if is_agreed:
                note(request, event, _noted(source))
                changed.append(line)
            elif line.obstacle or line.changes:
                other.append(line)
    is_meant = changed or not picked
    if is_meant and source.series and may_lead(source.series, cast("User", request.user)):
        lead_on(source, groups, timezone.now())
    _report(request, changed, other)
    return redirect("admin:events_event_series", source.pk)


def _noted(source: Event) -> str:
    text = gettext("Changed along with the event of the series that starts %(when)s.")
    return text % {"when": shown.moment(source.starts_at, source.zone)}


def _report(request: HttpRequest, changed: list[Line], other: list[Line]) -> None:
    number = len(changed)
    text = ngettext("%(n)d later event is changed.", "%(n)d later events are changed.", number)
    messages.success(request, text % {"n": number})
    for line in other:
        why = line.obstacle or CHANGED
        messages.warning(request, format_html(gettext("{when}: {why}"), when=line.when, why=why))
