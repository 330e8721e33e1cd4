"""Each request has an id, in its answer, in its lines of the log, and on error pages."""

import json
import logging
import re
from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from pytest_django import Settings

from events.http.request_ids import HEADER, current_id
from eventsite import urls
from eventsite.log_lines import JsonFormatter, LineFormatter
from eventsite.logs import CalmFilter

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]
MADE = re.compile(r"[0-9a-f]{32}")


def say_id(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(current_id())


def break_down(_request: HttpRequest) -> HttpResponse:
    raise ValueError("a bug")


def answer(_request: HttpRequest, status: int) -> HttpResponse:
    return HttpResponse(status=status)


urlpatterns = [
    path("id/", say_id),
    path("broken/", break_down),
    path("answer/<int:status>/", answer),
    *urls.urlpatterns,
]
handler500 = "events.http.errors.server_error"


def test_answer_has_the_id_that_the_code_sees_and_each_request_another(client: Client) -> None:
    first, second = client.get("/id/"), client.get("/id/")

    assert [answer.content.decode() for answer in (first, second)] == [
        first[HEADER],
        second[HEADER],
    ]
    assert first[HEADER] != second[HEADER]
    assert MADE.fullmatch(first[HEADER])
    assert current_id() == ""


@pytest.mark.parametrize("address", ["/door/x/U-wren", "/livez", "/nowhere/", "/static/nothing"])
def test_every_answer_has_an_id(client: Client, address: str) -> None:
    assert MADE.fullmatch(client.get(address)[HEADER])


@pytest.mark.parametrize(
    ("hops", "sent", "is_taken"),
    [
        (1, "0123456789abcdef", True),
        (0, "0123456789abcdef", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "forged line\nERROR", False),
    ],
)
def test_only_a_proxy_of_ours_may_give_the_id(
    client: Client, settings: Settings, hops: int, sent: str, *, is_taken: bool
) -> None:
    settings.TRUSTED_PROXY_HOPS = hops

    answer = client.get("/id/", headers={HEADER: sent})

    assert (answer[HEADER] == sent) is is_taken


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """Collect what Django writes of answers, as it stands in the log."""
    written: list[str] = []
    handler = logging.Handler()
    handler.addFilter(CalmFilter())
    handler.emit = lambda record: written.append(JsonFormatter().format(record))  # type: ignore[method-assign]
    logging.getLogger("django.request").addHandler(handler)
    yield written
    logging.getLogger("django.request").removeHandler(handler)


def test_error_page_names_the_id_that_the_log_has(client: Client, lines: list[str]) -> None:
    client.raise_request_exception = False

    page = client.get("/broken/")

    assert f"<code>{page[HEADER]}</code>" in page.content.decode()
    assert [json.loads(line)["request_id"] for line in lines] == [page[HEADER]]


def test_line_about_an_answer_has_the_id_of_its_request(client: Client, lines: list[str]) -> None:
    """Django writes it when the site has returned: another request may have begun by then."""
    page = client.get("/answer/404/")
    told = json.loads(lines[0])

    assert told["request_id"] == page[HEADER]
    assert told["message"] == "Not Found: /answer/404/"


def test_line_of_something_else_with_a_request_has_none() -> None:
    """`runserver` writes lines with a socket under that name."""
    record = logging.makeLogRecord({"name": "django.server", "msg": "told", "request": object()})

    assert "request_id" not in json.loads(JsonFormatter().format(record))


@pytest.mark.parametrize("address", ["/readyz?strict", "/readyz/?strict", "/metrics"])
def test_answer_to_a_watcher_leaves_no_line(
    client: Client, lines: list[str], settings: Settings, address: str
) -> None:
    settings.METRICS_TOKEN = "a-token-of-24-characters"

    assert client.get(address).status_code in {401, 503}
    assert lines == []


def test_line_for_people_names_it_too(client: Client) -> None:
    record = logging.makeLogRecord({"name": "x", "msg": "told", "levelname": "INFO"})
    form = LineFormatter("{levelname} {name}: {message}", style="{")

    assert form.format(record) == "INFO x: told"
