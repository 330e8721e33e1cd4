"""Say which platform the site serves, and find accounts of the other one."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from events.accounts.other_platform import find_other_platform

from .finding import Asked, Finding, ok, problem

PLATFORM = "platform"


def check_platform(_asked: Asked) -> Iterator[Finding]:
    other = find_other_platform(connection)
    if other is None:
        yield ok(PLATFORM, f"The site is for people of {settings.PLATFORM.name}.")
        return
    text = f"The site is for {settings.PLATFORM.name}, but there are accounts of {other.label}."
    step = f"Set PLATFORM={other.value}, or DATABASE_URL to another database."
    yield problem(PLATFORM, text, step)
