"""Processes of a running site end, in the middle of sign-ups.

Nobody loses what was confirmed to them, and nothing is half done. Servers of our own, because it is
about their processes.
"""

import os
import random
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from events import places
from events.models import Registration
from tests.crowd import make_person
from tests.factories import make_event, statuses
from tests.insistent import OWN_PAGES, Insistence, press, recount
from tests.servers import STOP_SECONDS, Site, running_site

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

PEOPLE, PLACES = 200, 60


def workers(site: Site) -> list[int]:
    """The site's own worker processes: children of the process that we started."""
    pid = site.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill_workers(site: Site, trial: Insistence) -> int:
    """Kill one of them now and then, six at least and until a request broke; return how many.

    A worker that is still starting holds no request: on a busy machine six kills may meet none.
    """
    kills = 0
    while (kills < 6 or not trial.broken) and not trial.is_over.wait(random.uniform(0.1, 0.4)):
        if running := workers(site):
            os.kill(random.choice(running), signal.SIGKILL)
            kills += 1
    return kills


def test_killed_workers_lose_nothing_that_was_confirmed() -> None:
    event = make_event(neos_required=True, capacity=PLACES)
    people = [make_person() for _ in range(PEOPLE)]

    with running_site(workers=2, application=OWN_PAGES) as site, ThreadPoolExecutor(9) as pool:
        trial = Insistence(site, event)
        kills = pool.submit(kill_workers, site, trial)
        list(pool.map(trial.insist, people))
        trial.is_over.set()

    assert kills.result() >= 2
    assert len(trial.broken) >= 1
    assert dict(Registration.objects.values_list("attendee", "status")) == trial.told
    assert Counter(statuses(event)) == {"confirmed": PLACES, "waitlisted": PEOPLE - PLACES}
    assert recount(event) == []


def test_requests_in_flight_finish_before_the_server_ends() -> None:
    event = make_event(neos_required=True, capacity=20)
    people = [make_person() for _ in range(6)]

    with running_site(application=OWN_PAGES) as site, ThreadPoolExecutor(len(people)) as pool:
        with places.locked_event(event.pk):
            answers = list(pool.map(partial(pool.submit, press, site, event=event), people))
            time.sleep(1)  # until they all wait for the lock
            site.process.terminate()
            time.sleep(0.5)
        codes = [answer.result().status_code for answer in answers]
        ended_with = site.process.wait(STOP_SECONDS)

    assert (codes, ended_with) == ([302] * len(people), 0)
    assert statuses(event) == ["confirmed"] * len(people)
    assert recount(event) == []
