"""The doctor at home: settings, secrets, cache, database, mail, late work."""

import smtplib
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from pytest_django import Settings

from events.doctor import Asked, Finding, configuration, examine, mail, pages, storage, work
from events.doctor.finding import State
from events.models import Announcement, Event, Job, Notice, Notification, PasswordResetRequest
from tests.factories import NOON, make_announcement, make_attendee, make_event, write_page
from tests.lines import register
from tests.mail_server import Unopenable
from tests.platform import KEY, PLATFORM

GOOD_KEY = "4f0e8a61b7c20f5de913-4d1c7a5293be-Qm9va2luZ3MtYXJlLW9wZW4"
Check = Callable[[Asked], Iterable[Finding]]


def states(check: Check, asked: Asked | None = None) -> list[State]:
    return [one.state for one in check(asked or Asked())]


def sentences(check: Check) -> list[str]:
    return [one.sentence for one in check(Asked())]


# --- Settings ------------------------------------------------------------------------------------

PLACEHOLDERS = (
    "50 random characters",
    "django-insecure-" + GOOD_KEY,
    "x" * 60,
    "short",
    "changeme" * 8,
)


@pytest.mark.parametrize("key", PLACEHOLDERS)
def test_placeholder_is_no_secret(settings: Settings, key: str) -> None:
    settings.SECRET_KEY = key
    settings.SOCIAL_AUTH_SECRET = GOOD_KEY
    (found,) = configuration.check_secrets(Asked())
    assert (found.state, found.sentence) == (
        State.PROBLEM,
        "SECRET_KEY can be guessed: it is short, or one of an example.",
    )
    settings.DEBUG = True
    assert states(configuration.check_secrets) == [State.WARNING]


@pytest.mark.parametrize("secret", ["sandbox-secret", "your-client-secret", "abc"])
def test_client_secret_of_an_example_is_found(settings: Settings, secret: str) -> None:
    settings.SECRET_KEY, settings.SOCIAL_AUTH_SECRET = GOOD_KEY, secret
    assert sentences(configuration.check_secrets) == [
        f"{PLATFORM.variables}CLIENT_SECRET looks like one of an example."
    ]


def test_real_secrets_are_fine_and_test_money_is_not(settings: Settings) -> None:
    settings.SECRET_KEY = settings.SOCIAL_AUTH_SECRET = GOOD_KEY
    assert states(configuration.check_secrets) == [State.OK]
    settings.PAYMENT_PROVIDER, settings.STRIPE_SECRET_KEY = "stripe", "sk_test_1"
    assert sentences(configuration.check_secrets) == [
        "STRIPE_SECRET_KEY is a test key: no real money comes."
    ]


WEBHOOK = (
    "STRIPE_WEBHOOK_SECRET is one of an example: who knows it can say that a place was paid for."
)
FIGURES = "METRICS_TOKEN is one of an example: who knows it can read figures of the site."


@pytest.mark.parametrize(
    ("name", "secret", "expected"),
    [
        ("STRIPE_SECRET_KEY", "sk_live_...", "STRIPE_SECRET_KEY looks like one of an example."),
        ("STRIPE_WEBHOOK_SECRET", "whsec_...", WEBHOOK),
        ("METRICS_TOKEN", "at-least-20-letters-and-digits", FIGURES),
    ],
)
def test_other_secrets_of_the_example_are_found(
    settings: Settings, name: str, secret: str, expected: str
) -> None:
    settings.SECRET_KEY = settings.SOCIAL_AUTH_SECRET = GOOD_KEY
    setattr(settings, name, secret)
    assert sentences(configuration.check_secrets) == [expected]
    setattr(settings, name, GOOD_KEY)
    assert states(configuration.check_secrets) == [State.OK]


def test_redirect_address_is_said_letter_by_letter(settings: Settings) -> None:
    assert sentences(configuration.check_redirect_address) == [
        f"http://localhost:8000{PLATFORM.complete} is what {PLATFORM.name} has to know, exactly "
        "like this."
    ]
    settings.SITE_URL = "https://events.example.org"
    assert states(configuration.check_redirect_address) == [State.PROBLEM]
    settings.SITE_URL = "http://events.example.org"
    settings.SOCIAL_AUTH_REDIRECT_URI = f"http://events.example.org{PLATFORM.complete}"
    assert states(configuration.check_redirect_address) == [State.OK, State.WARNING]


