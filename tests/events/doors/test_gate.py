"""What a world hears at the door: one plain line, whatever it sends and whatever breaks."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import OperationalError, ProgrammingError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from pytest_django import Settings

from events import places
from events.doors import gate, keys
from events.models import Attendee, Block, DoorKey, Event, Registration
from tests.events.doors.stage import Heard, ask, call, make_key, make_open_event
from tests.factories import NOON, make_attendee, make_event, make_role, make_workshop
from tests.lines import full_event, register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLAIN = {
    "Content-Type": "text/plain; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


@pytest.fixture
def event() -> Event:
    return make_open_event()


@pytest.fixture
def ada(event: Event) -> Registration:
    return register(make_attendee(neos_id="U-ada"), event)


@pytest.fixture
def key(event: Event) -> str:
    return make_key(event)


def plain(line: str) -> dict[str, str]:
    return PLAIN | {"Content-Length": str(len(line))}


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


def test_middleware_of_the_door_is_the_first(settings: Settings) -> None:
    assert settings.MIDDLEWARE[0] == "events.doors.gate.DoorMiddleware"


def test_control_behind_the_others_a_world_is_led_away(
    settings: Settings, ada: Registration, key: str
) -> None:
    """What the door avoids: with `https` asked for, the second middleware redirects."""
    settings.SECURE_SSL_REDIRECT = True
    first, *others = settings.MIDDLEWARE
    settings.MIDDLEWARE = [*others, first]
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


# --- Lists ---------------------------------------------------------------------------------------


def test_lists_have_everybody_who_is_expected_and_nothing_private() -> None:
    event = make_event(
        title="Secret walk", slug="walk", starts_at=NOON + HOUR, capacity=2, contact="c@example.org"
    )
    for neos_id in ("U-b", "U-a", "U-waits"):
        register(make_attendee(neos_id=neos_id, neos_username="Name", patreon_cents=777), event)
    make_role(
        event,
        Attendee.objects.get(neos_id="U-a"),
        kind="helper",
        early_minutes=30,
        outside_capacity=False,
    )
    key = make_key(event)
    text, listed = call(f"/door/{key}/list.txt"), call(f"/door/{key}/list.json")
    assert text == Heard(200, plain("U-a\nU-b"), b"U-a\nU-b")
    assert listed.headers["Content-Type"] == "application/json"
    assert json.loads(listed.body) == {
        "event": "walk",
        "workshop": None,
        "starts_at": "2030-06-01T13:00:00Z",
        "ends_at": "2030-06-01T15:00:00Z",
        "people": [
            {"id": "U-a", "role": "helper", "opens_at": "2030-06-01T12:15:00Z"},
            {"id": "U-b", "role": "guest", "opens_at": "2030-06-01T12:45:00Z"},
        ],
    }


@pytest.mark.parametrize(
    "changes", [{"status": "cancelled"}, {"status": "draft"}, {"ends_at": NOON}]
)
def test_lists_are_empty_where_nobody_is_let_in(
    ada: Registration, key: str, changes: dict[str, object]
) -> None:
    Event.objects.filter(pk=ada.event_id).update(**changes)
    assert ask(f"/door/{key}/list.txt") == (200, "")
    assert json.loads(ask(f"/door/{key}/list.json")[1])["people"] == []


def test_list_of_a_workshop_has_its_own_people(event: Event, ada: Registration) -> None:
    workshop = make_workshop(event, slug="fog", starts_at=NOON)
    register(ada.attendee, workshop)
    register(make_attendee(neos_id="U-bo"), event)
    key = make_key(workshop)
    assert ask(f"/door/{key}/list.txt") == (200, "U-ada")
    assert json.loads(ask(f"/door/{key}/list.json")[1])["workshop"] == "fog"


# --- What it costs -------------------------------------------------------------------------------


def statements(path: str) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        ask(path)
    return [each["sql"].split()[0] for each in asked]


def crowd(event: Event, people: int) -> None:
    for number in range(people):
        guest = make_attendee(neos_id=f"U-crowd-{number}")
        register(guest, event)
        make_role(event, guest, kind="helper", outside_capacity=False)
        Block.objects.create(neos_id=f"U-other-{number}", event=event, reason="why")


@pytest.mark.parametrize("people", [1, 30])
@pytest.mark.parametrize("occurrences", [1, 60])
def test_question_costs_two_statements_at_most(people: int, occurrences: int) -> None:
    series = [make_open_event(), *(make_event() for _ in range(occurrences - 1))]
    key = make_key(*series, last_used_at=NOON)
    crowd(series[0], people)
    costs = {
        sent: statements(f"/door/{key}/{sent}")
        for sent in ("U-crowd-0", "U-stranger", "U-CROWD-0", "list.txt", "list.json", "\0", "Ü")
    }
    two = ["SELECT", "SELECT"]
    if connection.vendor == "postgresql":  # reads a list through a cursor
        assert [costs.pop(each) for each in ("list.txt", "list.json")] == [
            ["SELECT", "DECLARE"]
        ] * 2
    assert costs == dict.fromkeys(costs, two) | {"\0": ["SELECT"]}
    assert statements(f"/door/{keys.new_secret()}/U-crowd-0") == ["SELECT"]
    assert statements("/door/short/U-crowd-0") == []


def test_use_is_noted_once_a_minute_after_the_answer(
    ada: Registration, key: str, clock: time_machine.Traveller
) -> None:
    path = f"/door/{key}/U-ada"
    costs, noted = [], []
    for _ in range(4):
        costs.append(statements(path)[2:])
        noted.append(DoorKey.objects.get().last_used_at)
        clock.shift(40 * timedelta(seconds=1))
    seconds = timedelta(seconds=1)
    assert costs == [["UPDATE"], [], ["UPDATE"], []]
    assert noted == [NOON, NOON, NOON + 80 * seconds, NOON + 80 * seconds]


def test_wrong_keys_note_no_use(ada: Registration, key: str) -> None:
    ask(f"/door/{keys.new_secret()}/U-ada")
    ask(f"/door/{key}/U-ada", "POST")
    assert DoorKey.objects.get().last_used_at is None


# --- Faults --------------------------------------------------------------------------------------


@contextmanager
def failing(error: Exception, *, only: str = "") -> Iterator[None]:
    def fail(execute: Any, sql: str, *arguments: Any) -> Any:
        if sql.startswith(only):
            raise error
        return execute(sql, *arguments)

    with connection.execute_wrapper(fail):
        yield


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


@pytest.mark.django_db(transaction=True)
def test_answer_does_not_need_the_use_to_be_noted(ada: Registration, key: str) -> None:
    with failing(OperationalError(), only="UPDATE"):
        assert ask(f"/door/{key}/U-ada") == (200, "ALLOW guest")


# --- Notes ---------------------------------------------------------------------------------------


def noted(registration: Registration) -> tuple[object, object, User | None]:
    registration.refresh_from_db()
    return registration.checked_in_at, registration.left_at, registration.checked_in_by


@pytest.fixture
def writer(event: Event) -> str:
    return make_key(event, may_check_in=True)


def test_world_notes_who_came_and_who_went(
    ada: Registration, writer: str, clock: time_machine.Traveller
) -> None:
    said, rows = [], []
    for action in ("in", "in", "out", "out", "in"):
        said.append(ask(f"/door/{writer}/U-ada/{action}", "POST"))
        rows.append(noted(ada))
        clock.shift(MINUTE)
    let_in, out = (200, "ALLOW guest"), (200, "OUT")
    assert said == [let_in, let_in, out, out, let_in]
    came, went = (NOON, None, None), (NOON, NOON + 2 * MINUTE, None)
    assert rows == [came, came, went, went, came]


def test_key_that_only_reads_notes_nothing(ada: Registration, key: str) -> None:
    heard = [call(f"/door/{key}/U-ada/{action}", "POST") for action in ("in", "out")]
    line = "DENY read-only-key"
    assert heard == [Heard(403, plain(line), line.encode())] * 2
    assert noted(ada) == (None, None, None)


def test_unknown_key_notes_nothing(ada: Registration) -> None:
    wrong = keys.new_secret()
    said = [ask(f"/door/{wrong}/U-ada/{action}", "POST") for action in ("in", "out")]
    assert said == [(404, "DENY unknown-key")] * 2
    assert noted(ada) == (None, None, None)


def test_nobody_comes_in_whom_the_rule_refuses(event: Event, writer: str) -> None:
    blocked = register(make_attendee(neos_id="U-blocked"), event)
    Block.objects.create(neos_id="U-blocked", event=event, reason="why")
    said = [ask(f"/door/{writer}/{who}/in", "POST") for who in ("U-blocked", "U-stranger", "\0")]
    assert said == [(200, "DENY banned"), *[(200, "DENY not-registered")] * 2]
    assert noted(blocked) == (None, None, None)


def test_early_door_notes_nobody_before_the_site_does(
    settings: Settings, clock: time_machine.Traveller
) -> None:
    settings.EARLY_CHECK_IN = HOUR
    event = make_event(starts_at=NOON + 2 * HOUR, session_opens_minutes=180)
    ada = register(make_attendee(neos_id="U-ada"), event)
    path = f"/door/{make_key(event, may_check_in=True)}/U-ada/in"
    assert (ask(path.removesuffix("/in")), ask(path, "POST")) == (
        (200, "ALLOW guest"),
        (200, "DENY too-early 3600"),
    )
    assert noted(ada) == (None, None, None)
    clock.shift(HOUR)
    assert ask(path, "POST") == (200, "ALLOW guest")
    assert noted(ada) == (NOON + HOUR, None, None)


@pytest.mark.parametrize(
    ("after_end", "said", "is_noted"),
    [
        (MINUTE, "OUT", True),
        (DAY - MINUTE, "OUT", True),
        (DAY, "DENY event-over", False),
    ],
)
def test_going_out_is_noted_up_to_a_day_after_the_end(
    ada: Registration,
    writer: str,
    clock: time_machine.Traveller,
    after_end: timedelta,
    said: str,
    is_noted: object,
) -> None:
    places.check_in(registration=ada)
    clock.shift(HOUR + after_end)
    assert ask(f"/door/{writer}/U-ada/out", "POST") == (200, said)
    assert noted(ada)[1] == (NOON + HOUR + after_end if is_noted else None)


def test_going_out_of_the_last_event_of_a_series_is_noted_there(
    event: Event, ada: Registration, clock: time_machine.Traveller
) -> None:
    """The key is for the next one by then, where the person has a place, too."""
    coming = make_event(starts_at=NOON + 8 * HOUR)
    next_time = register(ada.attendee, coming)
    writer = make_key(event, coming, may_check_in=True)
    places.check_in(registration=ada)
    clock.shift(2 * HOUR)
    assert ask(f"/door/{writer}/u-ada/out", "POST") == (200, "OUT")
    assert (noted(ada)[1], noted(next_time)[1]) == (NOON + 2 * HOUR, None)


def test_going_out_is_noted_at_doors_of_the_key_only(event: Event, ada: Registration) -> None:
    other = register(ada.attendee, make_open_event())
    places.check_in(registration=other)
    workshop = register(ada.attendee, make_workshop(event, starts_at=NOON))
    places.check_in(registration=workshop)
    writer = make_key(event, may_check_in=True)
    assert ask(f"/door/{writer}/U-ada/out", "POST") == (200, "OUT")
    assert (noted(other)[1], noted(workshop)[1]) == (None, None)


def test_stranger_goes_out_of_nothing(event: Event, writer: str) -> None:
    assert ask(f"/door/{writer}/U-stranger/out", "POST") == (200, "DENY not-registered")


def test_forms_of_an_answer_count_for_notes_too(ada: Registration, writer: str) -> None:
    asked = [
        ask(f"/door/{writer}/{who}/{action}?format=word&status=1", "POST")
        for who, action in (("U-ada", "in"), ("U-ada", "out"), ("U-nobody", "in"))
    ]
    assert asked == [(200, "yes"), (200, "yes"), (403, "no")]


@pytest.mark.parametrize("length", ["104857600", "8193", "-1", "x", "", "٣", "9" * 5_000])
def test_long_body_is_not_read(ada: Registration, writer: str, length: str) -> None:
    """The body of `call` fails if anybody reads it."""
    heard = call(f"/door/{writer}/U-ada/in", "POST", CONTENT_LENGTH=length)
    assert heard == Heard(200, plain("ALLOW guest"), b"ALLOW guest")


class Body:
    def __init__(self) -> None:
        self.asked: list[tuple[int, ...]] = []

    def read(self, *size: int) -> bytes:
        self.asked.append(size)
        raise ConnectionResetError

    readline = read


def test_short_body_is_taken_off_the_connection(ada: Registration, writer: str) -> None:
    """So that closing it loses no answer; a world that has gone is no fault of ours."""
    body = Body()
    heard = call(f"/door/{writer}/U-ada/in", "POST", CONTENT_LENGTH="8192", **{"wsgi.input": body})
    assert (heard.body, body.asked) == (b"ALLOW guest", [(8192,)])


def test_world_needs_no_csrf_token(ada: Registration, writer: str) -> None:
    path = f"/door/{writer}/U-ada/in"
    heard = call(path, "POST", CONTENT_TYPE="text/plain", HTTP_ORIGIN="https://evil.example")
    assert heard.body == b"ALLOW guest"


def test_note_that_waits_for_the_lock_is_asked_for_again(ada: Registration, writer: str) -> None:
    with failing(OperationalError(), only="UPDATE"):
        heard = call(f"/door/{writer}/U-ada/in", "POST")
    assert (heard.status, heard.body) == (503, b"DENY try-again")


# --- Wrong keys ----------------------------------------------------------------------------------


def test_many_wrong_keys_are_slowed_down_and_the_right_one_works(
    ada: Registration, key: str, caplog: pytest.LogCaptureFixture
) -> None:
    statuses, right = [], []
    for number in range(1_000):
        statuses.append(ask(f"/door/{keys.new_secret()}/U-ada")[0])
        if number % 100 == 0:
            right.append(ask(f"/door/{key}/U-ada"))
    assert statuses == [404] * 30 + [429] * 970
    assert right == [(200, "ALLOW guest")] * 10
    assert [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING] == [
        "Door: more than 30 wrong keys in a minute"
    ]


def test_slowed_down_network_reads_when_to_come_back(
    clock: time_machine.Traveller, ada: Registration
) -> None:
    clock.move_to(NOON + timedelta(seconds=18))
    for _ in range(30):
        call("/door/wrong/U-ada")
    line = "DENY too-many-tries 42"
    heard = Heard(429, plain(line) | {"Retry-After": "42"}, line.encode())
    assert call("/door/wrong/U-ada") == heard
    assert call("/door/wrong/U-ada", REMOTE_ADDR="198.51.100.7").status == 404
    clock.shift(timedelta(seconds=42))
    assert call("/door/wrong/U-ada").status == 404


def test_control_limit_that_counts_every_question_locks_the_right_key_out(
    ada: Registration, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shows that the test of the right key can fail."""
    found = gate.find_key

    def count_first(secret: str, now: Any) -> Any:
        return None if cache.get("tried", 0) > 30 else found(secret, now)

    monkeypatch.setattr(gate, "find_key", count_first)
    for number in range(40):
        cache.set("tried", number)
        ask("/door/wrong/U-ada")
    assert ask(f"/door/{key}/U-ada")[0] == 429


def test_strangers_of_many_networks_fill_no_cache() -> None:
    """The networks share a few counters: two of each kind for each, in one minute or two."""
    request = gate.HttpRequest()
    names = set()
    for number in range(5_000):
        request.META["REMOTE_ADDR"] = f"10.{number % 250}.{number // 250}.1"
        names.add(gate.counter_of(request))
    assert len(names) == 64
