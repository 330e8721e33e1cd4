"""A provider is gone, slow, drips or sends garbage, while many sign in and others use the site.

It hurts only signing in, and that works again as soon as the provider does. One real server for all
four, because it is about its threads.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from social_django.models import UserSocialAuth

from events.audit import audit
from events.models import Attendee, Event
from tests.crowd import Person, make_person
from tests.factories import make_event, statuses
from tests.insistent import OWN_PAGES, look, press
from tests.provider import Answer, Case, running_provider, say
from tests.servers import Site, running_site
from tests.test_provider import come_back

pytestmark = [pytest.mark.once, pytest.mark.server, pytest.mark.django_db(transaction=True)]

GOOD = say({"id": "U-good", "username": "good", "isVerified": True})
CASES = {
    "slow": Case(GOOD, token=Answer(b"{}", delay=30)),
    "dripping": Case(GOOD, token=Answer(b" ", repeat=1000, pause=0.2)),
    "garbage": Case(say({"username": "x" * 200_000})),
    "gone": Case(GOOD),
    "good": Case(GOOD),
}
#: What somebody who signs in meanwhile may read: Neos did not answer in time, sent something else,
#: or too many others wait for it already.
STATUSES = {
    "slow": {504, 503},
    "dripping": {504, 503},
    "garbage": {502, 503},
    "gone": {503},
}
SIGNING_IN, PEOPLE = 5, 20
#: One that hangs is waited for ten seconds; a page that waited with it would take as long.
LONGEST_SECONDS = 8


@dataclass(frozen=True)
class Place:
    """Where the site looks for its provider, whether there is one or not."""

    port: int
    environment: dict[str, str]


@pytest.fixture(scope="module")
def place() -> Place:
    with running_provider(CASES) as provider:
        return Place(provider.server_port, provider.environment)


@pytest.fixture(scope="module")
def site(django_db_setup: None, place: Place) -> Iterator[Site]:
    environment = place.environment | {"TRUSTED_PROXY_HOPS": "1"}
    with running_site(application=OWN_PAGES, **environment) as site:
        yield site


def sign_in_again_and_again(
    site: Site, case: str, number: int, until: threading.Event
) -> Counter[int]:
    """Come back with the case until told to stop, each time as somebody else: count the answers."""
    seen: Counter[int] = Counter()
    while not until.is_set():
        visitor = f"10.{len(case)}.{number}.{seen.total() % 250}"
        seen[come_back(site, case, visitor).status] += 1
    return seen


def use(site: Site, person: Person, event: Event) -> tuple[int, int, float]:
    """Press, then look: both answers, and the seconds that the slower one took."""
    answers, slowest = [], 0.0
    for act in (press, look):
        started = time.monotonic()
        answers.append(act(site, person, event).status_code)
        slowest = max(slowest, time.monotonic() - started)
    return answers[0], answers[1], slowest


def use_under_load(site: Site, case: str, event: Event, people: list[Person]) -> Counter[int]:
    """Let everybody use the site while others sign in: what those were answered."""
    is_over = threading.Event()
    with ThreadPoolExecutor(SIGNING_IN) as crowd, ThreadPoolExecutor(2) as pool:
        load = [
            crowd.submit(sign_in_again_and_again, site, case, number, is_over)
            for number in range(SIGNING_IN)
        ]
        used = list(pool.map(lambda person: use(site, person, event), people))
        is_over.set()
        answers = sum((each.result() for each in load), Counter[int]())
    assert {(pressed, looked) for pressed, looked, _ in used} == {(302, 200)}
    assert max(seconds for _, _, seconds in used) < LONGEST_SECONDS
    return answers


@pytest.mark.parametrize("case", list(STATUSES))
def test_bad_provider_under_load_hurts_only_signing_in(site: Site, place: Place, case: str) -> None:
    event = make_event(neos_required=True, capacity=9)
    people = [make_person() for _ in range(PEOPLE)]
    with running_provider(CASES, port=place.port) if case != "gone" else nullcontext():
        answers = use_under_load(site, case, event, people)

    assert set(answers) <= STATUSES[case]
    assert answers.total() >= SIGNING_IN
    rows = (User.objects.count(), Attendee.objects.count(), UserSocialAuth.objects.count())
    assert rows == (len(people), len(people), 0)
    assert Counter(statuses(event)) == {"confirmed": 9, "waitlisted": PEOPLE - 9}
    assert audit(event, timezone.now()) == []
    with running_provider(CASES, port=place.port):
        assert come_back(site, "good", "10.0.0.1").is_signed_in is True
