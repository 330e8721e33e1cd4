"""A site is backed up and restored from each database into each, by the commands themselves.

Every command needs a process of its own, because a process has one database. They take some seconds
each, so what a test only looks at is made once.
"""

import json
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from .databases import at, contents, furnish, new_database
from .scene import GONE_ZONE

pytestmark = [pytest.mark.both, pytest.mark.server, pytest.mark.django_db(transaction=True)]


def ways() -> list[tuple[str, str]]:
    """On the pass of PostgreSQL, both are there."""
    if connection.vendor == "sqlite":
        return [("sqlite", "sqlite")]
    return [
        ("postgresql", "postgresql"), ("sqlite", "postgresql"), ("postgresql", "sqlite"),
    ]  # fmt: skip


@dataclass(frozen=True)
class Source:
    """A furnished site, its rows, and a back-up of it."""

    url: str
    rows: dict[str, list[Any]]
    file: Path


@pytest.fixture(scope="module")
def sources(
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, Source]]:
    folder, made = tmp_path_factory.mktemp("sources"), dict[str, Source]()
    with django_db_blocker.unblock(), ExitStack() as stack:
        for engine in sorted({engine for engine, _to in ways()}):
            url, file = stack.enter_context(new_database(engine, folder)), folder / f"{engine}.zip"
            furnish(url)
            assert at(url, "backup", str(file)).status == 0
            made[engine] = Source(url, contents(url), file)
        yield made


@pytest.mark.parametrize(("engine", "target"), ways())
def test_restored_site_has_every_row_and_audits_clean(
    sources: dict[str, Source], engine: str, target: str, tmp_path: Path
) -> None:
    source = sources[engine]
    with new_database(target, tmp_path) as url:
        assert contents(url).keys() == {"auth.group"}
        ran = at(url, "restore", str(source.file), "--mail", "send", "--json")
        assert (ran.status, ran.err) == (0, "")
        assert ran.json["mismatches"] == []
        assert contents(url) == source.rows
        assert stored_zone(url, target, tmp_path) == GONE_ZONE


def stored_zone(url: str, engine: str, folder: Path) -> str:
    """Read the column as it is: the model shows UTC for a zone that it does not know."""
    again = folder / "again.zip"
    assert at(url, "backup", str(again)).status == 0
    with zipfile.ZipFile(again) as file:
        manifest = json.loads(file.read("manifest.json"))
        columns = next(p["columns"] for p in manifest["parts"] if p["table"] == "events_event")
        rows = [json.loads(line) for line in file.open("tables/events_event.jsonl")]
    assert manifest["engine"] == engine
    slug, zone = columns.index("slug"), columns.index("time_zone")
    return str(next(row[zone] for row in rows if row[slug] == "odd"))


def test_every_table_of_the_site_has_rows_to_be_compared(sources: dict[str, Source]) -> None:
    """The control of the comparison. A new model gets a row in `scene.py`."""
    for source in sources.values():
        with zipfile.ZipFile(source.file) as file:
            parts = json.loads(file.read("manifest.json"))["parts"]
        assert [part["table"] for part in parts if part["rows"] == 0] == []


def test_comparison_sees_one_changed_value(sources: dict[str, Source]) -> None:
    """The control of the oracle: one letter of one row, past all models."""
    source = sources["sqlite"]
    with sqlite3.connect(source.url.removeprefix("sqlite:///")) as changed:
        changed.execute("UPDATE events_sitepage SET text = text || ' '")
    changed.close()
    assert contents(source.url) != source.rows
