"""E-mail addresses as a header writes them: with names, with commas between them."""

import re
from email.utils import getaddresses

MAILBOX = re.compile(r"[^@\s<>\"(),:;]+@[^@\s<>\"(),:;]+")


def read(value: str) -> list[tuple[str, str]] | None:
    """Return the (name, address) pairs of a header's value; None if it is not made of such."""
    found = getaddresses([value]) if value else []
    are_whole = value.isprintable() and all(MAILBOX.fullmatch(address) for _, address in found)
    # The parser drops what stands between two addresses, and blanks inside of one.
    if not are_whole or any(address not in value for _, address in found):
        return None
    return [(called or address, address) for called, address in found]
