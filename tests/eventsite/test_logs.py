"""Some answers are a warning, others an error that is mailed."""

import logging
import socket
import threading
import time
from contextlib import closing
from typing import Any

import pytest
from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.core.mail import EmailMessage
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from eventsite import urls
from eventsite.reports import QueuedMailHandler
from tests.error_mail import wait_for_error_mail

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.urls(__name__)]

ERRORS: dict[str, Exception] = {
    "bad": BadRequest("bad"),
    "forbidden": PermissionDenied("no"),
    "suspicious": SuspiciousOperation("odd\nERROR forged"),
    "away": OperationalError("secret"),
    "bug": ValueError("a bug"),
}


def break_down(_request: HttpRequest, name: str) -> HttpResponse:
    raise ERRORS[name]


def answer(_request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(status=status)


urlpatterns = [
    path("break/<str:name>/", break_down),
    path("calendar/<str:name>.ics", break_down),
    path("invitations/<str:name>/", break_down),
    path("preview/<str:name>/", break_down),
    path("answer/<int:status>/", answer),
    *urls.urlpatterns,  # for the links of the pages
]
handler400 = "events.http.errors.bad_request"
handler403 = "events.http.errors.permission_denied"
handler500 = "events.http.errors.server_error"


@pytest.fixture
def visitor(client: Client, settings: Settings) -> Client:
    wait_for_error_mail()  # what an earlier test has mailed is written down there, and not here
    settings.ADMINS = [("Staff", "staff@example.org")]
    client.raise_request_exception = False
    return client


def seen(capfd: pytest.CaptureFixture[str]) -> list[str]:
    """The lines on standard error, as an operator reads them."""
    return capfd.readouterr().err.splitlines()


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/break/bad/", 400, "/break/bad/"),
        ("/break/forbidden/", 403, "/break/forbidden/"),
        ("/break/suspicious/", 400, "odd\\nERROR forged"),
        ("/break/away/", 503, "Database unavailable: code=OperationalError"),
        ("/answer/404/", 404, "/answer/404/"),
        ("/answer/429/", 429, "/answer/429/"),
        ("/answer/502/", 502, "/answer/502/"),
        ("/answer/503/", 503, "/answer/503/"),
        ("/answer/504/", 504, "/answer/504/"),
    ],
)
def test_what_is_answered_on_purpose_is_one_warning_without_mail_s2(
    visitor: Client,
    capfd: pytest.CaptureFixture[str],
    mailoutbox: list[EmailMessage],
    address: str,
    status: int,
    words: str,
) -> None:
    with stream_of_now():
        assert visitor.get(address).status_code == status
    wait_for_error_mail()
    (line,) = seen(capfd)
    assert (line.startswith("WARNING "), words in line) == (True, True)
    assert mailoutbox == []


def test_foreign_host_is_one_warning_without_mail_s2(
    visitor: Client, capfd: pytest.CaptureFixture[str], mailoutbox: list[EmailMessage]
) -> None:
    with stream_of_now():
        assert visitor.get("/answer/200/", HTTP_HOST="evil.test\\x").status_code == 400
    wait_for_error_mail()
    (line,) = seen(capfd)
    assert line.startswith("WARNING django.security.DisallowedHost: ")
    assert mailoutbox == []


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "\xff" * 8_000},
        {"host": "events.example.org", "origin": "https://" + "\xff" * 8_000},
    ],
    ids=["host", "origin"],
)
def test_line_repeats_only_the_beginning_of_what_a_visitor_sent(
    settings: Settings, capfd: pytest.CaptureFixture[str], headers: dict[str, str]
) -> None:
    settings.ALLOWED_HOSTS = ["events.example.org"]
    visitor = Client(enforce_csrf_checks=True)

    with stream_of_now():
        visitor.post("/language/", headers=headers)

    (line,) = [line for line in seen(capfd) if "django.security" in line]
    message = line.partition(": ")[2].partition(" request=")[0]
    assert (len(message), message[-3:], message.count("\\xff") > 50) == (303, "...", True)


@pytest.mark.parametrize("address", ["/break/bug/", "/answer/500/"])
def test_bug_is_an_error_and_mailed_s2(
    visitor: Client,
    capfd: pytest.CaptureFixture[str],
    mailoutbox: list[EmailMessage],
    address: str,
) -> None:
    with stream_of_now():
        assert visitor.get(address).status_code == 500
    wait_for_error_mail()
    assert seen(capfd)[0].startswith("ERROR django.request: Internal Server Error")
    assert [mail.to for mail in mailoutbox] == [["staff@example.org"]]


@pytest.mark.parametrize(("name", "status"), [("bug", 500), ("away", 503), ("forbidden", 403)])
def test_secret_address_of_a_calendar_is_written_nowhere(
    visitor: Client,
    capfd: pytest.CaptureFixture[str],
    mailoutbox: list[EmailMessage],
    name: str,
    status: int,
) -> None:
    with stream_of_now():
        assert visitor.get(f"/calendar/{name}.ics").status_code == status
    wait_for_error_mail()
    written = "\n".join(seen(capfd))
    assert "/calendar/….ics" in written
    mailed = [f"{mail.subject}\n{mail.body}" for mail in mailoutbox]
    assert len(mailed) == (status == 500)
    assert [text for text in (written, *mailed) if f"/calendar/{name}" in text] == []


