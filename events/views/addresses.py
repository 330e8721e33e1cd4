"""Find events and workshops by their addresses, present and former ones."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from events.models import Bookable, Event, Workshop
from events.models.event_set import EventQuerySet

Arguments = ParamSpec("Arguments")


def find_event(request: HttpRequest, slug: str) -> Event:
    """Return the event that has this address, or else had it before; raise `Http404`."""
    return event_for(request.user, slug)


def event_for(user: User | AnonymousUser, slug: str) -> Event:
    visible = Event.objects.visible_to(user).with_role_hint()
    return visible.filter(slug=slug).first() or _formerly(visible, slug)


def _formerly(visible: EventQuerySet, slug: str) -> Event:
    return get_object_or_404(visible, former_addresses__slug=slug)


def find_workshop(request: HttpRequest, slug: str, workshop_slug: str) -> Workshop:
    """Return the workshop that has this address, or else had it before; raise `Http404`."""
    return workshop_for(request.user, slug, workshop_slug)


def workshop_for(user: User | AnonymousUser, slug: str, workshop_slug: str) -> Workshop:
    q = Workshop.objects.select_related("event")
    visible = Event.objects.visible_to(user)
    if found := q.filter(event__in=visible, event__slug=slug, slug=workshop_slug).first():
        return found
    workshops = list(q.filter(event=event_for(user, slug)))
    present = [w for w in workshops if w.slug == workshop_slug]
    former = [w for w in workshops if workshop_slug in w.former_slugs]
    for workshop in [*present, *former]:
        return workshop
    raise Http404


def moved(request: HttpRequest, bookable: Bookable) -> HttpResponse | None:
    """Return the way from a former address to the same page at the present one; None if the
    request has come to the present one. Forms that were open before may be sent to a former one.
    """
    match = request.resolver_match
    if match is None or request.method not in {"GET", "HEAD"}:
        return None
    slugs = {"slug": bookable.event.slug}
    if bookable.workshop is not None:
        slugs["workshop_slug"] = bookable.workshop.slug
    if slugs == match.kwargs:
        return None
    return _redirect(request, reverse(match.view_name, kwargs=slugs))


def _redirect(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect for good with the query kept. Browsers must not store it: the event may get its old
    address back, and would then lead to itself in a circle.
    """
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)
    add_never_cache_headers(response)
    return response


def missing_is_404(view: Callable[Arguments, HttpResponse]) -> Callable[Arguments, HttpResponse]:
    """Answer 404 if a row is deleted while the view works with it."""

    @wraps(view)
    def wrapped(*args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except ObjectDoesNotExist as error:
            raise Http404 from error

    return wrapped
