"""Words that a site of Resonite says nowhere, in English or in Japanese."""

import re

#: Its name also in addresses (`neosrec:`), its visual language, and how support is called there.
WORDS = re.compile(r"neos|logix|patron|pledge|tick Patreon|パトロン|支援者", re.IGNORECASE)


def words_of_neos(text: str) -> list[str]:
    """Return those in the text, with what stands around them."""
    found = WORDS.finditer(text)
    return [text[max(0, each.start() - 40) : each.end() + 40].strip() for each in found]
