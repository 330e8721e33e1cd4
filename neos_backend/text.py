"""Names on one line, without what is dangerous and with everything that spells.

Joiners, variation selectors, flags and marks of single scripts stay. Control characters, signs that
nobody sees and signs that turn the text around the name go.
"""

import re
import unicodedata
from collections.abc import Iterator

SPACES = re.compile(r"[\s\x85\u2028\u2029]+")
NO_CHARACTERS = "".join(f"{chr(p + 0xFFFE)}{chr(p + 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
#: Control characters, lone surrogates, the soft hyphen, spaces without width, the byte order mark,
#: invisible operators, deprecated signs, musical beams, and code points that are no characters.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    "\ufdd0-\ufdef\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e001f"
    f"{NO_CHARACTERS}]"
)
#: Tags that follow an emoji, up to a cancel tag, are a flag. Others are hidden text.
FLAG = "([\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?[\U000e0020-\U000e007e]+\U000e007f)"
TAGS = re.compile(f"{FLAG}|[\U000e0020-\U000e007f]")
MOST_MARKS = 30  # on one letter (UAX #15); the time that Python takes grows with their square

ISOLATES, END_OF_ISOLATE = frozenset("\u2066\u2067\u2068"), "\u2069"
EMBEDDINGS, END_OF_EMBEDDING = frozenset("\u202a\u202b"), "\u202c"
OVERRIDES = frozenset("\u202d\u202e")
BEGINNINGS = ISOLATES | EMBEDDINGS | OVERRIDES
#: Invisible: they turn the text around a name.
TURNERS = BEGINNINGS | {END_OF_ISOLATE, END_OF_EMBEDDING}

BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters without ink
#: Unassigned code points are not among them: they may be tomorrow's emoji.
UNDRAWN = frozenset({"Cc", "Cf", "Cs", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"})


def clean_line(text: str) -> str:
    """Return one line in NFC; an empty string if nothing of it can be seen."""
    seen = TAGS.sub(lambda found: found[1] or "", UNSEEN.sub("", text))
    line = "".join(_few_marks(_balanced(seen)))
    line = SPACES.sub(" ", unicodedata.normalize("NFC", line)).strip()
    return line if any(_is_drawn(character) for character in line) else ""


def _is_drawn(character: str) -> bool:
    return unicodedata.category(character) not in UNDRAWN and character not in BLANK


def _few_marks(text: str) -> Iterator[str]:
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            yield character


def _balanced(text: str) -> str:
    """Keep isolates and embeddings that end in the text; drop the others and all overrides."""
    kept = {place for pair in _pairs(text) for place in pair}
    return "".join(c for place, c in enumerate(text) if c not in TURNERS or place in kept)


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each isolate and embedding begins and ends.

    The end of an isolate ends what was opened inside of it and is still open.
    """
    opened: list[int] = []
    isolates = 0  # of those that are open
    for place, character in enumerate(text):
        if character in BEGINNINGS:
            opened.append(place)
            isolates += character in ISOLATES
        elif character == END_OF_EMBEDDING and opened and text[opened[-1]] not in ISOLATES:
            begin = opened.pop()
            if text[begin] in EMBEDDINGS:
                yield begin, place
        elif character == END_OF_ISOLATE and isolates:
            while text[begin := opened.pop()] not in ISOLATES:
                pass
            isolates -= 1
            yield begin, place
