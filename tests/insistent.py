"""People who press until there is an answer, while things break; and what is counted afterwards."""

import threading
import time
from dataclasses import dataclass, field

import requests
from django.utils import timezone

from events.audit import audit
from events.models import Event, Notification, Registration
from tests.crowd import Person, register_address
from tests.servers import Site

UNAVAILABLE = "Please try again in a minute"
#: The site with its own error pages.
OWN_PAGES = "tests.without_debug:application"
#: How often somebody presses. Between two tries there is a short pause, so that it is a minute.
TRIES = 600
PAUSE_SECONDS = 0.1


def press(site: Site, person: Person, event: Event) -> requests.Response:
    return person.send_form(register_address(site, event))


def look(site: Site, person: Person, event: Event) -> requests.Response:
    return person.send("GET", f"{site.url}{event.get_absolute_url()}")


def recount(event: Event) -> list[object]:
    """Mismatches, and people who have more or fewer messages than one for one registration."""
    registrations = Registration.objects.filter(event=event)
    told = Notification.objects.filter(attendee__in=registrations.values("attendee"))
    people = registrations.values("attendee").distinct().count()
    sums = (registrations.count(), told.count())
    return [*audit(event, timezone.now()), *([] if sums == (people, people) else [sums])]


def assert_turned_away(answer: requests.Response) -> None:
    """A page of ours that says what to do, and no word of the database's."""
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert UNAVAILABLE in answer.text
    assert "Traceback" not in answer.text


@dataclass
class Insistence:
    """Answers that people met at the site of one event until each had one; from many threads."""

    site: Site
    event: Event
    #: The answers that were no answer: pages that turned somebody away.
    turned_away: list[requests.Response] = field(default_factory=list)
    #: Requests that got no page at all, because their process was gone.
    broken: list[Person] = field(default_factory=list)
    #: What the site told each person in the end, by the key of their attendee.
    told: dict[int, str] = field(default_factory=dict)
    #: Set when everybody has been told.
    is_over: threading.Event = field(default_factory=threading.Event)

    def insist(self, person: Person) -> None:
        """Press until the answer is neither lost nor a page that says to try again; then read."""
        for _ in range(TRIES):
            answer = self._try("POST", person)
            if answer is not None:
                assert answer.status_code == 302
                self.told[person.attendee.pk] = self._read(person)
                return
        raise AssertionError

    def _read(self, person: Person) -> str:
        for _ in range(TRIES):
            page = self._try("GET", person)
            if page is not None:
                assert page.status_code == 200
                return "waitlisted" if "You are number" in page.text else "confirmed"
        raise AssertionError

    def _try(self, method: str, person: Person) -> requests.Response | None:
        """Press or look once; note what was lost or turned away, and pause then."""
        send = press if method == "POST" else look
        try:
            answer = send(self.site, person, self.event)
        except requests.RequestException:
            self.broken.append(person)
        else:
            if answer.status_code != 503:
                return answer
            self.turned_away.append(answer)
        time.sleep(PAUSE_SECONDS)
        return None
