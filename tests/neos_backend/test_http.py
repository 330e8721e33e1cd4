"""The HTTP client against servers that really stall, flood, redirect and lie."""

import datetime
import gzip
import ipaddress
import json
import socket
import ssl
import time
import zlib
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from social_core.exceptions import (
    AuthConfigurationError,
    AuthCredentialError,
    AuthProviderError,
    SocialAuthBaseException,
)

from neos_backend.http import MAX_BODY, Deadline, fetch

from .conftest import Browser, Wire

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def get(url: str, seconds: float = 5.0, **headers: str) -> requests.Response:
    request = requests.Request("GET", url, headers=headers)
    return fetch(Browser().backend(), request, Deadline(seconds), stage="user_info")


def answer(body: bytes, head: bytes = OK) -> Any:
    """A script that sends one complete answer."""
    return lambda wire: wire.sendall(
        head + b"Content-Length: %d\r\nConnection: close\r\n\r\n" % len(body) + body
    )


def trickle(head: bytes, piece: bytes) -> Any:
    """A script that sends `piece` every 50 ms, for ever."""

    def script(wire: socket.socket) -> None:
        wire.sendall(head)
        while True:
            wire.sendall(piece)
            time.sleep(0.05)

    return script


def flood(head: bytes) -> Any:
    """A script that sends zeros as fast as it can, for ever."""

    def script(wire: socket.socket) -> None:
        wire.sendall(head)
        while True:
            wire.sendall(bytes(65536))

    return script


def wait_for_close(wire: socket.socket) -> None:
    wire.recv(1)


def test_fetch_answer_is_read_completely(wire: Wire) -> None:
    assert get(wire.serve(answer(b'{"id": "U-x"}'))).json() == {"id": "U-x"}


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(wait_for_close, id="silence"),
        pytest.param(trickle(OK + b"Content-Length: 1000\r\n\r\n", b" "), id="body"),
        pytest.param(trickle(OK + b"\r\n", b" "), id="body without length"),
        pytest.param(
            trickle(OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), id="chunks"
        ),
    ],
)
def test_fetch_slow_answer_ends_at_the_deadline(wire: Wire, script: Any) -> None:
    started = time.monotonic()
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(script), seconds=0.3)
    assert caught.value.code == "timeout"
    assert time.monotonic() - started < 1


def test_fetch_silence_within_the_body_ends_too(wire: Wire) -> None:
    def fall_silent(connection: socket.socket) -> None:
        connection.sendall(OK + b"Content-Length: 1000\r\n\r\n")
        time.sleep(0.3)
        connection.sendall(b" ")
        connection.recv(1)

    started = time.monotonic()
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(fall_silent), seconds=0.5)
    assert caught.value.code == "timeout"
    assert time.monotonic() - started < 1.5


def test_fetch_without_time_left_sends_nothing(wire: Wire) -> None:
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(answer(b"{}")), seconds=0)
    assert caught.value.code == "timeout"
    assert wire.requests == []


@pytest.mark.parametrize(
    "script",
    [
        pytest.param(flood(OK + b"\r\n"), id="endless"),
        pytest.param(answer(b" " * (MAX_BODY + 1)), id="one byte too long"),
        pytest.param(
            answer(gzip.compress(bytes(50_000_000)), OK + b"Content-Encoding: gzip\r\n"), id="bomb"
        ),
        pytest.param(answer(b"no gzip", OK + b"Content-Encoding: gzip\r\n"), id="broken gzip"),
    ],
)
def test_fetch_unusable_body_is_no_body(wire: Wire, script: Any) -> None:
    assert get(wire.serve(script)).content == b""


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param(b'{"id": "\xff"}', "can't decode byte 0xff", id="not UTF-8"),
        pytest.param(b"[" * 100_000, "nests too deeply", id="arrays"),
        pytest.param(b"[" * 100_000 + b"]" * 100_000, "nests too deeply", id="closed arrays"),
        pytest.param(b'{"a":' * 40_000, "nests too deeply", id="objects"),
    ],
)
def test_fetch_unusable_json_is_a_value_error(wire: Wire, body: bytes, reason: str) -> None:
    response = get(wire.serve(answer(body)))
    with pytest.raises(ValueError, match=reason):
        response.json()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b'"' + b"x" * (MAX_BODY - 2) + b'"', id="longest"),
        pytest.param(b"[" * 64 + b"]" * 64, id="64 deep"),
        pytest.param(json.dumps("[{" * 1000).encode(), id="brackets in a string"),
        pytest.param(json.dumps('\\"[{' * 1000).encode(), id="escaped quotes"),
        pytest.param(b"[" + b"[]," * 1000 + b"[]]", id="wide"),
    ],
)
def test_fetch_body_within_the_bounds_is_kept(wire: Wire, body: bytes) -> None:
    response = get(wire.serve(answer(body)))
    assert response.content == body
    assert response.json() == json.loads(body)


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(OK + b"Content-Encoding: gzip\r\n", id="gzip"),
        pytest.param(OK + b"Content-Encoding: deflate\r\n", id="deflate"),
    ],
)
def test_fetch_packed_body_is_unpacked(wire: Wire, head: bytes) -> None:
    pack = gzip.compress if b"gzip" in head else zlib.compress
    body = b" " * (MAX_BODY - 2) + b"{}"
    assert get(wire.serve(answer(pack(body), head))).content == body


