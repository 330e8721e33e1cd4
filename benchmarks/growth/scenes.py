"""The list of scenes, and what several of them make."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import transaction
from django.test import Client
from django.utils import timezone

from benchmarks.crowd import analyze, fill
from events.models import Event, Notification, Registration
from events.places import event_edits
from tests.factories import make_event, make_user

from .costs import Limit, Work

SMALL, LARGE = 10, 10_000
#: So many people on pages, which cost less to prepare.
ROWS = 20_000
#: How often a page is loaded, or a newcomer comes; the median counts.
ROUNDS = 7
#: A scene prepares an event for so many people, and yields what is measured, once or more often.
Scene = Callable[[int], Iterator[Work]]

UNDER_LOCK = Limit(seconds=(2, 3))
PAGE = Limit(seconds=(1, 1))
NEWCOMER = Limit(ratio=2)
SCENES: list[tuple[str, Limit, Scene, int]] = []


def scene(name: str, limit: Limit, *, people: int = LARGE) -> Callable[[Scene], Scene]:
    def add(prepare: Scene) -> Scene:
        SCENES.append((name, limit, prepare, people))
        return prepare

    return add


def edit(event: Event, **fields: object) -> None:
    """As the admin does it."""
    with transaction.atomic():
        before = event_edits.begin(event.pk)
        Event.objects.filter(pk=event.pk).update(**fields)
        event_edits.follow_up(before)


def root() -> Client:
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    return browser


def expect(response: Any, status: int = 200) -> int:
    assert response.status_code == status, response
    return sum(map(len, response)) if response.streaming else len(response.content)


def owe(people: int) -> None:
    owe_each(fill(make_event(), confirmed=people))


def owe_each(made: list[Registration], kind: str = "registered") -> None:
    now = timezone.now()
    Notification.objects.bulk_create(
        [
            Notification(
                attendee_id=r.attendee_id,
                registration=r,
                kind=kind,
                subject=f"registration:{r.code}",
                created_at=now,
            )
            for r in made
        ],
        1_000,
    )
    analyze()
