"""Catalogues: up to date with the sources, nothing fuzzy or unused, the same placeholders."""

import shutil
from pathlib import Path

import pytest
from babel.messages.mofile import read_mo

from tests import catalogue, pseudo
from tests.eventsite.processes import ROOT

HEAD = 'msgid ""\nmsgstr "Language: ja\\nPlural-Forms: nplurals=1; plural=0;\\n"\n\n'
GOOD = 'msgid "Hi <b>%(name)s</b>, {n} %%"\nmsgstr "{n} %% <b>%(name)s</b>"\n'
PATHS = pytest.mark.parametrize("path", catalogue.all_paths(), ids=lambda p: f"{p.parts[-4:-2]}")
PLURAL = 'msgid "One <i>person</i>"\nmsgid_plural "%(n)s <i>people</i>"\nmsgstr[0] "<i>%(n)s</i>"\n'


@pytest.mark.parametrize(
    ("entry", "found"),
    [
        (GOOD, []),
        (PLURAL, []),
        (PLURAL.replace("<i>%(n)s</i>", "<i>x</i>"), []),
        ('msgid "Hi"\nmsgstr ""\n', []),
        ('#, fuzzy\nmsgid "Hi"\nmsgstr "や"\n', ["fuzzy: Hi"]),
        ('#~ msgid "Hi"\n#~ msgstr "や"\n', ["unused: Hi"]),
        ('msgid "%(a)s"\nmsgstr "%(b)s"\n', ["placeholders: %(a)s"]),
        ('msgid "{a} of {b}"\nmsgstr "{a}"\n', ["placeholders: {a} of {b}"]),
        ('msgid "<b>a</b>"\nmsgstr "<b>a"\n', ["placeholders: <b>a</b>"]),
        ('msgid "5 %%"\nmsgstr "5 %"\n', ["placeholders: 5 %%"]),
        (PLURAL.replace('"<i>%(n)s</i>"', '"<i>%(m)s</i>"'), ["placeholders: One <i>person</i>"]),
    ],
)
def test_faults_of_an_entry_are_found(entry: str, found: list[str]) -> None:
    assert catalogue.faults(HEAD + entry) == found


def test_entry_without_a_text_is_untranslated() -> None:
    empty = 'msgid "Hi"\nmsgstr ""\n\nmsgid "One"\nmsgid_plural "Many"\nmsgstr[0] ""\n\n'

    assert catalogue.untranslated(HEAD + empty + GOOD) == ["Hi", "One"]


@PATHS
def test_catalogue_has_no_fuzzy_or_unused_entry_and_the_same_placeholders(path: Path) -> None:
    assert catalogue.faults(path.read_text("utf-8")) == []


@PATHS
def test_catalogue_is_compiled(path: Path) -> None:
    """The compiled file is in the repository: production needs no gettext. Else: make messages."""
    assert path.with_suffix(".mo").read_bytes() == catalogue.compiled(path.read_text("utf-8"))


@PATHS
def test_every_text_is_translated(path: Path) -> None:
    assert catalogue.untranslated(path.read_text("utf-8")) == []


def test_catalogues_have_the_texts_of_the_sources(tmp_path: Path) -> None:
    """Collecting anew changes nothing. If it does: make messages."""
    catalogue.tools()
    for name in ("events", "eventsite", "neos_backend", "templates", "locale", "locale_resonite"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "manage.py", tmp_path)
    catalogue.renew(tmp_path)

    for path in catalogue.all_paths():
        anew = (tmp_path / path.relative_to(ROOT)).read_text("utf-8")
        assert anew == path.read_text("utf-8")


def test_text_that_is_new_changes_the_catalogue(tmp_path: Path) -> None:
    catalogue.tools()
    shutil.copytree(ROOT / "eventsite", tmp_path / "eventsite")
    shutil.copytree(ROOT / "locale", tmp_path / "locale")
    for name in ("events", "neos_backend", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.html"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    page = tmp_path / "templates" / "new.html"
    page.write_text('{% load i18n %}{% translate "Entirely new" %}', "utf-8")
    catalogue.renew(tmp_path)

    written = catalogue.path_of("ja", tmp_path).read_text("utf-8")
    assert 'msgid "Entirely new"\nmsgstr ""\n' in written


# --- The language of the suite -------------------------------------------------------------------


def test_pseudo_text_is_longer_and_keeps_what_is_filled_in() -> None:
    text = "Hi <b>%(name)s</b>, {n} places &amp; 5 %%"
    longer = pseudo.lengthened(text)

    assert catalogue.parts(longer) == catalogue.parts(text)
    assert longer.startswith("Hî <b>%(name)s</b>, {n} pláçës &amp; 5 %%")
    assert len(pseudo.lengthened("a" * 100)) == 140


def test_pseudo_catalogue_has_every_text(tmp_path: Path) -> None:
    pseudo.write(tmp_path)
    with (tmp_path / "en_XA/LC_MESSAGES/django.mo").open("rb") as file:
        made = read_mo(file)
    source = catalogue.read(catalogue.path_of("ja").read_text("utf-8"))

    assert len([*catalogue.entries(made)]) == len([*catalogue.entries(source)]) > 1000
