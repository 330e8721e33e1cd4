"""The door of an event: its keys, one of them, and the answers to each press."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from events import places, series
from events.doors import key_edits
from events.doors.key_edits import KeyTerms
from events.models import DoorKey, Event
from tests.factories import make_attendee, make_event, make_organizer, make_workshop

from .state import DAY, HOUR, State, change, take


def of_doors() -> Iterator[State]:
    kim, now = make_organizer(username="kim"), timezone.now()
    event = make_event(title="Doors", organizers=[kim], time_zone="Asia/Tokyo")
    desk = f"/admin/events/event/{event.pk}/"
    empty = make_event(title="No door", organizers=[kim])
    page = f"/admin/events/event/{empty.pk}/door/"
    yield State("desk-door-empty", page, "There is no key yet", kim)
    made = key_edits.make_key(event, KeyTerms("Main hall", expires_at=now + DAY), by=kim)[0]
    fog = make_workshop(event, title="霧の中のお茶会" * 5)
    used, _secret = key_edits.make_key(fog, KeyTerms("Headless", may_check_in=True), by=kim)
    DoorKey.objects.filter(pk=used.pk).update(last_used_at=now)
    gone, _secret = key_edits.make_key(event, KeyTerms("Leaked in a stream"), by=kim)
    key_edits.revoke_key(gone)
    yield State("desk-door", f"{desk}door/", "Leaked in a stream", kim)
    yield State("desk-door-ends", f"{desk}desk/", "ends before the event does", kim)
    yield State("desk-door-gone", f"{desk}door/{gone.pk}/", "All keys", kim)
    wrong = _answer(kim, f"{desk}door/", {"label": "Main hall"})
    yield State("desk-door-wrong", "/made/desk-door-wrong/", "Choose another name", html=wrong)
    shown = _answer(kim, f"{desk}door/", {"label": "Stage"})
    yield State("desk-door-made", "/made/desk-door-made/", "shown only this once", html=shown)
    yield from _of_key(event, made, kim)
    yield from _over(kim)


def _of_key(event: Event, key: DoorKey, by: User) -> Iterator[State]:
    """A key that works at a copy too, which somebody else organizes."""
    copy = series.copy_event(event, start=(event.starts_at + 7 * DAY).replace(tzinfo=None))
    copy.organizers.clear()
    page = f"/admin/events/event/{event.pk}/door/{key.pk}/"
    yield State("desk-door-key", page, "organized by others", by)
    yield State("desk-door-rotate", page, "in place of this one", by, "Make a new key")
    yield State("desk-door-revoke", page, "Revoke this key?", by, "Revoke")


def _answer(by: User, address: str, typed: dict[str, str]) -> str:
    """Return the page that is there once: the press would be refused a second time."""
    browser = Client()
    browser.force_login(by, "django.contrib.auth.backends.ModelBackend")
    return browser.post(address, typed).content.decode()


def _over(by: User) -> Iterator[State]:
    event = make_event(title="Gone by", organizers=[by])
    here, _away = take(make_attendee(), event), take(make_attendee(), event)
    places.check_in(registration=here, by=by, even_early=True)
    now = timezone.now()
    change(event, starts_at=now - 2 * HOUR, ends_at=now - HOUR)
    desk = f"/admin/events/event/{event.pk}/"
    yield State("desk-door-over", f"{desk}door/", "Who came", by)
    yield State("desk-turnout", f"{desk}desk/", "Who came", by)
