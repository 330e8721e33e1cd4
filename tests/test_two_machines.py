"""Two sites and two housekeepers on one database and one cache, as on two machines.

Nothing is kept in a process that another one would miss. Real servers and processes, because it is
about what they do not share.
"""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from email import message_from_string
from itertools import cycle
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from events import places
from events.audit import audit
from events.models import Event, Notification, Payment, Registration
from events.payments import checkout
from events.payments.providers.stripe import StripeProvider
from tests.crowd import make_person, register_address, rush
from tests.events.payments.conftest import fake
from tests.factories import make_event, make_local_attendee, statuses
from tests.fake_stripe import KEY, SECRET, FakeStripe, signed
from tests.insistent import OWN_PAGES
from tests.mail_server import Sink, mail_server
from tests.platform import COMPLETE, LOGIN
from tests.provider import Case, running_provider, say
from tests.racing import line_up
from tests.servers import ROOT, STOP_SECONDS, Site, database_url, running_site
from tests.unreliable import wait_until

__all__ = ["fake"]

pytestmark = [
    *(pytest.mark.server, pytest.mark.django_db(transaction=True)),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is for one machine"),
]

SHARED = {"CACHE_URL": "dbcache://shared_by_two"}
NEOS = {"good": Case(say({"id": "U-good", "username": "good", "isVerified": True}))}
PLACES, PEOPLE = 3, 30
GIVEN_UP = 6
LIMIT = 10  # wrong passwords from one address


