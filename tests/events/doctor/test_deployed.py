"""`doctor --deploy` finds each mistake of a real site, and nothing without it."""

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection
from pytest_django import Settings

from events.doctor import Asked, configuration, deployed, examine, examples, proxy, storage
from events.doctor.finding import State

DEPLOYED = Asked(is_offline=True, is_deployed=True)


def found(check: object) -> list[tuple[State, str]]:
    return [(one.state, one.sentence) for one in check(DEPLOYED)]  # type: ignore[operator]


def test_demo_that_is_deployed_is_a_problem(settings: Settings) -> None:
    settings.DEBUG, settings.SECRET_KEY = True, "short"
    debug = [one.state for one in configuration.check_settings(Asked()) if "DEBUG" in one.sentence]
    assert debug == [State.WARNING]
    debug = [one.state for one in configuration.check_settings(DEPLOYED) if "DEBUG" in one.sentence]
    assert debug == [State.PROBLEM]
    assert {one.state for one in configuration.check_secrets(DEPLOYED)} == {State.PROBLEM}


def test_cache_whose_workers_are_not_known_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"):
        monkeypatch.delenv(name, raising=False)
    assert [state for state, _sentence in found(storage.check_cache)] == [State.PROBLEM]
    assert [one.state for one in storage.check_cache(Asked(workers=1))] == [State.OK]


@pytest.mark.django_db
def test_checks_of_a_real_site_are_made_for_one_only() -> None:
    names = {deployed.PACKAGES, deployed.ROLE, examples.EXAMPLES, proxy.PROXY}
    assert {one.name for one in examine(Asked(is_offline=True))} & names == set()
    assert {one.name for one in examine(DEPLOYED)} & names == names


# --- Examples ----------------------------------------------------------------------------------

LEFT = {
    "SITE_URL": "https://events.example.org",
    "DEFAULT_FROM_EMAIL": "Community events <events@example.org>",
    "SITE_CONTACT": "Community team <contact@example.org>",
    "ADMINS": [("Mika", "mika@example.org")],
    "FORM_ACTION_ORIGINS": ["https://pay.example.org"],
}
OWN = {
    "SITE_URL": "https://events.harbour-example.org",
    "DEFAULT_FROM_EMAIL": "events@example.organised.net",
    "SITE_CONTACT": "https://harbour.net/example",
    "ADMINS": [("example.org", "mika@harbour.net")],
    "FORM_ACTION_ORIGINS": ["https://pay.harbour.net"],
}


@pytest.mark.parametrize("name", list(LEFT))
def test_address_that_was_left_as_in_the_example_is_a_problem(
    settings: Settings, name: str
) -> None:
    for each, value in OWN.items():
        setattr(settings, each, value)
    assert found(examples.check_examples) == [(State.OK, "No address is one of an example.")]
    setattr(settings, name, LEFT[name])
    expected = f"{name} leads to a host of examples, example.org or the like."
    assert found(examples.check_examples) == [(State.PROBLEM, expected)]


def test_servers_of_the_example_are_a_problem(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each, value in OWN.items():
        setattr(settings, each, value)
    settings.EMAIL_HOST = "mail.example.org"
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", "db.example.org")
    assert [sentence.split()[0] for _state, sentence in found(examples.check_examples)] == [
        "DATABASE_URL",
        "EMAIL_URL",
    ]


# --- Packages ----------------------------------------------------------------------------------


def test_tools_of_tests_are_named() -> None:
    """This suite runs with them: they are the control."""
    (state, sentence), *others = found(deployed.check_packages)
    assert (state, sentence[:29], others) == (State.PROBLEM, "The site does not need these:", [])
    assert sentence.endswith("more.")


@pytest.mark.parametrize(
    ("versions", "sentences"),
    [
        ({"django": "5"}, ["Only what requirements.lock names is installed."]),
        ({"Django": "5", "pip": "9"}, ["Only what requirements.lock names is installed."]),
        ({"django": "4"}, ["In other versions than locked: django."]),
        ({"django": "5", "pytest": "9"}, ["The site does not need these: pytest."]),
    ],
)
def test_packages_are_compared_with_the_lock(
    monkeypatch: pytest.MonkeyPatch,
    settings: Settings,
    tmp_path: Path,
    versions: dict[str, str],
    sentences: list[str],
) -> None:
    (tmp_path / "requirements.lock").write_text("django==5 \\\n    --hash=sha256:0\n")
    settings.BASE_DIR = tmp_path
    for name, version in versions.items():
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
    monkeypatch.setattr("sys.path", [str(tmp_path)])
    assert [sentence for _state, sentence in found(deployed.check_packages)] == sentences


# --- The role ------------------------------------------------------------------------------------


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_role_that_may_do_everything_is_a_problem() -> None:
    """The suite's own server knows no other role."""
    expected = {
        "sqlite": (State.WARNING, "The database is a file: one visitor after the other may write."),
        "postgresql": (State.PROBLEM, "The site's role may do everything on the server."),
    }
    assert found(deployed.check_role) == [expected[connection.vendor]]


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_table_of_another_role_is_counted() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("a file has no roles")
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE somebody_else; ALTER TABLE events_host OWNER TO somebody_else")
    try:
        assert "Tables that belong to another role: 1." in dict(
            map(reversed, found(deployed.check_role))
        )
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE events_host OWNER TO CURRENT_USER; DROP ROLE somebody_else")


def test_role_that_owns_one_database_is_fine_and_one_without_utf8_is_not() -> None:
    """Count as the queries do; the drill asks a server that has only such a role."""
    fine, narrow = deployed._owned(0, 0, 0), deployed._owned(0, 0, 1)
    assert [one.state for one in fine] == [State.OK]
    assert [one.sentence for one in narrow] == [
        "The database cannot hold every letter: it is not in UTF-8."
    ]


# --- The proxy -----------------------------------------------------------------------------------


class Answering(BaseHTTPRequestHandler):
    status, headers_sent = 200, {"Strict-Transport-Security": "max-age=1"}

    def do_GET(self) -> None:
        self.send_response(self.status)
        for name, value in self.headers_sent.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Print nothing."""


def make_certificate(folder: Path, *, days: int) -> Path:
    """Return a file with key and certificate of 127.0.0.1, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "proxy")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    file = folder / "proxy.pem"
    file.write_bytes(key.private_bytes(encoding, form, plain) + made.public_bytes(encoding))
    return file


