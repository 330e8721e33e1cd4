"""Measure both sites, and print what the big one costs more."""

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings

from benchmarks.growth.__main__ import empty
from benchmarks.growth.costs import Cost, cost_of, medians

from .rows import Site, make
from .works import works

SMALL, LARGE = 1_000, 1_000_000
SLOW_SECONDS = 0.1
TABLES = """
SELECT relname, reltuples::bigint, pg_table_size(oid) / 1000000, pg_indexes_size(oid) / 1000000
FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
ORDER BY pg_total_relation_size(oid) DESC LIMIT 8
"""


def main(registrations: int) -> None:
    connection.creation.create_test_db(verbosity=0)
    memory = "django.core.mail.backends.locmem.EmailBackend"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    try:
        with override_settings(EMAIL_BACKEND=memory, STORAGES=storages):
            small, large = (measure(Site(number)) for number in (SMALL, registrations))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)
    report(small, large)


def measure(site: Site) -> dict[str, Cost]:
    empty()
    started = time.monotonic()
    make(site)
    say(f"\n{site.registrations:,} registrations made in {time.monotonic() - started:.0f} s")
    sizes()
    costs: dict[str, list[Cost]] = defaultdict(list)
    for name, work in works():
        with slow_statements(name):
            costs[name].append(cost_of(work))
    return {name: medians(found) for name, found in costs.items()}


def sizes() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        for name, rows, table, indexes in cursor.fetchall():
            say(f"| `{name}` | {rows:,} | {table:,} MB | {indexes:,} MB |")


@contextmanager
def slow_statements(name: str) -> Iterator[None]:
    """Print what a slow statement reads whole."""

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001 - Django's
        started = time.monotonic()
        result = execute(sql, params, many, context)
        seconds = time.monotonic() - started
        if seconds > SLOW_SECONDS and sql.startswith("SELECT"):
            slow.append((seconds, sql, params))
        return result

    slow: list[tuple[float, str, Any]] = []
    with connection.execute_wrapper(watch):
        yield
    for seconds, sql, params in slow:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {sql}", params)
            plan = [line.strip() for (line,) in cursor.fetchall()]
        scans = [line.split("(")[0].strip("-> ") for line in plan if "Scan" in line]
        say(f"{name}: {seconds:.2f} s: {', '.join(scans)}: {sql[:300]}")


def report(small: dict[str, Cost], large: dict[str, Cost]) -> None:
    say("\n| what | small | large | times | statements |\n|---|---|---|---|---|")
    for name, cost in large.items():
        before, after = small[name].wall * 1000, cost.wall * 1000
        counts = f"{small[name].statements} → {cost.statements}"
        say(f"| {name} | {before:.0f} ms | {after:.0f} ms | {after / before:.1f} | {counts} |")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE)
