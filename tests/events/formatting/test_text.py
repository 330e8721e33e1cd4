"""Typed text: what spells stays, what is dangerous or unseen goes."""

import time
import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from events.formatting import text
from tests.spelled import DROPPED, SPELLED


@pytest.mark.parametrize("name", SPELLED, ids=ascii)
def test_line_keeps_what_spells_r9(name: str) -> None:
    assert text.clean_line(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    DROPPED,
    ids=ascii,
)
def test_line_drops_what_is_dangerous_r9(typed: str, kept: str) -> None:
    assert text.clean_line(typed) == kept


def test_lines_keep_their_breaks_and_blanks_r9() -> None:
    assert text.clean_lines("# a\u202e\r\n\n    code\u200b\n") == "# a\n\n    code"


@pytest.mark.parametrize(
    "typed",
    [
        "\u202a" * 100_000 + "\u2069" * 100_000,
        "a" + "\u0301\u0323" * 100_000,
        "e\u200b\u0301" * 99_999,
    ],
    ids=["turners", "marks", "letters"],
)
def test_long_text_is_cleaned_in_no_time_r9(typed: str) -> None:
    """It is read before a limit looks at it: slow work would hold a thread for minutes."""
    before = time.process_time()
    for clean in (text.clean_line, text.clean_lines, text.account_key, text.address_key):
        clean(typed)
    assert time.process_time() - before < 10  # seconds; one square would take a hundred


def test_letter_keeps_thirty_marks_r9() -> None:
    assert text.clean_line("q" + "\u0301" * 30) == "q" + "\u0301" * 30
    assert text.clean_line("q" + "\u0301" * 31) == "q" + "\u0301" * 30


@given(st.text())
def test_cleaning_twice_changes_nothing_more_r9(typed: str) -> None:
    once = text.clean_line(typed)
    assert text.clean_line(once) == once
    assert unicodedata.is_normalized("NFC", once) is True


@given(st.text(st.sampled_from("ab\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")))
def test_text_around_a_name_is_never_turned_r9(typed: str) -> None:
    """Count with a rule that knows nothing of the code's pairs: a name closes all that it opens."""
    left = text.clean_line(typed)
    depth = 0
    for character in left:
        depth += (character in "\u202a\u202b\u2066\u2067\u2068") - (character in "\u202c\u2069")
        assert depth >= 0
    assert (depth, "\u202d" in left, "\u202e" in left) == (0, False, False)


@pytest.mark.parametrize(
    "typed",
    [
        "zed@example.org\u200b",
        "\u200bzed@example.org",
        "\u202azed@example.org\u202c",
        " zed@example.org\u00a0",
        "zed\uff20example.org",
        "zed@EXAMPLE.org",
        "zed@exam\u00adple.org",
    ],
    ids=ascii,
)
def test_address_is_the_one_that_mail_goes_to_r11(typed: str) -> None:
    assert text.clean_address(typed) == "zed@example.org"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a@xn--mnchen-3ya.de", "a@xn--mnchen-3ya.de"),
        ("a@MÜNCHEN.de", "a@xn--mnchen-3ya.de"),
        ("a@straße.de", "a@straße.de"),
        ("Ann.B+x@example.org", "Ann.B+x@example.org"),
        ("nowhere", "nowhere"),
        ("a@x.test\r\nBcc: v@x.test", "a@x.test Bcc: v@x.test"),
        ("a@" + "é" * 5000, "a@" + "é" * 5000),
        ("a@" + "é" * 80, "a@" + "é" * 80),
        ("a@" + "b." * 40 + "..c", "a@" + "b." * 40 + "..c"),
    ],
)
def test_address_that_is_none_is_left_to_be_refused_r11(typed: str, kept: str) -> None:
    assert text.clean_address(typed) == kept


def test_addresses_of_one_mailbox_have_one_key_r11() -> None:
    spellings = ["Zed@Example.org", "zed@example.org\u200b", "\uff3aed@example.org"]
    assert {text.address_key(spelling) for spelling in spellings} == {"zed@example.org"}


@pytest.mark.parametrize(
    "typed",
    [
        "victim",
        " victim",
        "victim\u3000",
        "\uff36\uff29\uff23\uff34\uff29\uff2d",
        "vic\u200btim",
        "\u24e5ictim",
    ],
    ids=ascii,
)
def test_account_has_one_key_in_every_spelling_h3(typed: str) -> None:
    assert text.account_key(typed) == "victim"


def test_id_keeps_its_letters_h1() -> None:
    assert text.clean_id("\u200b U-e\u0301 x\ufeff\n") == "U-e\u0301 x"


@pytest.mark.parametrize(
    ("language", "quoted", "noted"),
    [("en", "“Jam {0}”", "Jam (a < b)"), ("ja", "「Jam {0}」", "Jam（a < b）")],  # noqa: RUF001
)
def test_quotes_and_parentheses_are_those_of_the_language(
    language: str, quoted: str, noted: str
) -> None:
    with translation.override(language):
        assert (text.quoted("Jam {0}"), text.noted("Jam", "a < b")) == (quoted, noted)
        assert text.noted_html("Jam", "a < b") == noted.replace("<", "&lt;")
