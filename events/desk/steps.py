"""The next steps of an event's phase, each with the page on which it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from events.models import Event, Registration

from . import addresses
from .phase import Phase, phase_of


@dataclass(frozen=True, slots=True)
class Step:
    sentence: str
    label: str
    address: str
    permission: str = "events.view_event"


def steps(event: Event, now: datetime) -> list[Step]:
    """Return them in order, without those for which the site has no page."""
    found = STEPS[phase_of(event, now)](event)
    return [step for step in found if step.address]


def _of_draft(event: Event) -> Iterator[Step]:
    yield Step(
        gettext("Only you and the other organizers see this event."),
        gettext("See how it looks"),
        event.get_absolute_url(),
    )
    yield Step(
        gettext("A secret link shows this draft to people who have no account here."),
        gettext("Share the draft"),
        addresses.page(event, "share"),
        "events.change_event",
    )
    yield Step(
        gettext("When it is ready, press “Save and publish” below its form."),
        gettext("Publish"),
        addresses.field(event, "status"),
        "events.change_event",
    )


def _of_open(event: Event) -> Iterator[Step]:
    yield Step(
        gettext("This is what everybody sees."), gettext("View on site"), event.get_absolute_url()
    )
    yield _write(event, gettext("Tell people what they need to know."))


def _of_soon(event: Event) -> Iterator[Step]:
    yield _write(event, gettext("Remind people, and tell them what to bring."))
    yield _check_in(event, gettext("Look at the list for the door."))


def _of_running(event: Event) -> Iterator[Step]:
    yield _check_in(event, gettext("Check people in as they come."))
    yield _write(event, gettext("Tell everybody who has a place what changes now."))


def _of_over(event: Event) -> Iterator[Step]:
    confirmed = Registration.Status.CONFIRMED.value
    yield Step(
        gettext("See who came."),
        gettext("Attendance"),
        addresses.people(event, status__exact=confirmed, came="yes"),
        "events.view_registration",
    )
    yield Step(
        gettext("See who did not come."),
        gettext("No-shows"),
        addresses.people(event, status__exact=confirmed, came="no"),
        "events.view_registration",
    )
    yield _write(event, gettext("Thank the people who came."))
    yield Step(
        gettext("Hold it again: change the date in its form, and press “Save as new”."),
        gettext("Copy the event"),
        addresses.field(event, "starts_at_0"),
        "events.add_event",
    )


def _of_cancelled(event: Event) -> Iterator[Step]:
    yield Step(
        gettext("What people paid goes back to them."),
        gettext("See the money"),
        addresses.page(event, "money"),
        "events.view_payment",
    )
    yield _write(event, gettext("Tell people more than the site has told them."))


def _write(event: Event, sentence: str) -> Step:
    return Step(sentence, gettext("Send a message"), addresses.page(event, "messages"))


def _check_in(event: Event, sentence: str) -> Step:
    return Step(sentence, gettext("Check-in"), addresses.page(event, "check_in"))


STEPS = {
    Phase.DRAFT: _of_draft,
    Phase.OPEN: _of_open,
    Phase.SOON: _of_soon,
    Phase.RUNNING: _of_running,
    Phase.OVER: _of_over,
    Phase.CANCELLED: _of_cancelled,
}
