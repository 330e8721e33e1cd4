"""The words of a site of Resonite: every text that speaks of Neos is said anew, the others stay."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext

from eventsite.platforms import RESONITE
from tests import catalogue
from tests.words_of_neos import words_of_neos

HEAD = 'msgid ""\nmsgstr "Language: ja\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'
LANGUAGES = pytest.mark.parametrize("language", catalogue.OVERLAID)
#: Longer than any name: a marked place of a text is not one of its words.
MARKED = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def texts() -> Catalog:
    """Return all texts of the site; English stands in the ids."""
    return catalogue.read(catalogue.path_of("ja").read_text("utf-8"))


def effective(message: Message, language: str) -> list[str]:
    """Return what a site says in this language, for one and for several."""
    with translation.override(language):
        if isinstance(message.id, str):
            said = pgettext(message.context, message.id) if message.context else gettext(message.id)
            return [said]
        one, many = message.id
        if message.context:
            return [npgettext(message.context, one, many, n) for n in (1, 2)]
        return [ngettext(one, many, n) for n in (1, 2)]


def texts_with_words_of_neos(language: str) -> Iterator[str]:
    for message in catalogue.entries(texts()):
        for said in effective(message, language):
            if words_of_neos(MARKED.sub("", said)):
                yield said


@LANGUAGES
@pytest.mark.usefixtures("resonite")
def test_site_of_resonite_says_no_word_of_neos(language: str) -> None:
    assert list(texts_with_words_of_neos(language)) == []


@LANGUAGES
@pytest.mark.usefixtures("neos")
def test_site_of_neos_says_many(language: str) -> None:
    """The control: the test above looks at the right texts."""
    assert len(list(texts_with_words_of_neos(language))) > 100


@LANGUAGES
@pytest.mark.usefixtures("neos")
def test_other_texts_are_as_they_were(language: str, request: pytest.FixtureRequest) -> None:
    others = set(map(catalogue.first, catalogue.entries(texts())))
    others -= set(map(catalogue.first, catalogue.about_platform(texts())))
    messages = [m for m in catalogue.entries(texts()) if catalogue.first(m) in others]
    before = [effective(message, language) for message in messages]
    with translation.override(language):
        months = gettext("January")
    request.getfixturevalue("resonite")

    assert [effective(message, language) for message in messages] == before
    assert len(before) > 1000
    with translation.override(language):
        assert gettext("January") == months  # a text of Django's own


@LANGUAGES
@pytest.mark.usefixtures("resonite")
def test_resonite_has_every_text_that_speaks_of_neos(language: str) -> None:
    written = catalogue.read(catalogue.overlay_of(language).read_text("utf-8"))
    wanted = [(m.context, m.id) for m in catalogue.about_platform(texts())]

    assert [(m.context, m.id) for m in catalogue.entries(written)] == wanted
    for message in catalogue.entries(written):
        assert effective(message, language)[0] == catalogue.forms(message)[0]


def test_address_of_a_session_is_one_of_resonite(resonite: None) -> None:
    with translation.override("en"):
        said = gettext("Shown to people with a place when it is time, like neos-session:///S-…")

    assert (
        said
        == f"Shown to people with a place when it is time, like {RESONITE.session_scheme}:///S-…"
    )


# --- How the texts are picked --------------------------------------------------------------------

CONTEXT = 'msgctxt "button"\nmsgid "Neos"\nmsgstr "Neos"\n\n'
PLURAL = 'msgid "%(n)s patron"\nmsgid_plural "%(n)s patrons"\nmsgstr[0] "%(n)s"\n\n'
#: Only its translation speaks of Neos.
SILENT = 'msgid "Perks"\nmsgstr "パトロン特典"\n\n'
OTHER = 'msgid "Hello"\nmsgstr "こんにちは"\n\n'


def test_texts_are_picked_with_context_and_plural(tmp_path: Path) -> None:
    path = catalogue.path_of("ja", tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + CONTEXT + PLURAL + SILENT + OTHER, "utf-8")
    catalogue.renew_overlay("en", tmp_path)
    picked = catalogue.read(catalogue.overlay_of("en", tmp_path).read_text("utf-8"))

    assert [(m.context, m.id, m.string) for m in catalogue.entries(picked)] == [
        ("button", "Neos", ""),
        (None, ("%(n)s patron", "%(n)s patrons"), ("", "")),
        (None, "Perks", ""),
    ]


def test_sentence_of_resonite_stays_while_its_text_stands(tmp_path: Path) -> None:
    path, overlay = catalogue.path_of("ja", tmp_path), catalogue.overlay_of("en", tmp_path)
    path.parent.mkdir(parents=True)
    path.write_text(HEAD + CONTEXT + SILENT, "utf-8")
    catalogue.renew_overlay("en", tmp_path)
    written = overlay.read_text("utf-8").replace('"Neos"\nmsgstr ""', '"Neos"\nmsgstr "Resonite"')
    overlay.write_text(written, "utf-8")
    path.write_text(HEAD + CONTEXT, "utf-8")
    catalogue.renew_overlay("en", tmp_path)

    kept = catalogue.entries(catalogue.read(overlay.read_text("utf-8")))
    assert [(m.context, m.id, m.string) for m in kept] == [("button", "Neos", "Resonite")]
