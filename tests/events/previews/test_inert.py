"""Nothing that can be pressed comes through; everything else does, letter by letter."""

import pytest

from events.previews.inert import inert


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<!DOCTYPE html>\n<p class=x>a &amp; b &#39; &copy; <br/>é", None),
        ('<p data-code="full" aria-label="A &quot;b&quot;">a</p>', None),
        ("<form method=post action=/x/><p>a</p></form>", "<div><p>a</p></div>"),
        (
            '<button class="primary" name="a" value="b" formaction="/x/">Go</button>',
            '<span aria-disabled="true" class="button primary" role="button">Go</span>',
        ),
        ("<button hidden>Copy <b>it</b></button>.", "."),
        ('<input type="hidden" name="csrfmiddlewaretoken" value="x">.', "."),
        (
            '<input type="submit" value="&lt;Go&gt;">',
            '<span aria-disabled="true" class="button" role="button">&lt;Go&gt;</span>',
        ),
        ('<input name="a" value="b">', '<input value="b" disabled>'),
        (
            "<select name=a><option>b</select><textarea name=c>d</textarea>",
            "<select disabled><option>b</select><textarea disabled>d</textarea>",
        ),
        ("<script>if (a < b) { '</p>' }</script>.", "."),
        ("<template><form></form></template>.", "."),
        ('<iframe src="/x/">a</iframe><object>b</object>.', "."),
        ('<p onclick="x()" HX-post="/x/" data-hx-get="/y/" id="a">b</p>', '<p id="a">b</p>'),
        ('<embed src="/x/"><base href="/x/">.', "."),
        ('<meta http-equiv="refresh" content="0;/x/">.', "."),
        (
            '<a class="button" href="/x/">Pay <b>now</b></a>',
            '<a aria-disabled="true" class="button" role="link">Pay <b>now</b></a>',
        ),
        ("<a>a</a>", None),
        ('<a href="#there">a</a>', None),
        ('<a href="/x/" data-stays>a</a>', None),
        ('<a href="https://example.org/?a=1&amp;b=2">a</a>', None),
        ('<a href="https://example.org/" ping="/x/">a</a>', '<a href="https://example.org/">a</a>'),
        ('<a href="mailto:a@example.org">a</a>', None),
        ("<details><summary>a</summary>b</details>", None),
    ],
)
def test_page_keeps_all_but_what_can_be_pressed(page: str, left: str | None) -> None:
    assert inert(page) == (page if left is None else left)


@pytest.mark.parametrize(
    "address",
    [
        "/x/",
        "x/",
        "?a=b",
        "//localhost:8000/x/",
        "http://localhost:8000/x/",
        "HTTP://LOCALHOST:8000/x/",
        "javascript:x()",
        "neos-session:///S-1",
        "http://[",
    ],
)
def test_link_into_the_site_is_text(address: str, settings: object) -> None:
    settings.SITE_URL = "http://localhost:8000"  # type: ignore[attr-defined]
    text = '<a aria-disabled="true" role="link">a</a>'
    assert inert(f'<a href="{address}">a</a>') == text
