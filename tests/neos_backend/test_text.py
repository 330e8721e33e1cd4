"""Names that Neos tells follow the same rule as names that are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.formatting import text as typed
from neos_backend import text
from neos_backend.members import parse_username
from tests.spelled import DROPPED, SPELLED

SIGNS = st.characters() | st.sampled_from("".join(SPELLED + [name for name, _kept in DROPPED]))


@pytest.mark.parametrize("name", SPELLED, ids=ascii)
def test_name_of_a_neos_account_keeps_what_spells_r9(name: str) -> None:
    assert parse_username(name) == name


@pytest.mark.parametrize(("sent", "kept"), DROPPED, ids=ascii)
def test_name_of_a_neos_account_drops_what_is_dangerous_r9(sent: str, kept: str) -> None:
    assert parse_username(sent) == kept


@given(st.text(SIGNS))
def test_both_rules_about_names_are_one_r9(name: str) -> None:
    assert text.clean_line(name) == typed.clean_line(name)


def test_cut_of_a_long_name_leaves_nothing_open_r9() -> None:
    assert parse_username("x" * 60 + "\u2067" + "y" * 60 + "\u2069") == "x" * 60 + "yyy"
