"""Render the page of an event by its own template and rules, for somebody who only looks."""

from dataclasses import dataclass, replace
from datetime import datetime

from csp.constants import NONE
from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from events.access import facts
from events.access.page import page_of
from events.models import Event

from .inert import inert
from .people import Kind

#: What the content security policy says of such a page instead: no form leads anywhere.
POLICY = {"form-action": [NONE], "script-src": [NONE], "connect-src": [NONE]}


@dataclass(frozen=True, slots=True)
class Look:
    """The banner above the page. `kind` is the person; without one it is a preview of a draft.

    `back` is the address that leads back to where it was chosen.
    """

    instant: datetime
    is_draft: bool
    kind: Kind | None = None
    back: str = ""

    @property
    def is_shared(self) -> bool:
        return self.kind is None


def as_of(event: Event, kind: Kind, instant: datetime, back: str) -> HttpResponse:
    """Show the page as this kind of person would see it then. A draft counts as published."""
    return _answer(event, Look(instant, event.is_draft, kind, back))


def of_draft(event: Event) -> HttpResponse:
    """Show a draft as a visitor would see it now if it were published; nobody is named on it."""
    return _answer(event, Look(timezone.now(), is_draft=True))


def _answer(event: Event, look: Look) -> HttpResponse:
    return sealed(HttpResponse(inert(render_to_string("events/event.html", _context(event, look)))))


def _context(event: Event, look: Look) -> dict[str, object]:
    """Return what the template takes. It gets no request, so that it holds nothing of who looks:
    no token for forms, no account, no time zone of the browser.
    """
    prefetch_related_objects([event], "hosts")
    person = look.kind.make(look.instant) if look.kind else None
    present = facts.read_facts(event, None, timezone.now())  # what is taken is taken now
    if look.is_draft:
        event.status = Event.Status.PUBLISHED  # of this object, which nobody saves
    known = replace(
        present,
        attendee=person,
        now=look.instant,
        is_blocked=person is not None and person.is_blocked,
    )
    people = [] if look.is_shared else facts.shown_people(event)
    # The template asks for a token, and would complain without one: it stands in hidden fields.
    page = page_of(known, is_named=not look.is_shared)
    return page | {"look": look, "people": people, "csrf_token": "none"}


def sealed(response: HttpResponse) -> HttpResponse:
    """Keep the answer out of caches and search engines, and its address from other sites."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
