"""The catalogues of our texts: `python -m tests.catalogue` writes and compiles them anew.

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
from babel.messages.pofile import read_po

from tests.eventsite.processes import ROOT

#: Languages besides English, which stands in the sources.
LANGUAGES = ("ja",)
ENDINGS = ("py", "html", "txt", "subject")
NOT_OURS = (".*", "benchmarks", "docs", "migrations", "static", "staticfiles", "tests", "var")
#: Babel writes a day into the head.
SOME_DAY = datetime(2030, 6, 1, tzinfo=UTC)
#: What a text is filled with, in the two ways of Python, and the marks of HTML.
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")
MARKS = re.compile(r"</?[a-z][^>]*>")


def path_of(language: str, root: Path = ROOT) -> Path:
    return root / "locale" / language / "LC_MESSAGES" / "django.po"


def renew(root: Path) -> None:
    """Collect the texts of the project in `root` into its catalogues."""
    for language in LANGUAGES:
        path_of(language, root).parent.mkdir(parents=True, exist_ok=True)
    options = [f"--locale={language}" for language in LANGUAGES]
    options += [f"--extension={ending}" for ending in ENDINGS]
    options += [f"--ignore={pattern}" for pattern in NOT_OURS]
    command = [sys.executable, "manage.py", "makemessages", "--no-location", "--no-wrap", *options]
    environment = os.environ | {"DEBUG": "1", "NEOS_SANDBOX": "1"}
    subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True)
    for language in LANGUAGES:
        settle(path_of(language, root))


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
    for language in LANGUAGES:
        path = path_of(language)
        path.with_suffix(".mo").write_bytes(compiled(path.read_text("utf-8")))


if __name__ == "__main__":
    write()
