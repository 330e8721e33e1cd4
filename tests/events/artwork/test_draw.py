"""Pictures of events: the same every time, no two alike, small, and silent about the event."""

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from events import artwork

ROOT = Path(__file__).resolve().parents[3]
MOST_BYTES = 16_000
SLUG = "zwielicht-im-hafen"
#: Drawn by a process whose hashes differ from those of this one.
DRAW = "from events import artwork; print(artwork.draw('jam', 'music') + artwork.draw_face('ada'))"


@pytest.mark.parametrize("seed", ["0", "1"])
def test_every_process_draws_the_same(seed: str) -> None:
    """A process of its own: only there can the seed of Python's hashes be another one."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONHASHSEED": seed,
        "PYTHONPATH": str(Path.cwd()),
    }
    process = subprocess.run(
        [sys.executable, "-c", DRAW], env=environment, capture_output=True, text=True, check=True
    )
    assert process.stdout.strip() == artwork.draw("jam", "music") + artwork.draw_face("ada")


@pytest.mark.parametrize("kind", artwork.KINDS)
def test_no_two_events_look_alike(kind: str) -> None:
    drawn = {artwork.draw(f"event-{number}", kind) for number in range(1000)}
    assert len(drawn) == 1000


def test_no_two_people_look_alike() -> None:
    assert len({artwork.draw_face(f"person-{number}") for number in range(1000)}) == 1000


def test_kinds_of_the_same_event_differ() -> None:
    assert len({artwork.draw(SLUG, kind) for kind in artwork.KINDS}) == len(artwork.KINDS)


@pytest.mark.parametrize("kind", [*artwork.KINDS, "face"])
def test_picture_is_small_and_well_formed_and_says_nothing(kind: str) -> None:
    for slug in (SLUG, "a", "0", "x" * 200, "jam-2030"):
        svg = artwork.draw_face(slug) if kind == "face" else artwork.draw(slug, kind)
        tree = ElementTree.fromstring(svg)
        assert tree.tag == "{http://www.w3.org/2000/svg}svg"
        assert "".join(tree.itertext()).strip() == ""
        assert {len(slug) > 3 and slug in svg, "<script" in svg, "href" in svg} == {False}
        assert len(svg.encode()) < MOST_BYTES


def test_unknown_kind_is_drawn_as_a_meet_up_of_its_own() -> None:
    assert artwork.draw(SLUG, "nonsense") != artwork.draw(SLUG, "meetup")
    ElementTree.fromstring(artwork.draw(SLUG, "nonsense"))
