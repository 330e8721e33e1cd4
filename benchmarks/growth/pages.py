"""Scenes of pages, most of them the admin's."""

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from benchmarks.crowd import analyze, fill, make_people, pay
from events.models import Event, Registration
from tests.factories import make_event, make_organizer

from .costs import Work
from .scenes import PAGE, ROUNDS, ROWS, edit, expect, owe, root, scene


def loads(address: str, browser: Client | None = None) -> Iterator[Work]:
    visitor = browser or root()
    for _ in range(ROUNDS):
        yield lambda: expect(visitor.get(address))


@scene("event page, signed in, all wait", PAGE)
def event_page(people: int) -> Iterator[Work]:
    event = make_event(capacity=0)
    last = fill(event, waiting=people)[-1]
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(last.attendee.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    yield from loads(event.get_absolute_url(), browser)


@scene("draw.txt", PAGE, people=ROWS)
def draw_page(people: int) -> Iterator[Work]:
    event = make_event(draw_at=timezone.now() - timedelta(hours=1), capacity=1)
    made = fill(event, waiting=people)
    for rank, registration in enumerate(made, start=1):
        registration.draw_rank = rank
    for start in range(0, people, 2_000):
        Registration.objects.bulk_update(made[start : start + 2_000], ["draw_rank"], 200)
    Event.objects.filter(pk=event.pk).update(drawn_at=timezone.now())
    yield from loads(f"{event.get_absolute_url()}draw.txt", Client(HTTP_HOST="localhost:8000"))


@scene("admin: registrations", PAGE, people=ROWS)
def registrations(people: int) -> Iterator[Work]:
    fill(make_event(), confirmed=people)
    yield from loads("/admin/events/registration/")


def waiting_page(people: int, page: str) -> Iterator[Work]:
    event = make_event(capacity=0)
    fill(event, waiting=people)
    query = f"event__id__exact={event.pk}&status__exact=waitlisted&p={page}"
    yield from loads(f"/admin/events/registration/?{query}")


@scene("admin: waiting people, first page", PAGE, people=ROWS)
def waiting_first(people: int) -> Iterator[Work]:
    yield from waiting_page(people, "1")


@scene("admin: waiting people, last page", PAGE, people=ROWS)
def waiting_last(people: int) -> Iterator[Work]:
    yield from waiting_page(people, str(max(1, people // 100)))


@scene("admin: search of registrations", PAGE, people=ROWS)
def search(people: int) -> Iterator[Work]:
    fill(make_event(), confirmed=people)
    yield from loads("/admin/events/registration/?q=crowd-99")


@scene("admin: attendees", PAGE, people=ROWS)
def attendees(people: int) -> Iterator[Work]:
    make_people(people)
    analyze()
    yield from loads("/admin/events/attendee/")


@scene("admin: users", PAGE, people=ROWS)
def users(people: int) -> Iterator[Work]:
    make_people(people)
    analyze()
    yield from loads("/admin/auth/user/")


def paid_event(people: int) -> Event:
    event = make_event(price=500)
    pay(fill(event, confirmed=people))
    return event


@scene("admin: payments", PAGE, people=ROWS)
def payments(people: int) -> Iterator[Work]:
    paid_event(people)
    yield from loads("/admin/events/payment/")


@scene("admin: payments of an organizer", PAGE, people=ROWS)
def own_payments(people: int) -> Iterator[Work]:
    mika = make_organizer()
    paid_event(people).organizers.add(mika)
    browser = Client(HTTP_HOST="localhost:8000")
    browser.force_login(mika)
    yield from loads("/admin/events/payment/?task=person", browser)


@scene("admin: money page", PAGE, people=ROWS)
def money_page(people: int) -> Iterator[Work]:
    yield from loads(f"/admin/events/event/{paid_event(people).pk}/money/")


@scene("admin: money.csv", PAGE, people=ROWS)
def money_table(people: int) -> Iterator[Work]:
    yield from loads(f"/admin/events/event/{paid_event(people).pk}/money.csv")


@scene("admin: waitlist log", PAGE, people=ROWS)
def waitlist_log(people: int) -> Iterator[Work]:
    event = make_event(capacity=0)
    fill(event, waiting=people)
    edit(event, capacity=people)
    yield from loads("/admin/events/fillingpass/")


@scene("admin: events", PAGE, people=ROWS)
def events(people: int) -> Iterator[Work]:
    fill(make_event(), confirmed=people)
    yield from loads("/admin/events/event/")


@scene("admin: one event", PAGE, people=ROWS)
def one_event(people: int) -> Iterator[Work]:
    event = make_event()
    fill(event, confirmed=people)
    yield from loads(f"/admin/events/event/{event.pk}/change/")


@scene("admin: one registration that waits", PAGE, people=ROWS)
def one_registration(people: int) -> Iterator[Work]:
    last = fill(make_event(capacity=0), waiting=people)[-1]
    yield from loads(f"/admin/events/registration/{last.pk}/change/")


@scene("admin: messages", PAGE, people=ROWS)
def messages(people: int) -> Iterator[Work]:
    owe(people)
    yield from loads("/admin/events/notification/")
