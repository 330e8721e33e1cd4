"""Calendar files: public ones, those of places, and the feed behind a secret address."""

from http import HTTPStatus
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import conditional_page, require_POST, require_safe

from events import calendars
from events.accounts import attendees
from events.calendars import secret
from events.formatting import text
from events.http.language import for_everybody
from events.http.requests import SignedInRequest, safe_next, with_next
from events.models import Bookable, Event, Host, Series
from events.models.event_set import EventQuerySet

from .addresses import event_for, missing_is_404, moved, workshop_for
from .registrations import own_or_404

SECONDS = 5 * 60


def _answer(content: bytes, name: str, *, is_file: bool) -> HttpResponse:
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    disposition = content_disposition_header(as_attachment=is_file, filename=f"{name}.ics")
    response["Content-Disposition"] = disposition or "inline"
    return response


def _name_of(bookable: Bookable) -> str:
    """Return the name of a file: the words of the address are letters, digits and hyphens."""
    workshop = bookable.workshop
    return f"{bookable.event.slug}-{workshop.slug}" if workshop else bookable.event.slug


# --- For everybody -------------------------------------------------------------------------------


@for_everybody
@conditional_page
@cache_control(max_age=SECONDS)
@require_safe
@missing_is_404
def event_file(request: HttpRequest, slug: str) -> HttpResponse:
    return _public(request, event_for(AnonymousUser(), slug))


@for_everybody
@conditional_page
@cache_control(max_age=SECONDS)
@require_safe
@missing_is_404
def workshop_file(request: HttpRequest, slug: str, workshop_slug: str) -> HttpResponse:
    return _public(request, workshop_for(AnonymousUser(), slug, workshop_slug))


def _public(request: HttpRequest, bookable: Bookable) -> HttpResponse:
    """Answer everybody alike, also the organizers of a draft: a calendar has no session."""
    if elsewhere := moved(request, bookable):
        return elsewhere
    return _answer(calendars.event_file(bookable), _name_of(bookable), is_file=True)


@for_everybody
@conditional_page
@cache_control(max_age=SECONDS)
@require_safe
def site_calendar(_request: HttpRequest) -> HttpResponse:
    with translation.override(settings.LANGUAGE_CODE):
        name = gettext("Events of {site}").format(site=settings.SITE_NAME)
    return _listing(Event.objects.listed(), name, "events")


@for_everybody
@conditional_page
@cache_control(max_age=SECONDS)
@require_safe
def host_calendar(_request: HttpRequest, slug: str) -> HttpResponse:
    host = get_object_or_404(Host, slug=slug)
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Events with {host} at {site}")
    name = title.format(host=text.clean_line(host.name), site=settings.SITE_NAME)
    return _listing(Event.objects.listed().filter(hosts=host), name, host.slug)


@for_everybody
@conditional_page
@cache_control(max_age=SECONDS)
@require_safe
def series_calendar(_request: HttpRequest, slug: str) -> HttpResponse:
    """Answer 404 like the page of a series of which everything is still a draft."""
    events = Event.objects.listed().filter(series__slug=slug)
    series = Series.objects.filter(slug=slug, pk__in=events.values("series")).first()
    if series is None:
        raise Http404
    with translation.override(settings.LANGUAGE_CODE):
        title = gettext("Series “{series}” at {site}")
    name = title.format(series=text.clean_line(series.title), site=settings.SITE_NAME)
    return _listing(events, name, series.slug)


def _listing(events: EventQuerySet, name: str, file_name: str) -> HttpResponse:
    q = events.ending_after(calendars.since(timezone.now())).without_long_texts()
    found = q.order_by("starts_at", "pk")[: calendars.MOST_ENTRIES]
    return _answer(calendars.listing(found, name), file_name, is_file=False)


# --- For one person ------------------------------------------------------------------------------


@never_cache
@login_required
@require_safe
@missing_is_404
def place_file(request: SignedInRequest, code: UUID) -> HttpResponse:
    registration = own_or_404(request, code)
    content = calendars.event_file(registration.bookable, registration)
    return _answer(content, _name_of(registration.bookable), is_file=True)


@for_everybody
@conditional_page
@cache_control(private=True, no_cache=True)
@require_safe
def my_calendar(_request: HttpRequest, token: str) -> HttpResponse:
    """Answer who has the secret. A wrong one looks like that of an account that is closed."""
    attendee = secret.owner_of(token)
    if attendee is None:
        raise Http404
    response = _answer(calendars.feed(attendee), "my-places", is_file=False)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@login_required
@require_POST
def renew_calendar(request: SignedInRequest) -> HttpResponse:
    secret.renew(attendees.attendee_of(request.user))
    messages.success(
        request, gettext("Your calendar has a new address. The old one does not work any more.")
    )
    page = with_next("events:account", safe_next(request))
    return redirect(f"{page}#calendar", status=HTTPStatus.FOUND)