def test_token_host_that_others_may_claim_is_a_warning_s8() -> None:
    found = [one for one in configuration.check_settings(Asked()) if "I001" in one.sentence]
    expected = {"neos": [(State.WARNING, "Ask Neos")], "resonite": []}
    assert [(one.state, one.next_step[:8]) for one in found] == expected[KEY]


def test_check_that_the_site_silences_is_not_told(settings: Settings) -> None:
    """Django asks for HSTS of the whole domain, which is not the site's to promise."""
    silenced = ("security.W005", "security.W021")
    settings.SECURE_HSTS_SECONDS = 3600  # without it, nobody asks
    assert told_of(*silenced) == []
    settings.SILENCED_SYSTEM_CHECKS = []
    assert told_of(*silenced) == [*silenced]


def told_of(*numbers: str) -> list[str]:
    said = " ".join(one.sentence for one in configuration.check_settings(Asked()))
    return [number for number in numbers if number in said]


# --- The cache -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variables", "workers", "state"),
    [
        ({}, None, State.WARNING),
        ({}, 1, State.OK),
        ({}, 2, State.PROBLEM),
        ({"WEB_CONCURRENCY": "4"}, None, State.PROBLEM),
        ({"WEB_CONCURRENCY": "4"}, 1, State.OK),
        ({"WEB_CONCURRENCY": "many"}, None, State.WARNING),
        ({"GUNICORN_CMD_ARGS": "--bind x --workers=3"}, None, State.PROBLEM),
        ({"GUNICORN_CMD_ARGS": "-w 1", "WEB_CONCURRENCY": "4"}, None, State.OK),
    ],
)
def test_workers_need_a_cache_in_common(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], workers: int | None, state: State
) -> None:
    for name in ("WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert states(storage.check_cache, Asked(workers=workers)) == [state]


@pytest.mark.django_db
@pytest.mark.parametrize("backend", ["dummy.DummyCache", "db.DatabaseCache"])
def test_cache_that_keeps_nothing_is_a_problem(settings: Settings, backend: str) -> None:
    """The table of the second one was never made."""
    full = f"django.core.cache.backends.{backend}"
    settings.CACHES = {"default": {"BACKEND": full, "LOCATION": "nowhere"}}
    assert states(storage.check_cache, Asked(workers=1)) == [State.PROBLEM]


# --- The database --------------------------------------------------------------------------------


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_database_is_there_with_its_tables() -> None:
    assert states(storage.check_database) == [State.OK]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_migration_that_is_missing_is_counted() -> None:
    row = MigrationRecorder.Migration.objects.filter(app="events").order_by("name").last()
    MigrationRecorder.Migration.objects.filter(pk=row.pk).delete()
    try:
        assert sentences(storage.check_database) == [
            "Migrations that were not applied: 1. Tables are missing or old."
        ]
    finally:
        row.save()


def test_database_file_that_is_missing_is_not_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no file")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "none.sqlite3"))
    assert sentences(storage.check_database) == ["The file of the database is not there."]
    assert list(tmp_path.iterdir()) == []


# --- Mail ----------------------------------------------------------------------------------------


def test_mail_that_goes_nowhere_is_a_problem(settings: Settings) -> None:
    assert states(mail.check_mail) == [State.PROBLEM]
    settings.DEBUG = True
    assert states(mail.check_mail) == [State.WARNING]


class Locked(Unopenable):
    def open(self) -> None:
        raise smtplib.SMTPAuthenticationError(535, b"hunter2")


@pytest.mark.parametrize(
    ("backend", "sentence"),
    [
        ("tests.mail_server.Unopenable", "The mail server does not let us in."),
        (f"{__name__}.Locked", "The mail server refuses user and password."),
        (
            "events.messages.smtp.EmailBackend",
            "The mail server does not let us in.",
        ),
    ],
)
def test_mail_server_is_tried_and_its_words_are_not_shown(
    settings: Settings, backend: str, sentence: str
) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = backend, "127.0.0.1", 1
    assert sentences(mail.check_mail) == [sentence]


# --- Late work -----------------------------------------------------------------------------------


def queued(minutes: int, **fields: object) -> None:
    Notification.objects.create(
        attendee=make_attendee(),
        kind="thanks",
        subject="x",
        created_at=NOON - timedelta(minutes=minutes),
        **fields,
    )


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_late_work_is_named_with_its_age() -> None:
    long_ago = NOON - timedelta(minutes=30)
    queued(30)
    queued(5)
    queued(90, next_try_at=NOON + timedelta(minutes=1))
    PasswordResetRequest.objects.create(address="a@example.org", created_at=long_ago)
    event = make_event(price=500)
    register(make_attendee(), event)
    event.registrations.update(hold_until=long_ago)
    Event.objects.update(draw_at=long_ago)
    Notice.objects.create(provider="stripe", external_id="1", kind="paid", received_at=long_ago)
    make_announcement(event, sent_at=long_ago)
    make_announcement(event, sent_at=long_ago, includes_later=True)
    Notification.objects.filter(registration__isnull=False).delete()
    since = "the oldest since Sat 1 June 2030, 11:30 (UTC)."
    assert sentences(work.check_late_work) == [
        f"Messages wait to be sent: 1, {since}",
        f"Requests for new passwords wait: 1, {since}",
        f"Draws were not held: 1, {since}",
        f"Unpaid places have not been given on: 1, {since}",
        f"Notices of the payment provider were not processed: 1, {since}",
        f"Messages of organizers have not reached everybody: 1, {since}",
    ]
    assert set(states(work.check_late_work)) == {State.PROBLEM}
    assert Announcement.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.usefixtures("clock")
def test_work_in_time_is_fine_and_dead_letters_are_a_warning() -> None:
    queued(5)
    assert states(work.check_late_work) == [State.OK]
    assert states(work.check_dead_letters) == [State.OK]
    Notification.objects.update(state="dead")
    assert sentences(work.check_dead_letters) == ["Messages that were not delivered: 1."]


@pytest.mark.django_db
def test_deployed_site_on_which_nothing_was_ever_started_is_told_so() -> None:
    deployed = Asked(is_deployed=True)
    begun = [*work.check_readiness(deployed)]
    Job.objects.create(name="housekeeping", ended_at=timezone.now())

    assert [(one.state, one.sentence) for one in begun] == [
        (
            State.PROBLEM,
            "housekeeping-late: Housekeeping has not come to the end of a round for ten minutes.",
        )
    ]
    assert states(work.check_readiness, deployed) == [State.OK]
    assert states(work.check_late_work) == [State.OK]


@pytest.mark.django_db
def test_site_at_home_needs_no_periodic_work() -> None:
    assert states(work.check_readiness) == []


# --- All of it -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_check_that_breaks_stops_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def check_broken(_asked: Asked) -> Iterable[Finding]:
        raise ZeroDivisionError("hunter2")

    monkeypatch.setattr("events.doctor.CHECKS", (check_broken, storage.check_static_files))
    broken, static, *_others = examine(Asked(is_offline=True))
    assert broken.sentence == "check_broken broke off with ZeroDivisionError."
    assert (static.name, broken.is_problem) == ("static files", True)


# --- Pages of the site ---------------------------------------------------------------------------


@pytest.mark.django_db
def test_pages_with_words_to_fill_in_are_named_and_others_are_fine() -> None:
    write_page("imprint", "Mika, [a link](https://example.org)")
    assert states(pages.check_pages) == [State.OK]
    write_page("terms", "[name] runs this", translations={"ja": {"text": "[名前]"}})
    write_page("privacy", "[name]", is_shown=False)

    assert sentences(pages.check_pages) == ["The page terms still has [name] and [名前]."]
    assert states(pages.check_pages) == [State.WARNING]
