"""Say which platform the site serves, and find accounts of the other one."""

from collections.abc import Iterator

from django.conf import settings
from django.db import connection

from events.accounts.other_platform import refusal_of_accounts

from .finding import Asked, Finding, ok, problem

PLATFORM = "platform"


def check_platform(_asked: Asked) -> Iterator[Finding]:
    if refusal := refusal_of_accounts(connection):
        sentence = f"{refusal.reason[0].upper()}{refusal.reason[1:]}."
        yield problem(PLATFORM, sentence, refusal.next_step)
    else:
        yield ok(PLATFORM, f"The site is for people of {settings.PLATFORM.name}.")
