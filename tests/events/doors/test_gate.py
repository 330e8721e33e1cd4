"""A world hears one plain line at the door, whatever it sends and whatever breaks."""

import logging
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from events.doors import gate, keys
from events.doors.address import Question
from events.models import Block, Registration
from tests.events.doors.stage import AWAY, Heard, ask, call, failing, logged, make_key, plain
from tests.factories import NOON, make_attendee, make_event, make_role
from tests.lines import full_event, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


# --- Questions -----------------------------------------------------------------------------------


def test_person_is_let_in_and_a_stranger_is_not(ada: Registration, key: str) -> None:
    make_attendee(neos_id="U-stranger")
    asked = [ask(f"/door/{key}/{neos_id}") for neos_id in ("U-ada", "U-stranger", "U-nobody")]
    assert asked == [
        (200, "ALLOW guest"),
        (200, "DENY not-registered"),
        (200, "DENY not-registered"),
    ]


def test_answers_name_the_role_and_the_reason() -> None:
    event, (first, second, _third) = full_event(starts_at=NOON + 29 * MINUTE)
    make_role(event, first.attendee, kind="host", early_minutes=30, outside_capacity=False)
    Block.objects.create(neos_id=_third.attendee.neos_id, event=event, reason="why")
    key = make_key(event)
    said = [ask(f"/door/{key}/{one.attendee.neos_id}")[1] for one in (first, second, _third)]
    assert said == ["ALLOW host", "DENY waitlisted", "DENY banned"]


def test_seconds_until_the_door_opens_are_said(key: str, clock: time_machine.Traveller) -> None:
    event = make_event(starts_at=NOON + 29 * MINUTE)
    register(make_attendee(neos_id="U-bo"), event)
    key = make_key(event)
    assert ask(f"/door/{key}/U-bo") == (200, "DENY too-early 840")
    clock.shift(timedelta(seconds=840))
    assert ask(f"/door/{key}/U-bo") == (200, "ALLOW guest")


@pytest.mark.parametrize(
    ("query", "let_in", "refused"),
    [
        ("", (200, "ALLOW guest"), (200, "DENY not-registered")),
        ("format=word", (200, "yes"), (200, "no")),
        ("status=1", (200, "ALLOW guest"), (403, "DENY not-registered")),
        ("format=word&status=1", (200, "yes"), (403, "no")),
        ("x=1&status=1&format=word", (200, "yes"), (403, "no")),
        ("format=other&status=2", (200, "ALLOW guest"), (200, "DENY not-registered")),
        (
            "&".join(f"x{n}" for n in range(9_000)),
            (200, "ALLOW guest"),
            (200, "DENY not-registered"),
        ),
    ],
)
def test_query_asks_for_a_word_or_a_status(
    ada: Registration, key: str, query: str, let_in: object, refused: object
) -> None:
    asked = [ask(f"/door/{key}/{neos_id}?{query}") for neos_id in ("U-ada", "U-nobody")]
    assert asked == [let_in, refused]


def test_answer_has_these_headers_and_no_others(ada: Registration, key: str) -> None:
    heard = [call(f"/door/{key}/{neos_id}") for neos_id in ("U-ada", "U-nobody")]
    assert heard == [
        Heard(200, plain("ALLOW guest"), b"ALLOW guest"),
        Heard(200, plain("DENY not-registered"), b"DENY not-registered"),
    ]


def test_unknown_key_is_404_in_plain_text(ada: Registration, key: str) -> None:
    paths = ["/door", "/door/", "/door/x/U-ada", f"/door/{keys.new_secret()}/U-ada"]
    line = "DENY unknown-key"
    assert [call(path) for path in paths] == [Heard(404, plain(line), line.encode())] * 4


def test_head_has_the_headers_of_get_and_no_body(ada: Registration, key: str) -> None:
    for path in (f"/door/{key}/U-ada", f"/door/{key}/list.txt", "/door/x/"):
        get, head = call(path), call(path, "HEAD")
        assert (head.status, head.headers, head.body) == (get.status, get.headers, b"")


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        *[(m, "U-ada", "GET, HEAD") for m in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "X")],
        ("POST", "list.txt", "GET, HEAD"),
        *[(m, "U-ada/in", "POST") for m in ("GET", "HEAD", "PUT", "OPTIONS")],
    ],
)
def test_other_methods_are_405_with_those_that_work(
    ada: Registration, key: str, method: str, path: str, allow: str
) -> None:
    heard = call(f"/door/{key}/{path}", method)
    line = "DENY wrong-method"
    body = b"" if method == "HEAD" else line.encode()
    assert heard == Heard(405, plain(line) | {"Allow": allow}, body)


# --- Spellings, hosts, browsers ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spelled", "environ"),
    [
        ("/door/{key}/U-ada/", {}),
        ("//door///{key}//U-ada", {}),
        ("/DOOR/{KEY}/u-ADA", {}),
        ("/door/{key}/U-ada", {"HTTP_HOST": "other.example"}),
        ("/door/{key}/U-ada", {"HTTP_HOST": "two hosts"}),
        ("/door/{key}/U-ada", {"HTTP_HOST": ""}),
        ("/door/{key}/U-ada", {"HTTP_X_FORWARDED_PROTO": "http"}),
        ("/door/{key}/U-ada", {"HTTP_ACCEPT_LANGUAGE": "ja", "HTTP_ACCEPT": "application/json"}),
        ("/door/{key}/U-ada", {"HTTP_ORIGIN": "https://evil.example"}),
        ("/door/{key}/U-ada", {"HTTP_ACCEPT_ENCODING": "gzip, br"}),
        ("/door/{key}/U-ada", {"HTTP_IF_NONE_MATCH": "*"}),
        ("/door/{key}/U-ada", {"HTTP_RANGE": "bytes=0-1"}),
    ],
)
@pytest.mark.parametrize("is_https", [True, False])
def test_no_spelling_or_header_changes_the_answer(
    settings: Settings,
    ada: Registration,
    key: str,
    spelled: str,
    environ: dict[str, str],
    is_https: object,
) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = is_https, ["localhost"]
    settings.SECURE_HSTS_SECONDS = 1_000
    heard = call(spelled.format(key=key, KEY=key.upper()), **environ)
    assert heard == Heard(200, plain("ALLOW guest"), b"ALLOW guest")


