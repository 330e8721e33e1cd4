"""Fold text for a search: spellings that people do not tell apart become one.

Case, accents, wide and half-width forms go, and katakana becomes hiragana. The voicing marks of
kana stay, because が is another letter than か. So a search needs no more than a comparison.
"""

import unicodedata

#: The canonical combining class of the kana voicing marks.
VOICING = 8
#: Letters with a stroke, and pairs in one letter, which Unicode does not take apart.
DOTLESS_I = "\N{LATIN SMALL LETTER DOTLESS I}"
PLAIN = str.maketrans("øłđðħ" + DOTLESS_I, "olddhi") | {
    ord("þ"): "th",
    ord("æ"): "ae",
    ord("œ"): "oe",
}
HIRAGANA = {code: code - 0x60 for code in (*range(0x30A1, 0x30F7), 0x30FD, 0x30FE)}
#: Choose how a character is drawn; nobody types them.
SELECTORS = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))


def fold(text: str) -> str:
    """Return one line, with single spaces. Folding it again changes nothing."""
    if (
        text.isascii() and text.isprintable()
    ):  # most names: nothing to take apart, so four times faster
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    letters = "".join(character for character in apart if not _is_dropped(character))
    whole = unicodedata.normalize("NFC", letters.translate(PLAIN).translate(HIRAGANA))
    return " ".join(whole.split())


def words(text: str) -> list[str]:
    """Return the different folded words in their order."""
    return list(dict.fromkeys(fold(text).split()))


def _is_dropped(character: str) -> bool:
    mark = unicodedata.combining(character)
    is_unseen = unicodedata.category(character) in ("Cc", "Cf") and not character.isspace()
    return mark not in (0, VOICING) or is_unseen or character in SELECTORS
