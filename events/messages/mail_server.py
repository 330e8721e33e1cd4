"""The connection to the mail server, and what its errors say."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.core.mail import get_connection


@contextmanager
def connected() -> Iterator[Any]:
    server = get_connection()
    try:
        yield server
    finally:
        close(server)


def close(server: Any) -> None:
    with suppress(Exception):  # it may be gone already
        server.close()


def is_passing(error: Exception) -> bool:
    """Return whether the server did not take the message now, but may take it later.

    A broken connection says nothing: the message may have been taken, so it is not sent again.
    """
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _text in error.recipients.values())
    return isinstance(error, smtplib.SMTPResponseException) and 400 <= error.smtp_code < 500
