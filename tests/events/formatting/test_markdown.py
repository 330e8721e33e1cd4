"""Organizers' Markdown: useful, and harmless."""

import re

import pytest

from events.formatting.markdown import is_too_long_a_page, render_markdown


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**loud**", "<p><strong>loud</strong></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        (
            "[x](https://a.test/)",
            '<p><a href="https://a.test/" rel="nofollow noopener noreferrer">x</a></p>',
        ),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("![x](https://a.test/i.png)", "<p></p>"),
    ],
)
def test_markdown_gives_an_allow_list_of_tags(text: str, html: str) -> None:
    assert render_markdown(text).strip() == html


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](jav&#x09;ascript:alert(1))",
        "[x](data:text/html,x)",
        "<javascript:alert(1)>",
        '<a href="x" onclick="y">z</a>',
        "<style>*{}</style>",
        "<iframe src=x></iframe>",
        '[x](https://a.test/ "q" onclick=y)',
        "</p><script>alert(1)</script>",
    ],
)
def test_markdown_never_gives_anything_that_runs(text: str) -> None:
    html = render_markdown(text).lower()
    forbidden = ("<script", "<style", "<iframe", 'href="javascript', 'href="data', "<a onclick")
    assert [word for word in forbidden if word in html] == []


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("# a\n## b\n### c\n# d", "2342"),
        ("### a\n# b\n## c", "223"),
        ("# a\n###### b\n### c\n## d", "2333"),
        ("a\n=\n\nb\n-", "23"),
        ("> # a\n\n- ## b", "23"),
        ("# a\n## b\n### c\n#### d\n##### e\n###### f", "234566"),
    ],
)
def test_headings_begin_below_the_title_and_leave_no_level_out(text: str, levels: str) -> None:
    html = render_markdown(text)
    assert "".join(re.findall(r"<h(\d)>", html)) == levels
    assert "".join(re.findall(r"</h(\d)>", html)) == levels


def make_table(columns: int, rows: str, number: int) -> str:
    return "|" + "a|" * columns + "\n|" + "-|" * columns + "\n" + rows * number


def test_long_description_is_rendered_once_l8() -> None:
    text = make_table(2, "| some | text |\n", 1_300)
    render_markdown.cache_clear()
    assert [len(render_markdown(text)) for _ in range(3)] == [len(render_markdown(text))] * 3
    assert render_markdown.cache_info().misses == 1


def test_table_that_grows_out_of_nothing_is_shown_as_it_was_typed_l8() -> None:
    ordinary, growing = make_table(2, "|a|b|\n", 3_000), make_table(60, "|\n", 9_000)
    assert [is_too_long_a_page(text) for text in (ordinary, growing)] == [False, True]
    assert render_markdown(growing) == f"<pre>{growing}</pre>"
    assert render_markdown(f"<b>\n\n{growing}") == f"<pre>&lt;b&gt;\n\n{growing}</pre>"


def test_markdown_of_ten_thousand_nested_quotes_comes_back() -> None:
    assert render_markdown(">" * 10_000 + " deep").startswith("<blockquote>")
