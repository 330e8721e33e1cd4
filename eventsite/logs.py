"""Logging: standard error, and mail to ADMINS for errors of ours."""

import logging
import re
from http import HTTPStatus
from typing import Any

#: Another server failed, or the database is away: nothing here is broken.
OF_OTHERS = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
#: Balancers and watchers ask here every few seconds, and read why in the answer.
HEALTH = frozenset({"/livez", "/readyz", "/metrics"})
#: Of what a visitor sent, so much is repeated at most.
LONGEST_REPEATED = 300
#: What stands before a secret in an address: of an invitation to a place, the preview of a draft,
#: the choice of mails, the end of following, the confirmation or the refusal of an address.
BEFORE_SECRET = (
    *("/invitations/", "/preview/", "/mails/", "/following/stop/", "/confirm/", "/keep-address/"),
    *("?code=", "&code=", "?state=", "&state="),  # of a sign-in that comes back
)
#: The part of an address that is a secret. Behind these there are that of somebody's own calendar,
#: the link to a new password, and the key of a door. A door is opened in every spelling of its
#: address, so everything that looks like a key is left out, too.
SECRET = re.compile(
    "|".join(rf"(?<={re.escape(before)})[^/&\s]+" for before in BEFORE_SECRET)
    + r"|(?<=/calendar/)[^/\s]+(?=\.ics)|(?<=/password-reset/)[^/\s]+/[^/\s]+"
    r"|(?i:(?<=/door/)/*[^/\s]+|(?:(?<![a-z0-9])|(?<=%[0-9a-f]{2}))[a-z2-7]{32}(?![a-z0-9]))"
)


class CalmFilter(logging.Filter):
    """Turn what is answered on purpose into a warning of one line: no error, no traceback.

    Django logs a refused request with a traceback, and a foreign `Host` header as an error.
    Leave secret addresses out of every line, and out of the log what `/readyz` answers.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if is_about_health(record):
            return False
        is_security = record.name.startswith("django.security.")
        if is_security or (record.name == "django.request" and is_on_purpose(record)):
            record.levelno, record.levelname = logging.WARNING, "WARNING"
            record.exc_info = record.exc_text = None
        if isinstance(record.args, tuple):
            record.args = tuple(map(without_secret, record.args))
        if is_security:  # it repeats what the visitor sent
            record.msg, record.args = on_one_line(record.getMessage()), ()
        return True


def without_secret(value: object) -> object:
    return SECRET.sub("…", value) if isinstance(value, str) else value


def on_one_line(text: str) -> str:
    """Return the beginning in ASCII, with `...` where more was; the same if it is done again."""
    beginning = text[:LONGEST_REPEATED]
    is_plain = beginning.isascii() and beginning.isprintable()
    line = beginning if is_plain else ascii(beginning)[1:-1]
    is_whole = max(len(text), len(line)) <= LONGEST_REPEATED
    return line if is_whole else f"{line[:LONGEST_REPEATED]}..."


class ErrorsFilter(logging.Filter):
    """Pass what is still an error after the filter before."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno >= logging.ERROR


def is_about_health(record: logging.LogRecord) -> bool:
    path = getattr(getattr(record, "request", None), "path_info", "")
    is_asked = record.name == "django.request" and path.removesuffix("/") in HEALTH
    return is_asked and is_on_purpose(record)


def is_on_purpose(record: logging.LogRecord) -> bool:
    status = getattr(record, "status_code", 0)
    return HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR or (
        status in OF_OTHERS
    )


LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    # LOG_FORMAT chooses one of them.
    "formatters": {
        "line": {
            "()": "eventsite.log_lines.LineFormatter",
            "format": "{levelname} {name}: {message}",
            "style": "{",
        },
        "json": {"()": "eventsite.log_lines.JsonFormatter"},
    },
    "filters": {
        "not_debug": {"()": "django.utils.log.RequireDebugFalse"},
        "calm": {"()": "eventsite.logs.CalmFilter"},
        "errors": {"()": "eventsite.logs.ErrorsFilter"},
    },
    "handlers": {
        "standard_error": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["calm"],
        },
        "mail": {
            "class": "eventsite.reports.QueuedMailHandler",
            "level": "ERROR",
            "filters": ["calm", "errors", "not_debug"],
            "reporter_class": "eventsite.reports.TracebackReporter",
        },
    },
    "root": {"handlers": ["standard_error"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["mail"], "level": "INFO"},
        # The request lines of `runserver`. No mail: `django.request` reports errors already.
        "django.server": {"handlers": ["standard_error"], "propagate": False},
    },
}