def test_before_the_door_requests_are_only_named_and_counted(settings: Settings) -> None:
    assert settings.MIDDLEWARE[:4] == [
        "events.http.request_ids.RequestIdMiddleware",
        "events.health.gate.HealthMiddleware",
        "events.http.measured.MeasuredMiddleware",
        "events.doors.gate.DoorMiddleware",
    ]


def test_control_behind_the_others_a_world_is_led_away(
    settings: Settings, ada: Registration, key: str
) -> None:
    """Control: with `https` asked for, the middleware behind it redirects."""
    settings.SECURE_SSL_REDIRECT = True
    *before, door = settings.MIDDLEWARE[:4]
    settings.MIDDLEWARE = [*before, *settings.MIDDLEWARE[4:], door]
    assert call(f"/door/{key}/U-ada", HTTP_HOST="localhost").status == 301


def test_session_of_a_browser_is_neither_read_nor_renewed(ada: Registration, key: str) -> None:
    cookie = "sessionid=of-somebody; csrftoken=x; language=ja; __Host-sessionid=y"
    with CaptureQueriesContext(connection) as asked:
        heard = call(f"/door/{key}/U-ada", HTTP_COOKIE=cookie)
    assert heard == Heard(200, plain("ALLOW guest"), b"ALLOW guest")
    assert [each["sql"] for each in asked if "django_session" in each["sql"]] == []


# --- Any bytes -----------------------------------------------------------------------------------

STRANGE = [
    "%00", "U-ada%00", "%FF%FE", "%C3", "%ED%A0%80", "x" * 10_000, "%E2%80%AE", "U-ada%0A",
    "%0D%0ASet-Cookie:a", "..", ".", "../../etc/passwd", "U-ada/extra", "'--", "%25", "%2F",
    "?", "U-ada%3Fx", "<script>", "%F0%9F%9A%AA" * 500, "null", "*", "%", "_______", "U_ada",
]  # fmt: skip


@pytest.mark.parametrize("sent", STRANGE, ids=lambda sent: ascii(sent)[:20])
def test_strange_ids_are_not_registered(ada: Registration, key: str, sent: str) -> None:
    assert ask(f"/door/{key}/{sent}") == (200, "DENY not-registered")


@effort(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.binary(max_size=300))
def test_any_bytes_of_a_path_get_a_line(ada: Registration, key: str, sent: bytes) -> None:
    """A server hands each byte over as one character."""
    if sent.decode("latin-1").strip("/").lower() in {"u-ada", "list.txt", "list.json"}:
        return
    heard = call(f"/door/{key}/{sent.decode('latin-1')}")
    assert (heard.status, heard.body[:4]) in [(200, b"DENY"), (405, b"DENY")]


@given(sent=st.binary(max_size=60))
def test_any_bytes_for_a_key_are_unknown(sent: bytes) -> None:
    cache.clear()
    heard = call(f"/door/{sent.decode('latin-1')}")
    assert heard.body in (b"DENY unknown-key", b"DENY wrong-method")


# --- Faults --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sent", ["U-ada", "list.txt", "list.json"])
def test_database_that_is_away_is_a_line(ada: Registration, key: str, sent: str) -> None:
    with failing(OperationalError("a secret")):
        heard = call(f"/door/{key}/{sent}")
    line = "DENY try-again"
    assert heard == Heard(503, plain(line) | {"Retry-After": "60"}, line.encode())


def test_fault_of_ours_is_a_line(
    ada: Registration, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    with failing(ProgrammingError("wrong")):
        heard = call(f"/door/{key}/U-ada")
    line = "DENY try-again"
    assert heard == Heard(500, plain(line), line.encode())
    [record] = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert (record.name, record.getMessage()) == ("django.request", "Door: ProgrammingError")


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, InterfaceError, ProgrammingError])
def test_answer_does_not_need_the_use_to_be_noted(
    ada: Registration, key: str, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    with failing(error("a secret"), only="UPDATE"):
        assert ask(f"/door/{key}/U-ada") == (200, "ALLOW guest")
    assert logged(caplog) == [f"Door: the use of a key was not noted: {error.__name__}"]


def test_answer_does_not_need_the_cache(
    ada: Registration, key: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.CACHES = AWAY
    assert ask(f"/door/{key}/U-ada") == (200, "ALLOW guest")
    assert logged(caplog) == ["Door: the use of a key was not noted: EOFError"]


def test_request_is_ended_also_if_the_use_cannot_be_noted(
    ada: Registration, key: str, settings: Settings
) -> None:
    """Closing the answer is how a server ends a request, and Django its connections after it."""
    settings.CACHES = AWAY
    response = gate.reply(RequestFactory().get("/"), Question(key, neos_id="U-ada"))
    response.close()
    assert (response.content, response.closed) == (b"ALLOW guest", True)
