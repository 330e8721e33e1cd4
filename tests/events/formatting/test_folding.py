"""Spellings that a search does not tell apart, and those that it does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.formatting.folding import fold, words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("Café", "cafe"),
        ("cafe\N{COMBINING ACUTE ACCENT}", "cafe"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),  # noqa: RUF001
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Łódź Ørsted Æon þorn", "lodz orsted aeon thorn"),
        ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),  # noqa: RUF001
        ("カタカナ", "かたかな"),
        ("ｶﾞｷﾞ ﾊﾟﾝ", "がぎ ぱん"),
        ("ガ", "が"),
        ("か\N{COMBINING KATAKANA-HIRAGANA VOICED SOUND MARK}", "が"),
        ("ヴァイオリン", "ゔぁいおりん"),
        ("ラーメン", "らーめん"),
        ("①②③ ﬁne", "123 fine"),
        ("한국어", "한국어"),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ"),
        ("a\x00b\N{SOFT HYPHEN}c\N{ZERO WIDTH JOINER}d", "abcd"),
        ("❤\N{VARIATION SELECTOR-16} x", "❤ x"),
        ("  one\r\n\ttwo\x1fthree\u2028four ", "one two three four"),
        ("", ""),
    ],
)
def test_fold_makes_one_spelling_of_many(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("が", "か"), ("ぱ", "は"), ("ば", "ぱ"), ("しや", "しゃ"), ("ー", "-")]
)
def test_fold_keeps_letters_of_kana_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)
    assert fold(other) not in fold(one)


@given(st.text())
def test_fold_of_folded_text_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_fold_does_not_tell_case_apart(text: str) -> None:
    assert fold(text.casefold()) == fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_fold_of_plain_letters_is_the_same_beside_others(text: str) -> None:
    """Text without other letters takes a shorter way."""
    assert fold(f"é {text}") == f"e {fold(text)}".strip()


def test_words_are_each_named_once() -> None:
    assert words("Jam  jam ジャム\nじゃむ") == ["jam", "じゃむ"]
    assert words(" \x00 ") == []
