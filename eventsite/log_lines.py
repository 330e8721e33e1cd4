"""The two forms of a line of the log: for people, or JSON for a program that collects.

Both name the request. Neither has a secret or an e-mail address, wherever it came from: also in a
traceback, where a database may repeat a value.
"""

import json
import logging
import re
from datetime import UTC, datetime

from events.formatting.times import for_machines
from events.http.request_ids import current_id, id_of

from .logs import without_secret

#: Any sign of an e-mail address.
SIGN = r"[^\s@<>\"'()=,;:]"
#: It begins only where no sign is before it, and takes all signs before the `@` at once. Else a
#: long line without an address would be read again from each of its signs: visitors can send one.
ADDRESS = re.compile(rf"(?<!{SIGN}){SIGN}++@{SIGN}+\.{SIGN}+")


def cleaned(text: str) -> str:
    return ADDRESS.sub("…@…", str(without_secret(text)))


class LineFormatter(logging.Formatter):
    """`LEVEL logger: message request=<id>`, then the traceback if there is one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - Python's name
        line = super().formatMessage(record)
        request_id = _request_id(record)
        return f"{line} request={request_id}" if request_id else line

    def format(self, record: logging.LogRecord) -> str:
        return cleaned(super().format(record))


class JsonFormatter(logging.Formatter):
    """One object on one line. What happened has its kind and fields as members of their own."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC)
        told: dict[str, object] = {
            "time": for_machines(at),
            "level": record.levelname,
            "logger": record.name,
            "message": cleaned(record.getMessage()),
        }
        if request_id := _request_id(record):
            told["request_id"] = request_id
        if happened := getattr(record, "happened", ""):
            told |= {"happened": happened} | _plain(getattr(record, "fields", {}))
        if record.exc_info:
            told["traceback"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(told)


def _request_id(record: logging.LogRecord) -> str:
    """Return the id of the request that runs, or of the one that the line is about: Django writes
    of an answer when all of the site has returned.
    """
    return current_id() or id_of(getattr(record, "request", None))


def _plain(fields: dict[str, object]) -> dict[str, object]:
    return {k: cleaned(v) if isinstance(v, str) else v for k, v in fields.items()}
