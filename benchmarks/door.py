"""Compare what a question at the door costs with a view that does nothing, in the same server.

Sixteen worlds ask at once, each over a connection of its own, in turns: `TURN` questions at the
door, then as many requests to the bare view, so that whatever else the machine does falls on both.
A bare request goes through the middleware of every page. It ends with 1 if the median or the 95th
percentile of the door is more than `MOST` times that of the view.

The first try, with queries that Django compiles each time, took ten times as long as the view: the
database needs a tenth of a millisecond for a question, and Django seven to write it down. So both
queries are compiled once (`doors/compiled.py`). With SQLite most of a question is opening the file,
as for every page that reads a row, so the limit is one for PostgreSQL.

    TEST_DATABASE=postgresql python -m benchmarks.door
"""

import http.client
import io
import os
import random
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, redirect_stderr
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import django

from tests.environment import VAR  # the settings, and a database of this run's own

os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
django.setup()

# isort: split
from django.db import connection
from django.utils import timezone
from tqdm import tqdm

from benchmarks.crowd import fill
from events.doors import keys
from events.models import DoorKey, Event
from tests.factories import make_event
from tests.servers import Site, running_site

APPLICATION = "benchmarks.bare:application"
WORLDS, REQUESTS, TURN = 16, 2_000, 80
PEOPLE = 200
#: Of a hundred questions.
MIX = {"in": 53, "stranger": 20, "early": 20, "list": 2, "wrong key": 5}
MOST = 2.0

Durations = list[float]
#: Seconds of each question at the door, and of each request to the view.
Turn = tuple[Durations, Durations]


def main() -> int:
    # On disk: the server is a process of its own.
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = f"{VAR}/bench-door.sqlite3"
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        questions = prepare()
        # The server's log has a line for each request.
        with redirect_stderr(io.StringIO()), running_site(application=APPLICATION) as site:
            turns = measure(site, questions)
        return report(turns)
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def prepare() -> list[str]:
    """Return paths of questions, mixed."""
    soon, later = timezone.now() + timedelta(minutes=5), timezone.now() + timedelta(hours=5)
    paths: dict[str, list[str]] = {
        "in": [],
        "early": [],
        "list": [],
        "stranger": [],
        "wrong key": [],
    }
    for name, starts_at in (("in", soon), ("early", later)):
        event = make_event(starts_at=starts_at)
        secret = make_key(event)
        people = [one.attendee.neos_id for one in fill(event, confirmed=PEOPLE)]
        paths[name] = [f"/door/{secret}/{neos_id}" for neos_id in people]
        paths["list"].append(f"/door/{secret}/list.txt")
        paths["stranger"].append(f"/door/{secret}/U-stranger")
        paths["wrong key"].append(f"/door/{keys.new_secret()}/{people[0]}")
    chance = random.Random(7)
    kinds = [kind for kind, share in MIX.items() for _ in range(share * REQUESTS // 100)]
    chance.shuffle(kinds)
    return [chance.choice(paths[kind]) for kind in kinds]


def make_key(event: Event) -> str:
    secret = keys.new_secret()
    DoorKey.objects.create(
        event=event, label="world", digest=keys.digest_of(secret), created_at=timezone.now()
    )
    return secret


def measure(site: Site, questions: list[str]) -> list[Turn]:
    turns = [questions[start : start + TURN] for start in range(0, len(questions), TURN)]
    with ThreadPoolExecutor(WORLDS) as worlds:
        ask(site, worlds, ["/bare/", questions[0]] * TURN)  # imports, connections, plans
        return [
            (ask(site, worlds, turn), ask(site, worlds, ["/bare/"] * len(turn)))
            for turn in tqdm(turns, disable=None, leave=False)
        ]


def ask(site: Site, worlds: ThreadPoolExecutor, paths: list[str]) -> Durations:
    host = urlsplit(site.url).netloc
    shares = [paths[number::WORLDS] for number in range(WORLDS)]
    return [took for share in worlds.map(partial(ask_all, host), shares) for took in share]


def ask_all(host: str, paths: list[str]) -> Durations:
    """Ask one after another over one connection."""
    with closing(http.client.HTTPConnection(host, timeout=60)) as world:
        world.connect()
        return [ask_one(world, path) for path in paths]


def ask_one(world: http.client.HTTPConnection, path: str) -> float:
    started = time.perf_counter()
    world.request("GET", path)
    world.getresponse().read()
    return time.perf_counter() - started


def report(turns: list[Turn]) -> int:
    """Each ratio is the median of those of the turns, so that one slow moment decides nothing."""
    ratios = []
    for name, percent in (("median", 50), ("95th percentile", 95)):
        pairs = [(percentile(door, percent), percentile(bare, percent)) for door, bare in turns]
        at_door, at_view = (statistics.median(each) * 1000 for each in zip(*pairs, strict=True))
        ratios.append(statistics.median(door / bare for door, bare in pairs))
        print(
            f"{connection.vendor}: {name}: the door takes {at_door:.1f} ms,"
            f" a bare view {at_view:.1f} ms: {ratios[-1]:.2f} times"
        )
    return int(max(ratios) > MOST)


def percentile(durations: Durations, percent: int) -> float:
    return statistics.quantiles(durations, n=100)[percent - 1]


if __name__ == "__main__":
    sys.exit(main())
