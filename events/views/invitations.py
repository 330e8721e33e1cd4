"""Take the place that an organizer's link gives.

The address with the secret leads on at once to one without it, so that the secret is in no link of
a page and goes to no other site. The session keeps only its digest.
"""

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, cast

from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from events import places
from events.access import pricing, rules, viewers
from events.access.facts import Facts, read_facts
from events.access.refusals import PlaceRefused, TooLate, shown
from events.accounts.attendees import attendee_of
from events.models import Attendee, Event, PlaceInvitation, Registration
from events.models.place_invitation import InvitationState
from events.places import AnswersNeeded, NotOpen

from .questions import NotAnswered, ask, question_page, typed_answers

if TYPE_CHECKING:
    from events.http.requests import SignedInRequest

OPENED = "invitation"


@never_cache
@require_safe
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Remember the digest, and lead on; a link that cannot be used looks like a wrong one."""
    digest = places.digest_of(token)
    found = _usable(request, digest)
    if found is None:
        return _gone(request)
    request.session[OPENED] = digest
    response = redirect("events:invited")
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invited(request: HttpRequest) -> HttpResponse:
    """Say what the link gives, and give it when the button is pressed."""
    found = _usable(request, str(request.session.get(OPENED, "")))
    if found is None:
        return _gone(request)
    if request.method != "POST" or not request.user.is_authenticated:
        if (mine := _used_by_viewer(request, found)) is not None:
            return _to(mine)
        return _page(request, found)
    try:
        typed = typed_answers(cast("SignedInRequest", request), found.bookable)
        attendee = attendee_of(request.user)
        given = places.take_invited(invitation=found, attendee=attendee, **typed)
    except (PlaceRefused, TooLate):
        return _page(request, found, HTTPStatus.CONFLICT)
    except (NotOpen, ObjectDoesNotExist):  # used up, or the event or the workshop was deleted
        return _gone(request)
    except NotAnswered as form:
        return question_page(request, found.bookable, form)
    except AnswersNeeded as needed:
        return question_page(request, found.bookable, ask(request, needed))
    return _to(given)


def _usable(request: HttpRequest, digest: str) -> PlaceInvitation | None:
    """Return a link that can be used, or that this viewer has used; never one to a draft."""
    found = places.find_invitation(digest)
    if found is None or not Event.objects.visible_to(request.user).filter(pk=found.event_id):
        return None
    if found.bookable.has_ended(timezone.now()):
        return None
    is_open = found.state_at(timezone.now()) is InvitationState.OPEN
    return found if is_open or _used_by_viewer(request, found) else None


def _used_by_viewer(request: HttpRequest, found: PlaceInvitation) -> Registration | None:
    viewer = viewers.viewer_of(request.user)
    if found.used_at is None or viewer is None or found.used_by_id != viewer.pk:
        return None
    q = Registration.objects.active().filter(event=found.event_id, workshop=found.workshop_id)
    return q.filter(attendee=viewer).first()


def _to(mine: Registration) -> HttpResponse:
    is_held = mine.status == Registration.Status.AWAITING_PAYMENT
    return redirect("events:pay" if is_held else "events:place", mine.code)


def _gone(request: HttpRequest) -> HttpResponse:
    return render(request, "events/invitation_gone.html", status=HTTPStatus.NOT_FOUND)


def _page(
    request: HttpRequest, found: PlaceInvitation, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    now = timezone.now()
    attendee = viewers.attendee_facing(found.event, request.user)
    context = _context(found, read_facts(found.event, attendee, now), attendee, now)
    return render(request, "events/invitation.html", context, status=status)


def _context(
    found: PlaceInvitation, facts: Facts, attendee: Attendee | None, now: datetime
) -> dict[str, object]:
    bookable = found.bookable
    mine = facts.registration(bookable)
    return {
        "bookable": bookable,
        "event": found.event,
        "viewer": attendee,
        "price": pricing.price_of(bookable, pricing.perk_of(attendee, facts.perks, now)),
        "refusals": shown(rules.refusals_of_person(facts, bookable)),
        "mine": mine if mine and mine.has_place(now) else None,
        "until": found.expires_at,
    }
