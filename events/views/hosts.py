"""Hosts, and following them or an event that has not opened yet."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events import follows
from events.access import offers, viewers
from events.accounts import attendees
from events.http.requests import SignedInRequest, safe_next, with_next
from events.messages.stop_link import read_stop_token
from events.models import Event, Host

from .addresses import find_event, missing_is_404

#: So many cards of each kind; the list of events has all.
MOST_CARDS = 60
KIND = Event.Kind.MEETUP  # hosts are drawn like a meet-up


@cache_control(private=True)
@require_safe
def host_page(request: HttpRequest, slug: str) -> HttpResponse:
    host = get_object_or_404(Host, slug=slug)
    now = timezone.now()
    viewer = viewers.viewer_of(request.user)
    q = host.events.listed().with_occupancy(now).prefetch_related("hosts")
    coming = q.ending_after(now).order_by("starts_at", "pk")
    past = q.ended_by(now).order_by("-starts_at", "-pk")
    mine = follows.is_followed(viewer, host=host)
    context = {
        "host": host,
        "art_kind": KIND.value,
        "coming": offers.listings(list(coming[:MOST_CARDS]), viewer, now),
        "past": offers.listings(list(past[:MOST_CARDS]), viewer, now),
        "is_followed": mine,
        "viewer": viewer,
        "now": now,
    }
    return render(request, "events/host.html", context)


# --- Following -----------------------------------------------------------------------------------


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def follow_host(request: SignedInRequest, slug: str) -> HttpResponse:
    """Follow on POST, or stop; a GET, after signing in for instance, leads to the page."""
    host = get_object_or_404(Host, slug=slug)
    if request.method == "POST" and _is_to_stop(request):
        follows.stop(attendees.attendee_of(request.user), host=host)
        messages.success(request, gettext("You do not follow %(host)s any more.") % {"host": host})
    elif request.method == "POST":
        _follow(request, host=host)
        text = gettext("You follow %(host)s: we mail you when there is a new event.")
        messages.success(request, text % {"host": host})
    return _back(request, host)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def follow_event(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask to be told of the opening, or stop; as above, a GET leads to the page."""
    event = find_event(request, slug)
    if request.method != "POST":
        return redirect(event)
    attendee = attendees.attendee_of(request.user)
    if _is_to_stop(request):
        follows.stop(attendee, event=event)
        messages.success(request, gettext("We do not mail you when it opens."))
    elif follows.is_opening_ahead(event, attendee, timezone.now()):
        _follow(request, event=event)
        messages.success(request, gettext("We mail you when it opens."))
    else:
        messages.info(request, gettext("There is no opening ahead. Please look at the page again."))
    return _back(request, event)


def _follow(request: SignedInRequest, **what: Any) -> None:
    """Answer 404 if the person was erased meanwhile: the next page shows them signed out."""
    if not follows.follow(attendees.attendee_of(request.user), **what):
        raise Http404


def _is_to_stop(request: HttpRequest) -> bool:
    return request.POST.get("stop") == "yes"


def _back(request: HttpRequest, what: Host | Event) -> HttpResponse:
    """Lead back to where the button was: the page itself, or the list of all that one follows."""
    is_list = request.POST.get("from") == "account"
    account = f"{with_next('events:account', safe_next(request))}#following"
    return redirect(account if is_list else what)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop_following(request: HttpRequest, token: str) -> HttpResponse:
    """Let the link of a mail stop it, signed in or not.

    A visit shows a button: mail scanners open links. The link shows nothing but hosts.
    """
    try:
        stop = read_stop_token(token)
    except signing.BadSignature:
        return render(request, "events/stop_failed.html", status=HTTPStatus.NOT_FOUND)
    followed = stop.followed()
    is_done = request.method == "POST" and bool(followed)
    if is_done:
        follows.stop_hosts(stop.attendee, followed)
    context = {"hosts": followed, "is_done": is_done, "knows_all": stop.knows_all()}
    return render(request, "events/stop_following.html", context)
