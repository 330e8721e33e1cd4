"""Text in another language, marked in HTML and plain elsewhere."""

from django.template import Context, Engine
from django.utils import translation

from events.formatting.marked import inline, joined, lang_attribute, sentence
from events.models.texts import Text

WORDS = "<b>祭り & %(x)s"
ESCAPED = "&lt;b&gt;祭り &amp; %(x)s"


def rendered(value: object, *, autoescape: bool) -> list[str]:
    """In a variable and in a translated sentence."""
    source = "{% load i18n %}{{ value }}|{% blocktranslate %}{{ value }}{% endblocktranslate %}"
    template = Engine.get_default().from_string(source)
    return template.render(Context({"value": value}, autoescape=autoescape)).split("|")


def test_text_of_another_language_is_marked_in_html_only() -> None:
    title = inline(Text(WORDS, "ja"))
    marked = f'<bdi lang="ja">{ESCAPED}</bdi>'
    assert rendered(title, autoescape=True) == [marked, marked]
    assert rendered(title, autoescape=False) == [WORDS, WORDS]
    with translation.override("ja"):
        assert rendered(inline(Text(WORDS, "ja")), autoescape=True) == [ESCAPED, ESCAPED]


def test_sentence_keeps_the_marks_of_what_is_filled_in() -> None:
    title, tea = inline(Text("祭り", "ja")), inline(Text("Tea & cake", "en"))
    text = sentence("“%(all)s” <in> %(n)02d", all=joined(" & ", [title, tea]), n=3)
    assert str(text) == "“祭り & Tea & cake” <in> 03"
    html = '“<bdi lang="ja">祭り</bdi> &amp; Tea &amp; cake” &lt;in&gt; 03'
    assert rendered(text, autoescape=True) == [html, html]


def test_language_is_escaped_and_ordinary_text_has_none() -> None:
    found = [lang_attribute(text) for text in ("Jam", Text("Jam", "en"), Text("x", '"><b>'))]
    assert found == ["", "", ' lang="&quot;&gt;&lt;b&gt;"']
