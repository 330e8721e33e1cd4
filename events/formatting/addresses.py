"""Make the last part of a web address from a title in any script."""

from collections.abc import Container
from itertools import count

from anyascii import anyascii
from django.utils.text import slugify

MAX_LENGTH = 80  # of the columns
ROOM = 6  # for a number behind it


def address_of(title: str, *, otherwise: str) -> str:
    """Return ASCII letters, digits and hyphens; `otherwise` if nothing of the title can be read.

    Letters of other scripts become Latin ones, and an emoji its English name.
    """
    made = slugify(anyascii(title).replace("_", " "))
    return made[: MAX_LENGTH - ROOM].strip("-") or otherwise


def start_of(address: str) -> str:
    """Return the part that all addresses begin with that `numbered` may make of it."""
    return address[: MAX_LENGTH - ROOM].rstrip("-")


def numbered(address: str, taken: Container[str]) -> str:
    """Return the address, or if it is taken the first free one with a number behind it."""
    if address not in taken:
        return address
    numbers = (f"{start_of(address)}-{n}" for n in count(2))
    return next(each for each in numbers if each not in taken)
