"""Plain functions that make rows, without surprises: what is not named is ordinary."""

import itertools
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.contrib.auth.hashers import get_hasher, make_password
from django.contrib.auth.models import User
from django.utils import timezone

from events import permissions, places, search, site_pages
from events.models import (
    Announcement,
    Answer,
    Attendee,
    Event,
    Host,
    PageVersion,
    PatronPerk,
    Question,
    Registration,
    Role,
    SitePage,
    Workshop,
)

#: The instant at which the `clock` fixture stops.
NOON = datetime(2030, 6, 1, 12, tzinfo=UTC)

_numbers = itertools.count(1)


def make_user(**fields: Any) -> User:
    """A local account that can sign in with the password "secret"."""
    number = next(_numbers)
    defaults = {"username": f"local-{number}", "email": f"local-{number}@example.org"}
    password = hashed(fields.pop("password", "secret"), get_hasher().algorithm)
    return User.objects.create(**defaults | fields, password=password)


@cache
def hashed(password: str, algorithm: str) -> str:
    """Hashed once for all who have it: that takes a third of a second, on purpose."""
    return make_password(password, hasher=algorithm)


def make_local_attendee(**fields: Any) -> Attendee:
    """Somebody without Neos whose e-mail address is confirmed."""
    return Attendee.objects.create(
        user=fields.pop("user", None) or make_user(),
        **{"email_confirmed_at": timezone.now()} | fields,
    )


def make_attendee(**fields: Any) -> Attendee:
    """Somebody with a Neos account that was verified a moment ago, and no pledge."""
    neos_id = fields.pop("neos_id", None) or f"U-person-{next(_numbers)}"
    user = fields.pop("user", None) or User.objects.create_user(username=neos_id)
    defaults: dict[str, Any] = {
        "neos_username": neos_id.removeprefix("U-"),
        "neos_email_verified": True,
        "verified_at": timezone.now(),
        "patreon_known": True,
    }
    return Attendee.objects.create(user=user, neos_id=neos_id, **defaults | fields)


def make_organizer(**fields: Any) -> User:
    """Staff in the organizers' group, with no event yet."""
    user = make_user(is_staff=True, **fields)
    user.groups.add(permissions.ensure_group())
    return user


def make_event(**fields: Any) -> Event:
    """A published, free, ungated event in a week: two hours, a waitlist, no limit."""
    number = next(_numbers)
    starts_at = fields.pop("starts_at", None) or timezone.now() + timedelta(days=7)
    organizers_of_it = fields.pop("organizers", ())
    defaults: dict[str, Any] = {
        "title": f"Event {number}",
        "slug": f"event-{number}",
        "ends_at": starts_at + timedelta(hours=2),
        "status": Event.Status.PUBLISHED,
    }
    event = Event.objects.create(starts_at=starts_at, **defaults | fields)
    event.organizers.add(*organizers_of_it)
    search.renew(Event.objects.filter(pk=event.pk))
    return event


def make_workshop(event: Event, **fields: Any) -> Workshop:
    """A free workshop that takes the first hour of the event."""
    number = next(_numbers)
    starts_at = fields.pop("starts_at", None) or event.starts_at
    defaults: dict[str, Any] = {
        "title": f"Workshop {number}",
        "slug": f"workshop-{number}",
        "ends_at": starts_at + timedelta(hours=1),
    }
    workshop = Workshop.objects.create(event=event, starts_at=starts_at, **defaults | fields)
    search.renew(Event.objects.filter(pk=event.pk))
    return workshop


def make_host(*events: Event, **fields: Any) -> Host:
    """A host of these events."""
    number = next(_numbers)
    host = Host.objects.create(**{"name": f"Host {number}", "slug": f"host-{number}"} | fields)
    host.events.add(*events)
    search.renew(Event.objects.filter(hosts=host))
    return host


def make_perk(event: Event, **fields: Any) -> PatronPerk:
    defaults: dict[str, Any] = {"min_cents": 600, "label": "Patron"}
    return PatronPerk.objects.create(event=event, **defaults | fields)


def make_question(event: Event, **fields: Any) -> Question:
    """A line of text at the event's sign-up that may be left open."""
    number = next(_numbers)
    return Question.objects.create(event=event, **{"text": f"Question {number}?"} | fields)


def make_answer(question: Question, registration: Registration, text: str = "yes") -> Answer:
    """An answer as it is, by no rule."""
    return Answer.objects.create(
        question=question,
        registration=registration,
        text=text,
        asked=question.text,
        agreed_digest=question.consent_digest,
        answered_at=timezone.now(),
    )


def make_role(event: Event, attendee: Attendee, **fields: Any) -> Role:
    """A speaker whose place is outside of the capacity, given as organizers do it."""
    defaults: dict[str, Any] = {"kind": "speaker", "outside_capacity": True}
    new = places.NewRole(**defaults | fields)
    role, _is_new = places.give_role(event=event, attendee=attendee, new=new, by=None)
    return role


def make_announcement(event: Event, **fields: Any) -> Announcement:
    """A draft to everybody, in English."""
    defaults: dict[str, Any] = {
        "audience": "everybody",
        "texts": {"en": {"subject": "News", "body": "Hello {name}"}},
        "created_at": timezone.now(),
    }
    return Announcement.objects.create(event=event, **defaults | fields)


def statuses(event: Event) -> list[str]:
    """Statuses of the event's own registrations, in the order in which they were made."""
    q = Registration.objects.filter(event=event, workshop=None).order_by("pk")
    return list(q.values_list("status", flat=True))


def write_page(name: str = "imprint", text: str = "Hello", **fields: Any) -> PageVersion:
    """A page of the site with one more version than before; `asks_again` is of the version."""
    asks_again = fields.pop("asks_again", False)
    page, _is_new = SitePage.objects.update_or_create(name=name, defaults={"text": text} | fields)
    return site_pages.publish(page, asks_again=asks_again)
