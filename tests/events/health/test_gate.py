"""Balancers and watchers get a word, and staff with the token the reasons."""

import threading
import time

import pytest
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from events.health import gate, watch
from events.health.reasons import Reason
from events.housekeeping import ROUND
from events.models import Job

TOKEN = "a-token-of-24-characters"
BEARER = {"authorization": f"Bearer {TOKEN}"}
ADDRESSES = ["/livez", "/readyz", "/metrics"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def token(settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    cache.clear()


def told(response: HttpResponse) -> tuple[int, str]:
    return response.status_code, response.content.decode()


def test_livez_asks_no_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert told(response) == (200, "alive\n")


@pytest.mark.parametrize("address", ADDRESSES)
def test_who_asks_by_number_and_over_http_gets_no_redirect_and_no_cookie(
    client: Client, settings: Settings, well: None, address: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    client.cookies["sessionid"] = "made-up"

    response = client.get(address, headers={"host": "10.0.0.7:8000", **BEARER})
    page = client.get("/", headers={"host": "testserver"})

    assert (response.status_code, dict(response.cookies)) == (200, {})
    assert response["Cache-Control"] == "no-store"
    assert page.status_code == 301  # the control: a page is led to https


@pytest.mark.parametrize("address", ADDRESSES)
def test_only_reading_is_answered(client: Client, address: str) -> None:
    assert told(client.post(address)) == (405, "wrong-method\n")
    assert client.head(address).content == b""


def test_ready_site_says_so(client: Client, well: None) -> None:
    assert told(client.get("/readyz")) == (200, "ready\n")
    assert told(client.get("/readyz?strict")) == (200, "ready\n")


def test_late_site_still_answers_pages_and_a_strict_question_says_503(client: Client) -> None:
    assert told(client.get("/readyz")) == (200, "late\n")
    assert told(client.get("/readyz?strict")) == (503, "late\n")


def test_site_that_cannot_serve_says_503(client: Client, settings: Settings, well: None) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "there_is_no_such_table",
        }
    }

    assert told(client.get("/readyz")) == (503, "unready\n")
    assert told(client.get("/readyz", headers=BEARER)) == (503, "unready\ncache-away\n")


def test_reasons_are_for_who_has_the_token(client: Client) -> None:
    assert told(client.get("/readyz", headers=BEARER)) == (200, "late\nhousekeeping-late\n")
    assert told(client.get("/readyz")) == (200, "late\n")
    wrong = client.get("/readyz", headers={"authorization": f"Bearer {TOKEN}x"})
    assert told(wrong) == (401, "wrong-token\n")


def test_without_the_setting_nobody_gets_reasons_or_metrics(
    client: Client, settings: Settings
) -> None:
    settings.METRICS_TOKEN = ""

    empty = client.get("/readyz", headers={"authorization": "Bearer "})
    assert told(empty) == (401, "wrong-token\n")
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_metrics_are_for_who_has_the_token(client: Client, well: None) -> None:
    assert told(client.get("/metrics")) == (401, "token-needed\n")
    response = client.get("/metrics", headers=BEARER)
    assert (response.status_code, response["Content-Type"]) == (
        200,
        "text/plain; version=0.0.4; charset=utf-8",
    )


def test_many_wrong_tokens_are_refused_for_a_while_and_a_right_one_never(
    client: Client, well: None
) -> None:
    wrong = [
        client.get("/metrics", headers={"authorization": "Bearer guess"}).status_code
        for _ in range(gate.WRONG_TOKENS.times + 2)
    ]

    assert wrong == [401] * gate.WRONG_TOKENS.times + [429] * 2
    assert client.get("/metrics", headers=BEARER).status_code == 200


def test_answer_counts_for_a_second(client: Client) -> None:
    first = client.get("/readyz").content
    Job.objects.create(name=ROUND, ended_at=timezone.now())
    same = client.get("/readyz").content
    watch.watch.forget()

    assert [first, same, client.get("/readyz").content] == [b"late\n", b"late\n", b"ready\n"]


def test_database_that_never_answers_is_away_in_time_and_asked_by_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A server that hangs cannot be had here, so the question to it is one that hangs."""
    mended, asked = threading.Event(), []

    def hang(_now: object) -> tuple[Reason, ...]:
        asked.append(1)
        mended.wait(60)
        connection.close()
        return ()

    monkeypatch.setattr(watch, "find_reasons", hang)
    monkeypatch.setattr(watch, "ANSWER_SECONDS", 0.2)
    own, began = watch.Watch(), time.perf_counter()

    found = []
    for _ in range(5):
        found.append(own.reasons())
        own.forget()
    seconds = time.perf_counter() - began
    mended.set()
    deadline = time.monotonic() + 60
    while own.reasons() and time.monotonic() < deadline:
        own.forget()

    assert found == [(Reason.DATABASE_AWAY,)] * 5
    assert seconds < 10
    assert own.reasons() == ()
    assert len(asked) == 2  # the one that hung, and one after it


def test_other_addresses_go_on_to_the_site() -> None:
    def site(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("site")

    request = HttpRequest()
    request.method, request.path_info = "GET", "/livezz"

    assert gate.HealthMiddleware(site)(request).content == b"site"