@pytest.mark.parametrize(("name", "status"), [("bug", 500), ("away", 503), ("forbidden", 403)])
def test_secret_address_of_an_invitation_is_written_nowhere(
    visitor: Client,
    capfd: pytest.CaptureFixture[str],
    mailoutbox: list[EmailMessage],
    name: str,
    status: int,
) -> None:
    with stream_of_now():
        assert visitor.get(f"/invitations/{name}/").status_code == status
    wait_for_error_mail()
    written = "\n".join(seen(capfd))
    assert "/invitations/…" in written
    mailed = [f"{mail.subject}\n{mail.body}" for mail in mailoutbox]
    assert len(mailed) == (status == 500)
    assert [text for text in (written, *mailed) if f"/invitations/{name}" in text] == []


@pytest.mark.parametrize(("name", "status"), [("bug", 500), ("away", 503), ("forbidden", 403)])
def test_secret_address_of_a_preview_is_written_nowhere(
    visitor: Client,
    capfd: pytest.CaptureFixture[str],
    mailoutbox: list[EmailMessage],
    name: str,
    status: int,
) -> None:
    with stream_of_now():
        assert visitor.get(f"/preview/{name}/").status_code == status
    wait_for_error_mail()
    written = "\n".join(seen(capfd))
    assert "/preview/…" in written
    mailed = [f"{mail.subject}\n{mail.body}" for mail in mailoutbox]
    assert len(mailed) == (status == 500)
    assert [text for text in (written, *mailed) if f"/preview/{name}" in text] == []


class stream_of_now:  # noqa: N801 - used like a function
    """Let the handler write to the stream that pytest captures in this test."""

    def __enter__(self) -> None:
        import sys

        handlers = logging.getLogger().handlers
        (self.handler,) = [h for h in handlers if h.name == "standard_error"]
        self.before = self.handler.setStream(sys.stderr)  # type: ignore[attr-defined]

    def __exit__(self, *_error: object) -> None:
        self.handler.setStream(self.before)  # type: ignore[attr-defined]


# --- A mail server that hangs ------------------------------------------------------------------


def record(number: int = 0) -> logging.LogRecord:
    return logging.LogRecord("x", logging.ERROR, "x.py", 1, "Error %d", (number,), None)


def test_silent_mail_server_holds_no_page_s2(settings: Settings) -> None:
    """A real listener: it accepts, and says nothing for as long as the test lasts.

    A page that waited for it would wait for a minute; a busy machine needs seconds at most.
    """
    settings.ADMINS = [("Staff", "staff@example.org")]
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = listener.getsockname()[:2]
        settings.EMAIL_TIMEOUT = 60
        handler = QueuedMailHandler(reporter_class="eventsite.reports.TracebackReporter")
        started = time.monotonic()
        for number in range(50):
            handler.handle(record(number))
        assert time.monotonic() - started < 30
        assert 1 <= handler._queue.qsize() <= handler.WAITING
        drain(handler)


def drain(handler: QueuedMailHandler) -> None:
    """Let the thread have nothing more to do than the mail that it is at."""
    while handler._queue.qsize():
        handler._queue.get_nowait()
        handler._queue.task_done()


def test_mails_of_one_hour_are_bounded_and_the_next_says_so_s2(
    settings: Settings, mailoutbox: list[EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ADMINS = [("Staff", "staff@example.org")]
    now = [1000.0]
    monkeypatch.setattr("eventsite.reports.monotonic", lambda: now[0])
    handler = QueuedMailHandler(reporter_class="eventsite.reports.TracebackReporter")
    for number in range(handler.PER_HOUR + 7):
        handler.handle(record(number))
        handler.flush()
    assert len(mailoutbox) == handler.PER_HOUR
    now[0] += 3600
    handler.handle(record())
    handler.flush()
    assert "7 more errors were not mailed" in mailoutbox[-1].body


def test_mail_that_cannot_be_sent_stops_no_later_one_s2(
    settings: Settings, mailoutbox: list[EmailMessage]
) -> None:
    settings.ADMINS = [("Staff", "staff@example.org")]
    handler = QueuedMailHandler(reporter_class="eventsite.reports.TracebackReporter")
    settings.EMAIL_BACKEND = "nothing.Like.This"
    handler.handle(record(1))
    handler.flush()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    handler.handle(record(2))
    handler.flush()
    assert [mail.subject.partition("]")[2] for mail in mailoutbox] == [" ERROR: Error 2"]


def test_nobody_to_mail_makes_no_report_and_no_thread_s2(settings: Settings) -> None:
    settings.ADMINS = []
    before: Any = threading.active_count()
    QueuedMailHandler().handle(record())
    assert threading.active_count() == before
