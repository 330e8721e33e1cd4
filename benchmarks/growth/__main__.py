"""Run the scenes whose name has one of the words, or all."""

import sys

from django.conf import settings
from django.db import connection
from django.test.utils import override_settings
from tqdm import tqdm

from . import locked, newcomers, pages, rounds  # noqa: F401 - each adds its scenes
from .costs import Cost, Limit, cost_of, medians
from .scenes import SCENES, SMALL, Scene


def main(wanted: list[str]) -> int:
    chosen = [each for each in SCENES if not wanted or any(word in each[0] for word in wanted)]
    connection.creation.create_test_db(verbosity=0)
    memory = "django.core.mail.backends.locmem.EmailBackend"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    try:
        with override_settings(EMAIL_BACKEND=memory, STORAGES=storages):
            kept = [report(*each) for each in tqdm(chosen, disable=None, leave=False)]
            return int(not all(kept))
    finally:
        connection.creation.destroy_test_db(connection.settings_dict["NAME"], verbosity=0)


def report(name: str, limit: Limit, prepare: Scene, people: int) -> bool:
    if limit.ratio:  # in turns, so that all else that the machine does falls on both
        empty()
        turns = zip(prepare(SMALL), prepare(people), strict=True)
        small, large = map(medians, zip(*[map(cost_of, both) for both in turns], strict=True))
    else:
        small, large = measure(prepare, SMALL), measure(prepare, people)
    is_kept = limit.is_kept(small, large)
    line = (
        f"{connection.vendor}: {name:38} {people:6,} people: {large.wall:8.3f} s"
        f" {large.cpu:7.3f} s CPU {large.statements:6,} statements,"
        f" {large.wall / small.wall:8.1f} times {SMALL} ({small.statements} statements)"
        f"{'' if is_kept else '  TOO MUCH'}"
    )
    tqdm.write(line)
    return is_kept


def measure(prepare: Scene, people: int) -> Cost:
    """Return the medians of one scene, on a database that the scene before left behind."""
    empty()
    return medians([cost_of(work) for work in prepare(people)])


def empty() -> None:
    """Forget what the scene before made."""
    names = connection.introspection.django_table_names(only_existing=True)
    kept = {"django_migrations", "django_content_type", "auth_permission"}
    tables = [name for name in names if name not in kept]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"TRUNCATE {', '.join(tables)} CASCADE")
            return
        with connection.constraint_checks_disabled():
            for table in tables:
                cursor.execute(f"DELETE FROM {table}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
