"""Contacts: of an event, or of the site where an event has none."""

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from urllib.parse import quote

from django.conf import settings

from . import mail_address, text

EXAMPLES = "Mika <mika@example.org>, mika@example.org, https://example.org/contact"

#: A name of any kind, then an address; only the last word can be one.
PARTS = re.compile(r"(?P<name>.*?)[\s,:]*(?:^|\s|(?=<))[<(]?(?P<address>[^\s<>()]+)[>)]?")
LINK = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?(?:/[!-~]*)?", re.I)
NEVER_IN_LINKS = frozenset("\"'<>\\^`{|}")
#: Control characters, lone surrogates and line breaks; and signs that turn the text around them.
UNWANTED = frozenset({"Cc", "Cs", "Zl", "Zp"})
TEXT_TURNERS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Contact:
    """An e-mail address or an https link, and the name of who is there, or an empty string."""

    name: str
    address: str

    def __str__(self) -> str:
        return text.noted(self.name, self.address) if self.name else self.address

    @property
    def is_mail(self) -> bool:
        return not LINK.fullmatch(self.address)

    @property
    def link(self) -> str:
        """The target of a link: the page, or `mailto:`."""
        if not self.is_mail:
            return self.address
        return f"mailto:{quote(mail_address.for_mail(self.address), safe='@')}"

    @property
    def reply_to(self) -> str:
        """The value of a Reply-To header; empty if the contact is a page."""
        return formataddr((self.name, mail_address.for_mail(self.address))) if self.is_mail else ""


def read(typed: str) -> Contact:
    """Read a contact like those of `EXAMPLES`. Raises `ValueError`."""
    line = typed.strip()
    found = PARTS.fullmatch(line)
    if not found or any(_is_unwanted(character) for character in line):
        raise ValueError("no contact")
    return Contact(found["name"].strip(" \"'"), _address(found["address"]))


def site_contact() -> Contact:
    """Return the contact of the site; where none is set, the address that its mails come from."""
    if settings.SITE_CONTACT:
        return read(settings.SITE_CONTACT)
    return Contact(*parseaddr(settings.DEFAULT_FROM_EMAIL))


def contact_of(typed: str) -> Contact:
    """Return the contact that an event names, or the site's if it names none that can be read."""
    with suppress(ValueError):
        return read(typed)
    return site_contact()


def _address(typed: str) -> str:
    if LINK.fullmatch(typed) and not NEVER_IN_LINKS & set(typed):
        return typed
    return mail_address.read(typed)


def _is_unwanted(character: str) -> bool:
    return unicodedata.category(character) in UNWANTED or character in TEXT_TURNERS
