"""Lists of names, joined as languages join them."""

import pytest
from django.utils import translation
from django.utils.safestring import SafeString

from events.formatting import lists, reader


@pytest.mark.parametrize(
    ("language", "parts", "joined"),
    [
        ("en", [], ""),
        ("en", ["A"], "A"),
        ("en", ["A", "B"], "A and B"),
        ("en", ["A", "B", "C", "D"], "A, B, C and D"),
        ("ja", ["A"], "A"),
        ("ja", ["A", "B"], "A、B"),
        ("ja", ["A", "B", "C"], "A、B、C"),
        ("de", ["A", "B", "C"], "A, B und C"),
        ("en-gb", ["A", "B", "C"], "A, B and C"),
        ("en-xa", ["A", "B", "C"], "A, B and C"),
        ("en", ["{0}", "%s", "{x}"], "{0}, %s and {x}"),
    ],
)
def test_parts_are_joined_as_the_language_joins_them(
    language: str, parts: list[str], joined: str
) -> None:
    with translation.override(language):
        assert lists.joined(parts) == joined


def test_parts_of_html_are_escaped_once() -> None:
    made = lists.joined_html(["Tom & Jerry", SafeString("<b>Ann</b>")])

    assert (made, isinstance(made, SafeString)) == ("Tom &amp; Jerry and <b>Ann</b>", True)


@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en"), ("ja", "ja"), ("zh-hans", "zh_Hans"), ("tlh", "en")]
)
def test_language_that_babel_does_not_know_is_read_as_english(language: str, locale: str) -> None:
    with translation.override(language):
        assert str(reader.locale()) == locale