@pytest.fixture
def days() -> int:
    """Return for how many days the certificate is good."""
    return 21


@pytest.fixture
def door(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, days: int
) -> Iterator[type]:
    """A proxy with TLS on 127.0.0.1 that this process trusts, and what it answers."""
    certificate = make_certificate(tmp_path, days=days)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    handler = type("Own", (Answering,), {})
    server = HTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    settings.IS_HTTPS, settings.TRUSTED_PROXY_HOPS = True, 1
    settings.SITE_URL = f"https://127.0.0.1:{server.server_port}"
    yield handler
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.mark.parametrize(
    ("status", "headers", "state", "sentence"),
    [
        (
            200,
            {"Strict-Transport-Security": "1"},
            State.OK,
            "{} answers, with a certificate that counts.",
        ),
        (200, {}, State.PROBLEM, "Its answers say nothing of https for the next visit."),
        (502, {}, State.PROBLEM, "{} answers with status 502."),
        (
            301,
            {"Location": "/"},
            State.PROBLEM,
            "The site leads to itself for ever: it does not hear of https.",
        ),
    ],
)
def test_proxy_is_asked_as_a_visitor_asks(
    door: type,
    settings: Settings,
    status: int,
    headers: dict[str, str],
    state: State,
    sentence: str,
) -> None:
    door.status, door.headers_sent = status, headers  # type: ignore[attr-defined]
    assert found(proxy.check_proxy) == [(state, sentence.format(settings.SITE_URL))]


def test_certificate_that_nobody_trusts_is_a_problem(
    door: type, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    expected = f"{settings.SITE_URL} has a certificate that is not valid."
    assert found(proxy.check_proxy) == [(State.PROBLEM, expected)]


@pytest.mark.parametrize("days", [20])
def test_certificate_that_ends_soon_is_a_warning(door: type, settings: Settings, days: int) -> None:
    """One that is good for a day longer is in the tests above."""
    day = datetime.now(UTC) + timedelta(days=days, hours=1)
    assert found(proxy.check_proxy) == [
        (State.WARNING, f"It ends on {day.day} {day:%B %Y}, and was not renewed."),
        (State.OK, f"{settings.SITE_URL} answers, with a certificate that counts."),
    ]


def test_proxy_that_is_not_counted_is_a_problem(door: type, settings: Settings) -> None:
    settings.TRUSTED_PROXY_HOPS = 0
    assert [sentence for _state, sentence in found(proxy.check_proxy)][1:] == [
        "All visitors count as one when somebody tries too often."
    ]


def test_site_that_is_away_or_without_https_is_a_problem(settings: Settings) -> None:
    assert found(proxy.check_proxy) == [
        (State.PROBLEM, "The site has no https: passwords can be read on the way.")
    ]
    settings.IS_HTTPS, settings.TRUSTED_PROXY_HOPS = True, 1
    settings.SITE_URL = "https://127.0.0.1:1"
    assert found(proxy.check_proxy) == [(State.PROBLEM, "https://127.0.0.1:1 cannot be reached.")]
