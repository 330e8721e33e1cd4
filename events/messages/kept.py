"""Keep mails as files instead of sending them, for the demo, which shows them on a page."""

import re
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

#: Nanoseconds since 1970, with leading zeros, so that names sort by time; then chance.
NAME = re.compile(r"(\d{20})-[0-9a-f]{8}")


class EmailBackend(BaseEmailBackend):
    """Write each message to `SANDBOX_MAIL`, in a file of its own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns():020}-{uuid.uuid4().hex[:8]}"
            unfinished = folder / f"{name}.part"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(folder / f"{name}.eml")  # at once, so that nobody reads half of it
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail; `text` and `html` are "" if it has no such part. `files` are attached, by name."""

    name: str
    at: datetime
    subject: str
    to: str
    text: str = ""
    html: str = ""
    files: Mapping[str, bytes] = field(default_factory=dict)


def _folder() -> Path:
    if settings.SANDBOX_MAIL is None:
        raise ImproperlyConfigured("SANDBOX_MAIL names no folder: this site keeps no mails.")
    return settings.SANDBOX_MAIL


def names() -> list[str]:
    """Return the names of all mails, newest first."""
    found = (path.stem for path in _folder().glob("*.eml"))
    return sorted(filter(NAME.fullmatch, found), reverse=True)


def read(name: str) -> Kept:
    """Raises `FileNotFoundError`, also for what is no name of a mail."""
    match = NAME.fullmatch(name)
    if match is None:
        raise FileNotFoundError(name)
    content = (_folder() / f"{name}.eml").read_bytes()
    mail = message_from_bytes(content, policy=policy.default)
    return Kept(
        name=name,
        at=datetime.fromtimestamp(int(match[1]) / 1e9, UTC),
        subject=str(mail["Subject"] or ""),
        to=str(mail["To"] or ""),
        text=_part(mail, "plain"),
        html=_part(mail, "html"),
        files=dict(_files(mail)),
    )


def _files(mail: Parsed) -> Iterator[tuple[str, bytes]]:
    for part in mail.iter_attachments():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield part.get_filename() or "file", content


def _part(mail: Parsed, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
