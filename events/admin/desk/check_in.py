"""The page for the door: find somebody, check them in, take it back; who is in, and who is not."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from events.admin import arrivals, shown
from events.admin.initial import MAX_ID_DIGITS
from events.desk import door
from events.formatting import money, times
from events.models import Bookable, Event, Registration, Workshop
from events.places import Arrival, CheckIn

if TYPE_CHECKING:
    from django.contrib.auth.models import User

ROWS_PER_PAGE = 25
MAX_SEARCH = 200  # characters
#: Where the focus goes: to the field, or to the button of the only one who was found.
FIELD, FOUND = "search", "found"


@dataclass(frozen=True)
class Door:
    """Which part of the page is asked for; in addresses, and in forms that come back to it."""

    event: Event
    workshop: Workshop | None
    search: str
    is_list_of_those_in: bool

    @property
    def bookable(self) -> Bookable:
        return self.workshop or self.event

    @property
    def facts(self) -> dict[str, str]:
        found = {
            "workshop": str(self.workshop.pk) if self.workshop else "",
            "q": self.search,
            "show": "in" if self.is_list_of_those_in else "",
        }
        return {name: value for name, value in found.items() if value}

    def address(self, **changed: object) -> str:
        facts = {k: v for k, v in (self.facts | changed).items() if v}
        start = reverse("admin:events_event_check_in", args=[self.event.pk])
        return f"{start}?{urlencode(facts)}" if facts else start


@dataclass(frozen=True)
class Guest:
    """A registration with what the page says of it in words."""

    registration: Registration
    since: str
    by: str
    left: str
    amount: str
    has_lapsed: bool
    address: str


@require_http_methods(["GET", "HEAD", "POST"])
def check_in_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    workshops = list(event.workshops.all())
    if request.method == "POST":
        return _answer(request, _door(event, workshops, request.POST), frame)
    return _show(request, _door(event, workshops, request.GET), workshops, frame)


def _door(event: Event, workshops: list[Workshop], asked: QueryDict) -> Door:
    by_pk = {str(workshop.pk): workshop for workshop in workshops}
    workshop = by_pk.get(asked.get("workshop", ""))
    if workshop:
        workshop.event = event
    search = asked.get("q", "").strip()[:MAX_SEARCH]
    return Door(event, workshop, search, asked.get("show") == "in")


# --- What it shows -------------------------------------------------------------------------------


def _show(
    request: HttpRequest, at: Door, workshops: list[Workshop], frame: dict[str, Any]
) -> HttpResponse:
    page, rows = _rows(at, request.GET.get("page"))
    now = timezone.now()
    context = frame | {
        "title": _("Check-in"),
        "door": at,
        "attendance": door.attendance(at.bookable),
        "parts": _parts(at, workshops),
        "done": [_guest(one, now) for one in _done(at, request.GET.get("done", ""))],
        "guests": [_guest(one, now) for one in rows],
        "page": page,
        "pages": _pages(at, page),
        "missing_at": at.address(q="", show=""),
        "came_at": at.address(q="", show="in"),
        "event_at": at.address(workshop=""),
        "only": FOUND if at.search and page.paginator.count == 1 else "",
        "field": FIELD,
        "found": FOUND,
        "max_search": MAX_SEARCH,
    }
    return TemplateResponse(request, "admin/events/event/check_in.html", context)


def _rows(at: Door, number: str | None) -> tuple[Page[Any], list[Registration]]:
    if at.search:
        found = Paginator(door.find(at.bookable, at.search), ROWS_PER_PAGE).get_page(number)
        return found, door.people(list(found), at.event)
    q = door.came(at.bookable) if at.is_list_of_those_in else door.missing(at.bookable)
    page = Paginator(q, ROWS_PER_PAGE).get_page(number)
    return page, list(page)


def _parts(at: Door, workshops: list[Workshop]) -> list[tuple[str, str, bool]]:
    """Return title and address of the event and of each workshop, and whether it is this one."""
    if not workshops:
        return []
    whole = (gettext("The whole event"), at.address(workshop=""), at.workshop is None)
    parts = [(w.title, at.address(workshop=w.pk), w == at.workshop) for w in workshops]
    return [whole, *parts]


def _pages(at: Door, page: Page[Any]) -> dict[str, str]:
    previous = page.previous_page_number() if page.has_previous() else None
    following = page.next_page_number() if page.has_next() else None
    return {
        "previous": at.address(page=previous) if previous else "",
        "next": at.address(page=following) if following else "",
    }


def _done(at: Door, pk: str) -> list[Registration]:
    """Return whom the last press was about, if there was one."""
    if not (pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS):
        return []
    return door.people([int(pk)], at.event)


def _guest(registration: Registration, now: datetime) -> Guest:
    zone = registration.event.zone
    since = registration.checked_in_at
    is_today = since and times.date_of(since, zone) == times.date_of(now, zone)
    words = times.clock(since, zone) if since and is_today else shown.moment(since, zone)
    left = registration.left_at
    by = registration.checked_in_by
    return Guest(
        registration,
        since=words if since else "",
        by=by.get_username() if by else "",
        left=times.clock(left, zone) if left else "",
        amount=money.format_amount(registration.amount, registration.currency),
        has_lapsed=registration.has_lapsed(now),
        address=reverse("admin:events_registration_change", args=[registration.pk]),
    )


# --- What it does --------------------------------------------------------------------------------


def _answer(request: HttpRequest, at: Door, frame: dict[str, Any]) -> HttpResponse:
    registration = _registration(at, request.POST.get("registration", ""))
    user = cast("User", request.user)
    if request.POST.get("do") == "undo":
        _say_undone(request, registration, arrivals.undo(registration, user))
        return _back(at, registration)
    even_early = request.POST.get("do") == "anyway"
    arrival = arrivals.check_in(registration, user, even_early=even_early)
    if arrival is Arrival.TOO_EARLY:
        return _ask(request, at, registration, frame)
    _say_arrived(request, registration, arrival)
    return _back(at, registration)


def _registration(at: Door, pk: str) -> Registration:
    found = _done(at, pk)
    if not found:
        raise Http404
    return found[0]


def _back(at: Door, registration: Registration) -> HttpResponse:
    """Lead to the field, empty for the next person, with this one below it to take it back."""
    response = HttpResponseRedirect(f"{at.address(q='', done=registration.pk)}#{FIELD}")
    response.status_code = 303
    return response


def _ask(
    request: HttpRequest, at: Door, registration: Registration, frame: dict[str, Any]
) -> HttpResponse:
    bookable = registration.bookable
    context = frame | {
        "title": _("Check-in"),
        "door": at,
        "registration": registration,
        "bookable": bookable,
        "start": shown.moment(bookable.starts_at, registration.event.zone),
        "back": at.address(),
    }
    return TemplateResponse(request, "admin/events/event/check_in_early.html", context)


def _say_arrived(request: HttpRequest, registration: Registration, arrival: Arrival) -> None:
    level, text = {
        Arrival.NOW: (messages.SUCCESS, gettext("{person} is in.")),
        Arrival.BEFORE: (messages.INFO, gettext("{person} was in already.")),
        Arrival.NO_PLACE: (
            messages.WARNING,
            gettext("{person} has no confirmed place here. Nothing was noted."),
        ),
    }[arrival]
    person = shown.person(registration.attendee)
    messages.add_message(request, level, format_html(text, person=person))


def _say_undone(request: HttpRequest, registration: Registration, noted: CheckIn | None) -> None:
    person = shown.person(registration.attendee)
    if noted is None:
        messages.info(request, format_html(gettext("{person} was not in."), person=person))
        return
    when = shown.moment(noted.at, registration.event.zone)
    text = gettext("{person} is not in any more. It was noted at {when}.")
    if noted.by:
        text = gettext("{person} is not in any more. {who} had noted it, {when}.")
    who = shown.account(noted.by)
    messages.success(request, format_html(text, person=person, who=who, when=when))
