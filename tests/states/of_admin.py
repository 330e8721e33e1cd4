"""Every tab of an organizer's desk, and the form of an event in what it says."""

from collections.abc import Iterator

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from events.messages import announcements
from events.models import Event
from events.payments.providers import manual
from events.previews import links
from tests.factories import (
    make_announcement,
    make_attendee,
    make_event,
    make_organizer,
    make_perk,
    make_role,
    make_workshop,
)

from .state import State, take

#: An id in which nothing invites a break.
LONG = "U_" + "wrenwrenwren" * 3
TAILS = {
    "people": ("people/", "Wren"),
    "add": ("people/add/", "Add a person"),
    "invite": ("people/invite/", "Invitation link"),
    "roles": ("people/roles/", "Wren"),
    "organizers": ("people/organizers/", "robin"),
    "messages": ("messages/", "News"),
    "message-new": ("messages/new/", "Subject"),
    "check-in": ("check-in/", "Wren"),
    "check-in-found": ("check-in/?q=wren", "Wren"),
    "money": ("money/", "€5.00"),
    "exports": ("exports/", "CSV"),
    "history": ("history/", "History"),
}


def of_desk_tabs() -> Iterator[State]:
    robin = make_organizer(username="robin")
    event = make_event(title="Tabs", organizers=[robin], capacity=3, price=500)
    workshop = make_workshop(event, title="Fog", capacity=0)
    make_workshop(event, title="Mist")
    make_perk(event, label="Patron")
    guest = make_attendee(neos_username="Wren", email_confirmed_at=timezone.now(), neos_id=LONG)
    held, _unpaid = take(guest, event), take(make_attendee(), event)
    manual.mark_paid(registration=held, by=robin, note="", reference="")
    waiting = take(guest, workshop)
    role = make_role(event, guest, early_minutes=30)
    desk = f"/admin/events/event/{event.pk}/"
    yield from _messages(event, desk, robin)
    for name, (tail, says) in TAILS.items():
        yield State(f"desk-{name}", f"{desk}{tail}", says, robin)
    yield State("desk-move", f"{desk}people/move/?of={waiting.pk}", "Mist", robin)
    gone = "is counted from then on"
    browser = Client()
    browser.force_login(robin, "django.contrib.auth.backends.ModelBackend")
    asked = browser.post(f"{desk}people/roles/", {"take": role.pk}).content.decode()
    yield State("desk-role-gone", "/made/desk-role-gone/", gone, html=asked)
    yield from _looks(event, desk, robin)
    yield State("desk-replace", f"{desk}people/replace/?of={held.pk}", "Person", robin)
    yield from _forms(f"{desk}change/", robin)


def _looks(event: Event, desk: str, by: User) -> Iterator[State]:
    """The page as somebody else sees it, and a draft by its link."""
    yield State("desk-look", f"{desk}look/", "See the page as somebody else", by)
    when = f"at_0={event.starts_at:%Y-%m-%d}&at_1=12%3A00"
    yield State("looked", f"{desk}look/page/?who=visitor&{when}", "You see this page as", by)
    draft = make_event(title="Shared", status="draft", organizers=[by])
    token = links.make_link(draft, instead_of=None)
    yield State("preview", f"/preview/{token}/", "shown by its secret link")
    shared = f"/admin/events/event/{draft.pk}/share/"
    yield State("desk-share", shared, "Make another link", by)


def _messages(event: Event, desk: str, by: User) -> Iterator[State]:
    draft, sent = make_announcement(event, author=by), make_announcement(event, author=by)
    announcements.send(sent, revision=0)
    yield State("desk-message-draft", f"{desk}messages/{draft.pk}/", "Hello", by)
    yield State("desk-message-sent", f"{desk}messages/{sent.pk}/", "Wren", by)


def _forms(form: str, by: User) -> Iterator[State]:
    """The form of an event, with an error, and with the question what a change does to people."""
    yield State("event-form", form, "Workshops", by, is_stock=True)
    wrong, fewer = {"title": ""}, {"capacity": "1", "price": "6"}
    yield State(
        "event-form-wrong", form, "This field is required", by, "Save", wrong, is_stock=True
    )
    yield State("event-form-asks", form, "Nothing is saved yet", by, "Save", fewer, is_stock=True)
