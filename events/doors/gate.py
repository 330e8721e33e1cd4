"""The address of the door: what worlds ask and note over HTTP, each answered with one plain line.

It is a middleware and no view, before all that do more than name and count requests. The others
would redirect a slash or `http`, refuse the name of a host, start a session or show a page, and a
node in a world reads only the status and a text. For the same reason nothing here raises: a fault
of ours is a line, too.
"""

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from http import HTTPStatus
from zlib import crc32

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.log import log_response

from events import happened
from events.http import errors
from events.http.addresses import client_network
from events.http.limits import MINUTE, Limit

from . import address, attendance, expected, words
from .address import Kind, Question
from .ask import ask
from .find_key import FoundKey, find_keys, note_use

logger = logging.getLogger(__name__)

#: Bytes of a body that are read, so that the server need not cut the connection. None is looked at.
MOST_OF_BODY = 8_192
#: Networks are counted in so many counters, so that strangers cannot fill the cache with them. Two
#: that share one lose nothing: a right key is never counted, and always works.
COUNTERS = 64
TEXT, JSON = "text/plain; charset=utf-8", "application/json"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def counter_of(request: HttpRequest) -> str:
    return str(crc32(client_network(request).encode(errors="replace")) % COUNTERS)


WRONG_KEYS = Limit(30, MINUTE, counter_of, scope="door")
#: The log has one line for many wrong keys.
LINES_OF_LOG = Limit(1, MINUTE, counter_of, scope="door-log")


class Reply(HttpResponse):
    """An answer in plain text, after which the use of the key is noted."""

    def __init__(
        self,
        content: str,
        *,
        status: int = HTTPStatus.OK,
        content_type: str = TEXT,
        used: tuple[FoundKey, datetime] | None = None,
        **headers: str,
    ) -> None:
        sent = content.encode()
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        headers |= HEADERS | {"Content-Type": content_type, "Content-Length": str(len(sent))}
        super().__init__(sent, status=status, headers=headers)
        self.used = used
        self.code = "done" if used else ""

    def close(self) -> None:
        """Note the use once everything was sent, so that no world waits for it.

        A fault of that is a line of the log: the world has its answer, and the server has to end
        the request as always.
        """
        try:
            if self.used is not None:
                note_use(*self.used)
        except Exception as error:  # noqa: BLE001 - of the database, or of any client of a cache
            logger.warning("Door: the use of a key was not noted: %s", type(error).__name__)
        finally:
            super().close()


class DoorMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        question = address.read(request.path_info)
        return self.get_response(request) if question is None else reply(request, question)


def reply(request: HttpRequest, question: Question) -> HttpResponse:
    try:
        response = _reply(request, question, timezone.now())
    except Exception as error:  # noqa: BLE001 - a world cannot read a page about it
        response = _failed(error)
    _note(question, response)
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        # Or else Django writes a line with the path, in which the key is.
        log_response(
            "Door: status=%s", response.status_code, response=response, logger=logger, level="debug"
        )
    if request.method == "HEAD":
        response.content = b""
    return response


def _note(question: Question, response: Reply) -> None:
    """Count every answer. The log has a line only for good keys: strangers could fill it."""
    happened.count(happened.DOOR, f"{question.kind.value} {response.code or response.status_code}")
    if response.used is not None:
        key, _now = response.used
        happened.note_at_once(
            happened.Kind.DOOR,
            key=key.pk,
            event=key.bookable.event.pk,
            question=question.kind.value,
            answer=response.code,
        )


def _reply(request: HttpRequest, question: Question, now: datetime) -> Reply:
    if request.method not in question.methods:
        allowed = ", ".join(question.methods)
        return Reply(words.WRONG_METHOD, status=HTTPStatus.METHOD_NOT_ALLOWED, Allow=allowed)
    if request.method == "POST":
        _read_past_body(request)
    keys = find_keys(question.secret, now)
    if not keys:
        return _unknown_key(request)
    key = keys[0]
    if question.kind is Kind.LIST_TXT:
        return Reply(expected.as_text(key.bookable, now), used=(key, now))
    if question.kind is Kind.LIST_JSON:
        listed = expected.as_json(key.bookable, now)
        return Reply(listed, content_type=JSON, used=(key, now))
    if question.kind is not Kind.PERSON:
        keys = [each for each in keys if each.may_check_in]
    if not keys:
        return Reply(words.READ_ONLY_KEY, status=HTTPStatus.FORBIDDEN)
    line, key = _line(keys, question, now)
    return _in_form(request, line, key, now)


def _line(keys: list[FoundKey], question: Question, now: datetime) -> tuple[str, FoundKey]:
    """Return the line, and the key of the event that says it."""
    if question.kind is Kind.OUT:
        return attendance.go_out(question.secret, keys, question.neos_id, now), keys[0]
    asked = ask(keys, question.neos_id, now)
    if question.kind is Kind.IN:
        return attendance.come_in(asked, now), asked.key
    return words.line_of(asked.answer), asked.key


def _in_form(request: HttpRequest, line: str, key: FoundKey, now: datetime) -> Reply:
    """Answer in the form that the query asks for: one word, or the status, or both."""
    asked = str(request.META.get("QUERY_STRING", "")).split("&")
    is_refused = "status=1" in asked and words.is_denied(line)
    text = words.in_one_word(line) if "format=word" in asked else line
    status = HTTPStatus.FORBIDDEN if is_refused else HTTPStatus.OK
    response = Reply(text, status=status, used=(key, now))
    response.code = words.code_of(line)
    return response


def _unknown_key(request: HttpRequest) -> Reply:
    """Refuse a wrong key, a revoked and an expired one alike; many of one network for a while."""
    seconds = _count_wrong_key(request)
    if not seconds:
        return Reply(words.UNKNOWN_KEY, status=HTTPStatus.NOT_FOUND)
    return Reply(
        words.too_many_tries(seconds),
        status=HTTPStatus.TOO_MANY_REQUESTS,
        Retry_After=str(seconds),
    )


def _count_wrong_key(request: HttpRequest) -> int:
    """Return 0, or the seconds to wait if it is one too many.

    Without the cache none is counted: nobody guesses 160 bits, and a wrong key is no fault of ours.
    """
    try:
        seconds = WRONG_KEYS.count("door", request)
        if seconds and not LINES_OF_LOG.count("door", request):
            logger.warning("Door: more than %s wrong keys in a minute", WRONG_KEYS.times)
    except Exception as error:  # noqa: BLE001 - a client of a cache may raise anything
        logger.warning("Door: wrong keys are not counted: %s", type(error).__name__)
        return 0
    return seconds


def _read_past_body(request: HttpRequest) -> None:
    """Take a short body off the connection. Closing it with one unread may lose the answer."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isascii() and length.isdigit() and len(length) < 6 and int(length) <= MOST_OF_BODY:
        with suppress(OSError):
            request.read(int(length))


def _failed(error: Exception) -> Reply:
    """Return 503 if the database is away or busy. Everything else is a fault of ours."""
    if errors.is_database_away(error):
        errors.replace_broken_connections()
        logger.warning("Door: database unavailable: code=%s", errors.code_of(error))
        wait = str(errors.RETRY_AFTER_SECONDS)
        status = HTTPStatus.SERVICE_UNAVAILABLE
        return Reply(words.TRY_AGAIN, status=status, Retry_After=wait)
    response = Reply(words.TRY_AGAIN, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    # By Django's logger, which mails it to ADMINS; without the request, whose path has the key.
    log_response("Door: %s", type(error).__name__, response=response, exception=error)
    return response
