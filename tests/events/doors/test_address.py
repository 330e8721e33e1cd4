"""Every spelling of the door's address asks the same; nothing else is one."""

import re
import time
import timeit
from collections.abc import Callable
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.doors import address
from events.doors.address import Kind, Question

KEY = "abcdefghijklmnopqrstuvwxyz234567"


@pytest.mark.parametrize(
    "path",
    [
        f"/door/{KEY}/U-ada",
        f"/door/{KEY}/U-ada/",
        f"//door//{KEY}//U-ada//",
        f"/Door/{KEY}/U-ada",
        f"/DOOR/{KEY}/U-ada/",
    ],
)
def test_spellings_are_one_question(path: str) -> None:
    assert address.read(path) == Question(KEY, Kind.PERSON, "U-ada")


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        (f"/door/{KEY}", Question(KEY)),
        (f"/door/{KEY}/", Question(KEY)),
        ("/door", Question("")),
        ("/door/", Question("")),
        ("/door/U-ada", Question("U-ada")),
        (f"/door/{KEY}/list.txt", Question(KEY, Kind.LIST_TXT)),
        (f"/door/{KEY}/List.JSON/", Question(KEY, Kind.LIST_JSON)),
        (f"/door/{KEY}/U-ada/in", Question(KEY, Kind.IN, "U-ada")),
        (f"/door/{KEY}/U-ada//OUT/", Question(KEY, Kind.OUT, "U-ada")),
        (f"/door/{KEY}/in", Question(KEY, Kind.PERSON, "in")),
        (f"/door/{KEY}/a/b", Question(KEY, Kind.PERSON, "a/b")),
        (f"/door/{KEY}/a//b/in", Question(KEY, Kind.IN, "a//b")),
        (f"/door/{KEY}/two\nlines", Question(KEY, Kind.PERSON, "two\nlines")),
        (f"/door/{KEY}/\0", Question(KEY, Kind.PERSON, "\0")),
    ],
)
def test_rest_of_the_path_says_what_is_asked(path: str, asked: Question) -> None:
    assert address.read(path) == asked


@pytest.mark.parametrize("path", ["/", "", "/doors/", "/door.txt", "/events/door/", "/x/door/a/b"])
def test_other_paths_are_none_of_the_door(path: str) -> None:
    assert address.read(path) is None


@given(st.text(max_size=200))
def test_any_id_is_read_as_it_is_but_for_slashes_around_it(text: str) -> None:
    path = f"/door/{KEY}/{text}"
    question = address.read(path)
    assert question is not None
    assert (question.secret, question.neos_id in text) == (KEY, True)


def test_only_notes_are_posted() -> None:
    methods = {kind: Question(KEY, kind, "U-ada").methods for kind in Kind}
    reads = ("GET", "HEAD")
    assert methods == {
        Kind.PERSON: reads,
        Kind.LIST_TXT: reads,
        Kind.LIST_JSON: reads,
        Kind.IN: ("POST",),
        Kind.OUT: ("POST",),
    }


# --- Cost ----------------------------------------------------------------------------------------

#: Four times as long a path: four times the work, and sixteen times if each slash looks at all.
SHORT, LONG, MOST = 500, 2_000, 8


def growth(read: Callable[[str], object], path: str) -> float:
    """Return how many times the processor works for the long path what it does for the short."""
    short, long = (
        min(
            timeit.repeat(
                partial(read, path.format("/" * slashes)),
                timer=time.process_time,
                number=20,
                repeat=5,
            )
        )
        for slashes in (SHORT, LONG)
    )
    return long / short


@pytest.mark.parametrize(
    "path",
    [
        "/door/k/x{}x",
        "/door/k/x{}",
        "/door/k{}x",
        "/door{}x",
        "{}x",
        "{}door/k/x/in",
        "/door/k/x{}in",
        "/door/k/x{}in/x",
    ],
)
def test_slashes_cost_as_much_each(path: str) -> None:
    assert growth(address.read, path) < MOST
    address.read(path.format("/" * 200_000))


def test_control_pattern_that_looks_back_costs_more_for_each() -> None:
    """Match as the code did before."""
    assert growth(re.compile(r"(.+)/+(in|out)", re.DOTALL).fullmatch, "x{}x") > MOST
