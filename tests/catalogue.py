"""The catalogues of our texts: `python -m tests.catalogue` writes and compiles them anew.

`locale/` has the texts as they stand in the sources, which speak of Neos. `locale_resonite/` has
those of them that speak of Neos once more, for a site of Resonite, in English too.

`make messages` calls it. It collects with GNU gettext, like every Django project, and compiles with
Babel, which production has anyway.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from eventsite.platforms import NEOS, RESONITE
from tests.eventsite.processes import ROOT

#: Languages besides English, which stands in the sources.
LANGUAGES = ("ja",)
#: Languages in which a site of Resonite has words of its own.
OVERLAID = ("en", *LANGUAGES)
#: Words of Neos. A text that has one, in English or in Japanese, is said anew for Resonite.
OF_NEOS = re.compile(r"neos|logix|friend|patreon|patron|pledge|フレンド|パトロン", re.IGNORECASE)
#: Texts without such a word that stand beside those that have one, and have to fit them.
BESIDE = ("not shared", "supporter", "not a supporter", "Tier")
#: What a catalogue of Resonite begins with.
HEAD = r"""# What a site of Resonite says instead. `make messages` adds what is new and compiles.
msgid ""
msgstr ""
"Project-Id-Version: eventsite\n"
"Language: {language}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {plural_forms}\n"
"""
ENDINGS = ("py", "html", "txt", "subject")
NOT_OURS = (".*", "benchmarks", "docs", "migrations", "static", "staticfiles", "tests", "var")
#: Babel writes a day into the head.
SOME_DAY = datetime(2030, 6, 1, tzinfo=UTC)
#: What a text is filled with, in the two ways of Python, and the marks of HTML.
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")
MARKS = re.compile(r"</?[a-z][^>]*>")


def path_of(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def overlay_of(language: str, root: Path = ROOT) -> Path:
    return root / RESONITE.folder_of_words / language / "LC_MESSAGES" / "django.po"


def all_paths(root: Path = ROOT) -> list[Path]:
    own = [path_of(language, root) for language in LANGUAGES]
    return own + [overlay_of(language, root) for language in OVERLAID]


def renew(root: Path) -> None:
    """Collect the texts of the project in `root` into its catalogues."""
    for language in LANGUAGES:
        path_of(language, root).parent.mkdir(parents=True, exist_ok=True)
    options = [f"--locale={language}" for language in LANGUAGES]
    options += [f"--extension={ending}" for ending in ENDINGS]
    options += [f"--ignore={pattern}" for pattern in NOT_OURS]
    command = [sys.executable, "manage.py", "makemessages", "--no-location", "--no-wrap", *options]
    environment = os.environ | {"DEBUG": "1", "NEOS_SANDBOX": "1", "PLATFORM": NEOS.key}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    for language in LANGUAGES:
        settle(path_of(language, root))
    for language in OVERLAID:
        renew_overlay(language, root)


def renew_overlay(language: str, root: Path) -> None:
    """Pick the texts that Resonite says otherwise, and keep what was written for them before."""
    path, file = overlay_of(language, root), BytesIO()
    before = read(path.read_text("utf-8")) if path.exists() else Catalog(language)
    picked = Catalog(language)
    for message in about_platform(read(path_of("ja", root).read_text("utf-8"))):
        kept = before.get(message.id, message.context)
        string = kept.string if kept else ""
        picked.add(message.id, string, flags=message.flags, context=message.context)
    write_po(file, picked, width=0, omit_header=True)
    head = HEAD.format(language=language, plural_forms=picked.plural_forms)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{head}\n{file.getvalue().decode().strip()}\n", "utf-8")


def about_platform(catalog: Catalog) -> Iterator[Message]:
    """Yield what speaks of Neos, in English or in the language of the catalogue."""
    for message in entries(catalog):
        texts = [*english_forms(message), *forms(message)]
        if any(OF_NEOS.search(text) or text in BESIDE for text in texts):
            yield message


def settle(path: Path) -> None:
    """Take out what differs from run to run, and leave no old entries."""
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"POT-Creation', '"PO-Revision'))]
    path.write_text("".join(kept).partition("\n#~ ")[0].rstrip() + "\n", "utf-8")


def compiled(text: str) -> bytes:
    """Return what Django reads, the same each time. Fuzzy entries are left out, as gettext does."""
    catalog, file = read(text), BytesIO()
    catalog.creation_date = catalog.revision_date = SOME_DAY
    write_mo(file, catalog)
    return file.getvalue()


def read(text: str) -> Catalog:
    return read_po(BytesIO(text.encode()), abort_invalid=True)


def entries(catalog: Catalog) -> Iterator[Message]:
    """Yield all but the head, which is the entry of the empty text."""
    return (message for message in catalog if message.id)


def faults(text: str) -> list[str]:
    """Return what is wrong with the entries of a catalogue that are filled."""
    catalog = read(text)
    found = [f"fuzzy: {first(message)}" for message in entries(catalog) if message.fuzzy]
    found += [f"unused: {first(message)}" for message in catalog.obsolete.values()]
    return found + [
        f"placeholders: {first(message)}"
        for message in entries(catalog)
        if any(not fits(message, form) for form in forms(message) if form)
    ]


def untranslated(text: str) -> list[str]:
    return [first(m) for m in entries(read(text)) if not all(forms(m))]


def fits(message: Message, form: str) -> bool:
    """Return whether a translation has the placeholders and marks of one of the English forms."""
    return parts(form) in [parts(english) for english in english_forms(message)]


def parts(text: str) -> tuple[set[str], Counter[str]]:
    return {*PLACEHOLDERS.findall(text)}, Counter(MARKS.findall(text))


def first(message: Message) -> str:
    return english_forms(message)[0]


def english_forms(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else [*message.id]


def forms(message: Message) -> list[str]:
    """Return the translations; an entry that was never filled has one that is empty."""
    return [message.string] if isinstance(message.string, str) else [*message.string]


def tools() -> None:
    """Skip without GNU gettext, but fail where tests are the whole point."""
    if shutil.which("xgettext") and shutil.which("msgmerge"):
        return
    reason = "GNU gettext is not installed; on Debian: apt-get install gettext"
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


def write() -> None:
    renew(ROOT)
    for path in all_paths():
        path.with_suffix(".mo").write_bytes(compiled(path.read_text("utf-8")))


if __name__ == "__main__":
    write()
