"""Neos and Stripe that take a call and say nothing: pages answer all the same.

Real servers, because it is about their threads; what hangs does so for longer than the bound.
"""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import requests
from django.test import Client

from events.models import Registration
from neos_backend.outside import PATIENCE_SECONDS
from tests.factories import make_attendee, make_event
from tests.fake_stripe import KEY, SECRET
from tests.lines import register
from tests.platform import words
from tests.provider import Answer, Case, running_provider, say
from tests.servers import Site, running_site
from tests.test_provider import come_back

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]

OWN_PAGES = "tests.without_debug:application"
GOOD = say({"id": "U-good", "username": "good", "isVerified": True})
SILENT = Case(GOOD, token=Answer(b"{}", delay=30))
THREADS = 6


def seconds_of(site: Site, path: str = "/accounts/login/") -> float:
    started = time.monotonic()
    assert requests.get(site.url + path, timeout=60).status_code == 200
    return time.monotonic() - started


def wait_until_all_have(seen: list[object], number: int) -> None:
    deadline = time.monotonic() + 60
    while len(seen) < number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_pages_and_the_next_sign_in_answer_while_neos_hangs_s6() -> None:
    with (
        running_provider({f"hangs-{n}": SILENT for n in range(3)} | {"good": Case(GOOD)}) as neos,
        running_site(
            threads=THREADS, application=OWN_PAGES, TRUSTED_PROXY_HOPS="1", **neos.environment
        ) as site,
        ThreadPoolExecutor(3) as pool,
    ):
        waiting = [pool.submit(come_back, site, f"hangs-{n}") for n in range(3)]
        deadline = time.monotonic() + 60
        while neos.asked.total() < 3:
            assert time.monotonic() < deadline
            time.sleep(0.02)
        refused = come_back(site, "good")
        page = seconds_of(site)
        assert [w.done() for w in waiting] == [False] * 3
        assert (refused.status, refused.is_signed_in) == (503, False)
        assert words("Neos is slow") in refused.page
        assert (refused.seconds < 3 + PATIENCE_SECONDS, page < 3) == (True, True)
        assert {w.result().status for w in waiting} == {504}
        assert come_back(site, "good").is_signed_in is True


@pytest.fixture
def silent_stripe() -> Iterator[tuple[str, list[object]]]:
    """The address of a server that accepts and says nothing, and the calls that it has taken."""
    taken: list[object] = []
    listener = socket.create_server(("127.0.0.1", 0), backlog=50)

    def accept() -> None:
        while True:
            try:
                taken.append(listener.accept())
            except OSError:
                return

    with closing(listener):
        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", taken
        listener.shutdown(socket.SHUT_RDWR)
    for connection, _address in taken:  # type: ignore[misc]
        connection.close()


def pay(site: Site, held: Registration) -> requests.Response:
    """Press the button on the page of a held place, as its owner."""
    client = Client()
    client.force_login(held.attendee.user)
    address = f"{site.url}/registrations/{held.code}/pay/"
    with requests.Session() as browser:
        browser.trust_env = False
        browser.cookies.update({name: morsel.value for name, morsel in client.cookies.items()})
        browser.get(address, timeout=60)
        fields = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        return browser.post(address, fields, allow_redirects=False, timeout=60)


def test_pages_and_the_next_checkout_answer_while_stripe_hangs_s6(
    silent_stripe: tuple[str, list[object]],
) -> None:
    url, taken = silent_stripe
    event = make_event(price=1500, capacity=9)
    held = [register(make_attendee(), event) for _ in range(4)]
    settings = {
        "PAYMENT_PROVIDER": "stripe",
        "STRIPE_SECRET_KEY": KEY,
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "STRIPE_API_URL": url,
        "FORM_ACTION_ORIGINS": "https://pay.example.org",
    }
    with (
        running_site(threads=THREADS, application=OWN_PAGES, **settings) as site,
        ThreadPoolExecutor(3) as pool,
    ):
        waiting = [pool.submit(pay, site, one) for one in held[:3]]
        wait_until_all_have(taken, 3)
        started = time.monotonic()
        refused = pay(site, held[3])
        seconds, page = time.monotonic() - started, seconds_of(site)
        assert [w.done() for w in waiting] == [False] * 3
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert "Many people are paying at the moment" in refused.text
        assert (seconds < 5 + PATIENCE_SECONDS, page < 3) == (True, True)
        assert {w.result().status_code for w in waiting} == {502}
        output = site.output
        lines = [line for line in output.splitlines() if "Checkout failed" in line]
    assert len(lines) == 4
    assert {line.partition(" ")[0] for line in lines} == {"WARNING"}
    assert "Traceback" not in output