@pytest.fixture(scope="module")
def sites(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[list[Site]]:
    """Two that share the cache, and as a control a third one with a cache of its own."""
    with ExitStack() as stack:
        stack.enter_context(shared_cache(django_db_blocker))
        common = stack.enter_context(running_provider(NEOS)).environment | {"OUTSIDE_CALLS": "3"}
        first = stack.enter_context(running_site(application=OWN_PAGES, **common, **SHARED))
        # One address for the visitors, whichever of them the proxy asks.
        common |= {"SITE_URL": first.url}
        second = stack.enter_context(running_site(application=OWN_PAGES, **common, **SHARED))
        third = stack.enter_context(running_site(application=OWN_PAGES, **common))
        yield [first, second, third]


@contextmanager
def shared_cache(blocker: object) -> Iterator[None]:
    name = SHARED["CACHE_URL"].partition("//")[2]
    with blocker.unblock():  # type: ignore[attr-defined]
        call_command("createcachetable", name)
    yield
    with blocker.unblock(), connection.cursor() as cursor:  # type: ignore[attr-defined]
        cursor.execute(f"DROP TABLE {name}")


@pytest.fixture
def browser() -> Iterator[requests.Session]:
    """One that keeps its cookies for both, as behind a proxy: they are of one host."""
    with requests.Session() as session:
        session.trust_env = False
        yield session


def post(browser: requests.Session, address: str, **fields: str) -> requests.Response:
    form = fields | {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    return browser.post(address, form, allow_redirects=False, timeout=60)


def is_signed_in(browser: requests.Session, site: Site) -> bool:
    answer = browser.get(f"{site.url}/account/", allow_redirects=False, timeout=60)
    return answer.status_code == 200


# --- Sites ---------------------------------------------------------------------------------------


def test_sign_in_begun_at_one_is_finished_at_the_other(
    sites: list[Site], browser: requests.Session
) -> None:
    first, second, _ = sites
    browser.get(f"{first.url}/accounts/login/", timeout=60)
    start = post(browser, f"{first.url}{LOGIN}")
    state = parse_qs(urlsplit(start.headers["Location"]).query)["state"][0]
    query = {"state": state, "code": "good"}
    browser.get(f"{second.url}{COMPLETE}", params=query, allow_redirects=False, timeout=60)

    assert [is_signed_in(browser, site) for site in (first, second)] == [True, True]
    post(browser, f"{first.url}/accounts/logout/")
    assert [is_signed_in(browser, site) for site in (first, second)] == [False, False]


def test_rush_at_both_keeps_to_the_capacity(sites: list[Site]) -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    people = [make_person() for _ in range(PEOPLE)]
    pairs = zip(people, cycle(sites[:2]), strict=False)
    answers = rush([(person, register_address(site, event)) for person, site in pairs])

    assert answers == {302: PEOPLE}
    assert Counter(statuses(event)) == {"confirmed": PLACES, "waitlisted": PEOPLE - PLACES}
    assert audit(event, timezone.now()) == []
    line = Registration.objects.waiting().with_waitlist_position()
    assert [each.position for each in line] == list(range(1, PEOPLE - PLACES + 1))


def test_tries_of_passwords_are_counted_together(
    sites: list[Site], browser: requests.Session
) -> None:
    """The third, with a cache of its own, is the control: it has not heard of them."""
    user = make_local_attendee().user

    def try_at(site: Site) -> int:
        browser.get(f"{site.url}/accounts/login/", timeout=60)
        address = f"{site.url}/accounts/login/"
        return post(browser, address, username=user.username, password="wrong").status_code

    tried = [try_at(site) for site in [*sites[:2] * (LIMIT // 2), *sites]]

    assert tried == [200] * LIMIT + [429, 429, 200]


# --- Housekeepers --------------------------------------------------------------------------------


@contextmanager
def two_housekeepers(tmp_path: Path, **environment: str) -> Iterator[list[Path]]:
    """Run two without a pause; yield their logs. They end in good order when they are told to."""
    logs = [tmp_path / "first.log", tmp_path / "second.log"]
    command = [sys.executable, "manage.py", "housekeeping", "--loop", "0.1"]
    ours = os.environ | {"DATABASE_URL": database_url()} | environment
    processes = []
    for log in logs:
        with log.open("wb") as output:
            processes.append(
                subprocess.Popen(command, cwd=ROOT, env=ours, stdout=output, stderr=output)
            )
    try:
        yield logs
        for process in processes:
            process.terminate()
        assert [process.wait(STOP_SECONDS) for process in processes] == [0, 0]
    finally:
        for process in processes:
            process.kill()
            process.wait()
        sys.stderr.write("".join(log.read_text() for log in logs))


def pay(client: Client, stripe: FakeStripe, held: Registration) -> None:
    """Go to Stripe's page, pay there, and let Stripe tell the site."""
    checkout.start(registration=held, provider=StripeProvider())
    (reference,) = Payment.objects.filter(registration=held).values_list("reference", flat=True)
    client.post("/payments/stripe/", **signed(stripe.pay(reference)))


def owe_refunds_and_mail(client: Client, stripe: FakeStripe) -> Event:
    """Let everybody with a place pay and give it up again, while as many wait behind them."""
    event, line = line_up(price=1500, capacity=GIVEN_UP, people=2 * GIVEN_UP)
    for held in line[:GIVEN_UP]:
        pay(client, stripe, held)
        places.cancel(registration=held, in_full=True)
    return event


def is_all_done() -> bool:
    is_owed = Payment.objects.filter(status="refund_due").exists()
    return not is_owed and not Notification.objects.filter(state__in=["queued", "sending"]).exists()


def test_two_housekeepers_mail_and_give_back_once(
    client: Client, fake: FakeStripe, tmp_path: Path
) -> None:
    """Work comes while both go round without a pause, twice, so that they meet at it."""
    with mail_server() as sink:
        environment = {
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
            "PAYMENT_PROVIDER": "stripe",
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": SECRET,
            "STRIPE_API_URL": fake.url,
        }
        with two_housekeepers(tmp_path, **environment) as logs:
            events = []
            for _ in range(2):
                events.append(owe_refunds_and_mail(client, fake))
                wait_until(is_all_done)

    asked = Counter(key for method, path, _, key in fake.requests if is_refund(method, path))
    assert sorted(asked.values()) == [1] * 2 * GIVEN_UP
    assert len(fake.refunds) == 2 * GIVEN_UP
    assert len(sink.taken) == Notification.objects.filter(state="sent").count()
    assert Counter(mails_of(sink)).most_common(1)[0][1] == 1
    for event in events:
        expected = {"cancelled": GIVEN_UP, "awaiting_payment": GIVEN_UP}
        assert (Counter(statuses(event)), audit(event, timezone.now())) == (expected, [])
    assert [log.read_text().count("Traceback") for log in logs] == [0, 0]


def is_refund(method: str, path: str) -> bool:
    return method == "POST" and path.endswith("/refunds")


def mails_of(sink: Sink) -> list[tuple[str, str]]:
    """Return to whom each mail went, and about what."""
    parsed = [message_from_string(text) for text in sink.taken]
    return [(str(mail["To"]), str(mail["Subject"])) for mail in parsed]
