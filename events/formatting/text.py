"""Text that people typed or pasted, without what is dangerous and with everything that spells.

Joiners, variation selectors, emoji tags and marks of single scripts are part of how a word is
written, so they stay. Control characters, invisible spaces and signs that turn the text around
them are not: nobody sees them, and two texts that look alike would differ.
"""

import re
import unicodedata
from collections.abc import Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from . import mail_address

#: Line breaks, tabs and spaces; a line keeps one plain space for each run of them.
SPACES = re.compile(r"[\s\x85\u2028\u2029]+")
#: Signs that nobody sees and that spell nothing: control characters, lone surrogates, the soft
#: hyphen, the space without width, the byte order mark, the word joiner and invisible operators,
#: deprecated and annotation signs, musical beams, and code points that are no characters.
UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff0-\ufffb"
    "\ufdd0-\ufdef\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e001f"
    + "".join(
        f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000)
    )
    + "]"
)
#: Tags belong to a flag that an emoji begins and a cancel tag ends; alone they are hidden text.
FLAG = "([\u2190-\u2bff\U0001f000-\U0001faff]\ufe0f?[\U000e0020-\U000e007e]+\U000e007f)"
TAGS = re.compile(f"{FLAG}|[\U000e0020-\U000e007f]")

ISOLATES, END_OF_ISOLATE = frozenset("\u2066\u2067\u2068"), "\u2069"
EMBEDDINGS, OVERRIDES, END_OF_EMBEDDING = (
    frozenset("\u202a\u202b"),
    frozenset("\u202d\u202e"),
    "\u202c",
)
TURNERS = frozenset({*ISOLATES, *EMBEDDINGS, *OVERRIDES, END_OF_ISOLATE, END_OF_EMBEDDING})

#: Letters and symbols that are drawn as nothing: fillers of Hangul, a blank Braille cell.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
#: Categories that draw nothing by themselves. Unassigned code points may be tomorrow's emoji.
UNDRAWN = frozenset({"Cc", "Cf", "Cs", "Mn", "Mc", "Me", "Zs", "Zl", "Zp"})
#: Marks on one letter that are kept, as in the stream-safe format of Unicode (UAX #15).
MOST_MARKS = 30
MAX_HOST = 253  # characters, RFC 1035


def clean_line(text: str) -> str:
    """Return one line in NFC; an empty string if nothing of it can be seen."""
    line = SPACES.sub(" ", unicodedata.normalize("NFC", _clean(text))).strip()
    return line if any(is_drawn(character) for character in line) else ""


def quoted(text: str) -> str:
    """Return a title or typed words in the quotation marks of the reader's language."""
    return gettext("“%(title)s”") % {"title": text}


def noted(text: object, note: object) -> str:
    """Add a note in the parentheses of the reader's language: "Mika (mika@example.org)"."""
    return gettext("{text} ({note})").format(text=text, note=note)


def noted_html(text: object, note: object) -> SafeString:
    """Add a note to HTML; what is not marked as safe is escaped."""
    return format_html(gettext("{text} ({note})"), text=text, note=note)


def clean_lines(text: str) -> str:
    """Clean text of many lines, like Markdown, where spaces and line breaks mean something."""
    return "\n".join(unicodedata.normalize("NFC", _clean(line)) for line in text.splitlines())


def clean_id(text: str) -> str:
    """Return an id without unseen signs and spaces around it; no letter is changed."""
    return _without_invisible(text).strip()


def clean_account_name(text: str) -> str:
    """Return the name of an account in NFKC, as it is stored and compared.

    Only what is never part of a name is taken out: the form refuses other odd signs in words.
    """
    return unicodedata.normalize("NFKC", clean_line(text)).strip()


def account_key(name: str) -> str:
    """Return the same key for all spellings that may mean one account, in upper case or wide."""
    folded = unicodedata.normalize("NFKC", clean_account_name(name)).casefold()
    return unicodedata.normalize("NFKC", folded)


def clean_address(text: str) -> str:
    """Return an e-mail address in the form in which mail servers are asked for it.

    Invisible signs are dropped, wide letters become plain, and the host is in lower case. What is
    no address stays as it is, for a validator to refuse.
    """
    address = unicodedata.normalize("NFKC", SPACES.sub(" ", _without_invisible(text))).strip()
    name, at, host = address.rpartition("@")
    return f"{name}{at}{_plain_host(host)}" if at else address


def address_key(address: str) -> str:
    """Return the same key for all spellings of an address that reach one mailbox."""
    return clean_address(address).casefold()


def is_drawn(character: str) -> bool:
    return unicodedata.category(character) not in UNDRAWN and character not in BLANK


def _clean(text: str) -> str:
    seen = TAGS.sub(lambda found: found[1] or "", UNSEEN.sub("", text))
    return _without_heaps(_balanced(seen) if TURNERS.intersection(seen) else seen)


def _without_invisible(text: str) -> str:
    """Drop every sign of format and control: ids and addresses are not written with them."""
    cleaned = UNSEEN.sub("", text)
    return _without_heaps("".join(c for c in cleaned if unicodedata.category(c) != "Cf"))


def _without_heaps(text: str) -> str:
    """Drop marks that no letter has so many of.

    Python sorts the marks of a letter when it normalizes. The time grows with their square.
    """
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _plain_host(host: str) -> str:
    """Return the host in small ASCII letters: `xn--mnchen-3ya.de` for `münchen.de`."""
    if len(host) > MAX_HOST:
        return host
    try:
        return mail_address.plain_host(host).lower()
    except ValueError:  # `UnicodeError` is one
        return host


# --- Signs that turn text around -----------------------------------------------------------------


def _balanced(text: str) -> str:
    """Keep isolates and embeddings that end in the text; drop the others and all overrides."""
    kept = {place for pair in _pairs(text) for place in pair}
    return "".join(c for place, c in enumerate(text) if c not in TURNERS or place in kept)


def _pairs(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each isolate and embedding begins and ends, inner ones first.

    The end of an isolate ends what was opened inside of it and is still open.
    """
    opened: list[int] = []
    isolates = 0  # that are open: counted, because a look through all would take long
    for place, character in enumerate(text):
        if character in TURNERS and character not in (END_OF_ISOLATE, END_OF_EMBEDDING):
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
