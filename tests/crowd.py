"""People with browsers, each with a session of their own, who press buttons at the same moment."""

import re
import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import settings
from django.middleware.csrf import get_token
from django.test import Client, RequestFactory

from events.models import Attendee, Event
from tests.factories import make_attendee
from tests.markup import TreeBuilder
from tests.servers import Site

SECONDS = 120


@dataclass(frozen=True)
class Person:
    """Somebody signed in, with the cookies of a browser that has loaded the event's page."""

    attendee: Attendee
    cookies: dict[str, str]

    def press(self, address: str) -> int:
        """The status of what a form is answered with; where that redirects to is not followed."""
        return self.send_form(address).status_code

    def send_form(self, address: str) -> requests.Response:
        form = {"csrfmiddlewaretoken": self.cookies[settings.CSRF_COOKIE_NAME]}
        return self.send("POST", address, data=form)

    def read_position(self, site: Site) -> int | None:
        """The number in line that the page of the person's registrations tells."""
        answer = self.send("GET", f"{site.url}/registrations/")
        told = re.search(r"You are number (\d+) in line", TreeBuilder(answer.text).root.text)
        return int(told[1]) if told else None

    def send(self, method: str, address: str, **options: Any) -> requests.Response:
        """On a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            session.cookies.update(self.cookies)
            return session.request(
                method, address, allow_redirects=False, timeout=SECONDS, **options
            )


def make_person() -> Person:
    attendee = make_attendee()
    client = Client()
    client.force_login(attendee.user, backend=settings.AUTHENTICATION_BACKENDS[0])
    request = RequestFactory().get("/")
    get_token(request)
    cookies = {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
    }
    return Person(attendee, cookies)


def rush(presses: Sequence[tuple[Person, str]]) -> Counter[int]:
    """Everybody presses at the same moment; how often which status came back."""
    start = threading.Barrier(len(presses))

    def press(person: Person, address: str) -> int:
        start.wait(SECONDS)
        return person.press(address)

    with ThreadPoolExecutor(len(presses)) as pool:
        return Counter(pool.map(press, *zip(*presses, strict=True)))


def register_address(site: Site, event: Event) -> str:
    return f"{site.url}{event.get_absolute_url()}register/"
