"""Codes of other servers as they may be logged."""

import pytest

from neos_backend.outside import clean_code


@pytest.mark.parametrize(
    ("code", "logged"),
    [
        ("invalid_grant", "invalid_grant"),
        ("card.declined-1:x", "card.declined-1:x"),
        (401, "401"),
        (None, "-"),
        ("", "-"),
        ("a b", "unreadable"),
        ("invalid_grant\nERROR forged", "unreadable"),
        ("x" * 65, "unreadable"),
        ("キー", "unreadable"),
        ("\x1b[31m", "unreadable"),
        ({"a": 1}, "unreadable"),
        (["invalid_grant"], "unreadable"),
    ],
)
def test_code_is_short_plain_and_on_one_line_s2(code: object, logged: str) -> None:
    assert clean_code(code) == logged
