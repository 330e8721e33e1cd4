"""A web address is made from any title, and two of them are never the same."""

import pytest

from events.formatting.addresses import MAX_LENGTH, address_of, numbered


@pytest.mark.parametrize(
    ("title", "address"),
    [
        ("Avatar Basics", "avatar-basics"),
        ("Größe & Maß: Übung", "grosse-mass-ubung"),
        ("Привет, мир", "privet-mir"),
        ("アバター", "abata"),
        ("🎉 Party_time!", "tada-party-time"),
        ("Café – déjà vu", "cafe-deja-vu"),
    ],
)
def test_title_of_any_script_makes_an_address(title: str, address: str) -> None:
    assert address_of(title, otherwise="meetup") == address


@pytest.mark.parametrize("title", ["", "___", "–", "\u200b"])
def test_title_that_cannot_be_read_leaves_the_other_address(title: str) -> None:
    assert address_of(title, otherwise="meetup") == "meetup"


def test_long_title_is_cut_so_that_a_number_fits_behind_it() -> None:
    made = address_of("long " * 100, otherwise="meetup")
    assert len(numbered(made, {made})) <= MAX_LENGTH
    assert not made.endswith("-")


def test_taken_address_gets_the_first_free_number() -> None:
    assert numbered("jam", set()) == "jam"
    assert numbered("jam", {"jam", "jam-2", "jam-4"}) == "jam-3"


def test_longest_address_stays_within_the_column_with_a_number() -> None:
    longest = "a" * MAX_LENGTH
    assert numbered(longest, {longest}) == "a" * 74 + "-2"
