"""The pages that only a demo has: the mails that it keeps."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import override_settings

from events.messages import kept
from eventsite.database import folder_beside

from .state import State

HTML = '<!doctype html><html lang="en"><head><title>x</title></head><body><p>In.</p></body></html>'


def folder_of_mails() -> Path:
    """Return where a demo on this database keeps them."""
    return folder_beside(connection.settings_dict, "mail")


@contextmanager
def mails_of_one_test() -> Iterator[Path]:
    """Return the folder, empty: tests of one process share it with their database."""
    folder = folder_of_mails()
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def no_mails_left() -> Iterator[None]:
    """Take away the mails that were kept meanwhile; a demo of somebody's may have others there."""
    folder = folder_of_mails()
    earlier = {*folder.glob("*")}
    yield
    for path in {*folder.glob("*")} - earlier:
        path.unlink()
    with suppress(OSError):  # it is not there, or not empty
        folder.rmdir()


def of_mails() -> Iterator[State]:
    with override_settings(
        EMAIL_BACKEND="events.messages.kept.EmailBackend", SANDBOX_MAIL=folder_of_mails()
    ):
        both, plain = _send("You are in", HTML), _send("Only text")
    yield State("mails", "/sandbox/mail/", "Nothing leaves this machine", is_demo=True)
    yield State("mail", both, "All mails of this demo", is_demo=True)
    yield State("mail-text", plain, "Come in", is_demo=True)


def _send(subject: str, html: str = "") -> str:
    """Keep a mail; return the address of its page."""
    sender, to = settings.DEFAULT_FROM_EMAIL, ["wren@example.org"]
    mail = EmailMultiAlternatives(subject, "Come in: http://localhost/", sender, to)
    if html:
        mail.attach_alternative(html, "text/html")
    mail.send()
    return f"/sandbox/mail/{kept.names()[0]}/"
