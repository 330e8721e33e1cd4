"""English that is 40 % longer and has accents: a language that only the suite has.

Layouts that hold with it hold with German, and text that it leaves as it was is not translated. It
is made of the ids of a catalogue, which are the texts of the sources.
"""

import re
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from tests import catalogue

CODE = "en-xa"
#: What stays as it is: placeholders, marks and references of HTML, line ends, and addresses.
KEPT = re.compile(rf"({catalogue.PLACEHOLDERS.pattern}|{catalogue.MARKS.pattern}|&#?\w+;|\n|/\S+)")
ACCENTS = str.maketrans("aceinouyACEINOUY", "áçëîñöûýÁÇËÎÑÖÛÝ")
#: Letters that are added for each that is there.
LONGER = 0.4
FILLER = "lorem ipsum dolor sit amet consetetur sadipscing elitr sed diam nonumy eirmod tempor "


def lengthened(text: str) -> str:
    """Return the text with accents, and with words behind it that make it 40 % longer."""
    shown = MARKLESS.sub("", text)
    more = FILLER * (1 + len(shown) // len(FILLER))
    tail = more[: max(2, round(len(shown) * LONGER)) - 1].rstrip() or "o"
    parts = KEPT.split(text)
    accented = "".join(p if n % 2 else p.translate(ACCENTS) for n, p in enumerate(parts))
    body = accented.rstrip()
    return f"{body} {tail}{accented[len(body) :]}"


MARKLESS = re.compile(catalogue.MARKS.pattern)


def write(folder: Path) -> None:
    """Write the compiled catalogue where `LOCALE_PATHS` with this folder finds it."""
    language = Catalog(locale="en", charset="utf-8")
    for message in catalogue.entries(catalogue.read(catalogue.path_of("ja").read_text("utf-8"))):
        texts = [lengthened(english) for english in catalogue.english_forms(message)]
        string = texts[0] if isinstance(message.id, str) else tuple(texts)
        language.add(message.id, string, flags=message.flags, context=message.context)
    file = BytesIO()
    write_mo(file, language)
    path = folder / "en_XA" / "LC_MESSAGES" / "django.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(file.getvalue())
