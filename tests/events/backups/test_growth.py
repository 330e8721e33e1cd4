"""Memory does not grow with the site: rows are read, written and put back a thousand at a time."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import User

from events.backups import Archive, Mail, open_snapshot, restore

pytestmark = [pytest.mark.both, pytest.mark.django_db(transaction=True)]
#: Of the larger site. More than a few batches, and few enough for every day.
MANY = 12_000


def peak(act: Callable[[], object]) -> int:
    """Return the most bytes that Python had at once, beyond those that it had before."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def write(path: Path) -> None:
    with open_snapshot() as snapshot, path.open("wb") as file:
        file.writelines(snapshot.pieces())


def put_back(path: Path) -> None:
    with Archive.open(path) as archive:
        for _rows in archive.verify():
            pass
        restore(archive, may_empty=True, mail=Mail.SEND)


def people(first: int, after: int) -> None:
    User.objects.bulk_create(
        (User(username=f"local-{number}") for number in range(first, after)), batch_size=1_000
    )


def test_memory_is_the_same_for_four_times_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    people(0, MANY // 4)
    few = [peak(lambda: write(path)), peak(lambda: put_back(path))]
    people(MANY // 4, MANY)
    many = [peak(lambda: write(path)), peak(lambda: put_back(path))]
    assert User.objects.count() == MANY
    assert [round(larger / smaller) for smaller, larger in zip(few, many, strict=True)] == [1, 1]


def test_memory_of_all_rows_at_once_is_seen() -> None:
    """The control: what keeps all rows has about four times as much for four times as many."""
    people(0, MANY // 4)
    few = peak(lambda: list(User.objects.values_list()))
    people(MANY // 4, MANY)
    assert round(peak(lambda: list(User.objects.values_list())) / few) >= 3