def test_fetch_chunks_are_joined(wire: Wire) -> None:
    chunks = b'5\r\n{"id"\r\n7\r\n: "U-x"\r\n1\r\n}\r\n0\r\n\r\n'
    head = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    assert get(wire.serve(lambda connection: connection.sendall(head + chunks))).json() == {
        "id": "U-x"
    }


def test_fetch_body_is_utf8_whatever_the_header_says(wire: Wire) -> None:
    nested = b"+AFs-" * 40_000  # "[" in UTF-7
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-7\r\n"
    with pytest.raises(ValueError, match="Expecting value"):
        get(wire.serve(answer(nested, head))).json()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_fetch_redirect_is_not_followed(wire: Wire, status: int) -> None:
    elsewhere = wire.serve(answer(b"{}"))
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {elsewhere}\r\n".encode()
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(answer(b"", head)))
    assert (caught.value.code, caught.value.status_code) == ("http_error", status)
    assert len(wire.requests) == 1


def test_fetch_redirect_with_endless_body_ends(wire: Wire) -> None:
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(flood(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n")))
    assert caught.value.status_code == 302


@pytest.mark.parametrize(
    ("body", "error", "code"),
    [
        (b'{"error": "invalid_grant"}', AuthCredentialError, "authorization_code_rejected"),
        (b"[" * 100_000, AuthProviderError, "http_error"),
        (b"<h1>no</h1>", AuthProviderError, "http_error"),
    ],
)
def test_fetch_refusal_is_told_by_its_oauth_error(
    wire: Wire, body: bytes, error: type[SocialAuthBaseException], code: str
) -> None:
    with pytest.raises(error) as caught:
        get(wire.serve(answer(body, b"HTTP/1.1 400 Bad Request\r\n")))
    assert (caught.value.code, caught.value.status_code) == (code, 400)


def test_fetch_connection_refused_is_named(wire: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(AuthProviderError) as caught:
        get(f"http://127.0.0.1:{port}/private?code=a-code")
    assert caught.value.code == "connection_failed"
    assert "a-code" not in str(caught.value.__cause__)


@pytest.mark.parametrize("head", [b"", b"nonsense\r\n\r\n", OK + b"Content-Length: 10\r\n\r\n[1,"])
def test_fetch_broken_off_answer_is_named(wire: Wire, head: bytes) -> None:
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(lambda connection: connection.sendall(head)))
    assert caught.value.code == "connection_failed"


@pytest.mark.parametrize("url", ["", "auth.neos.com", "http://", "ftp://auth.neos.com/"])
def test_fetch_bad_address_is_a_mistake_of_the_site(url: str) -> None:
    with pytest.raises(AuthConfigurationError) as caught:
        get(url)
    assert caught.value.code == "invalid_setting"


def test_fetch_environment_proxy_is_ignored(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    assert get(wire.serve(answer(b"{}"))).json() == {}


def test_fetch_netrc_does_not_replace_the_bearer(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    get(wire.serve(answer(b"{}")), Authorization="Bearer a-token")
    assert "Authorization: Bearer a-token\r\n" in wire.requests[0]


def test_fetch_unknown_certificate_is_refused(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    certificate = write_certificate(tmp_path / "server.pem", "127.0.0.1")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(certificate))
    with pytest.raises(AuthProviderError) as caught:
        get(wire.serve(answer(b"{}"), server_context(certificate)))
    assert caught.value.code == "tls_error"
    assert wire.requests == []


def trusted_server(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, folder: Path, script: Any, host: str = "127.0.0.1"
) -> str:
    """The address of a TLS server whose certificate, for `host`, the client trusts."""
    certificate = write_certificate(folder / "server.pem", host)
    monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", str(certificate))
    return wire.serve(script, server_context(certificate))


def test_fetch_over_tls_is_read_completely(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert get(trusted_server(wire, monkeypatch, tmp_path, answer(b"{}"))).json() == {}


def test_fetch_over_tls_keeps_the_deadline(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    slow = trickle(OK + b"Content-Length: 1000\r\n\r\n", b" ")
    started = time.monotonic()
    with pytest.raises(AuthProviderError) as caught:
        get(trusted_server(wire, monkeypatch, tmp_path, slow), seconds=0.5)
    assert caught.value.code == "timeout"
    assert time.monotonic() - started < 1


def test_fetch_certificate_of_another_host_is_refused(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(AuthProviderError) as caught:
        get(trusted_server(wire, monkeypatch, tmp_path, answer(b"{}"), "127.0.0.2"))
    assert caught.value.code == "tls_error"
    assert wire.requests == []


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def write_certificate(path: Path, host: str) -> Path:
    """A self-signed certificate for an IP address with its key, as one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    address = x509.IPAddress(ipaddress.ip_address(host))
    today = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path
