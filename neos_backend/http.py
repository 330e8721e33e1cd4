"""The one HTTP client towards the provider, bounded in time, size and trust.

Nobody waits longer than the deadline of their login, however slowly an answer trickles in; a body
is read up to 256 KiB after decompression; redirects are not followed; proxies, `.netrc` and CA
bundles named in the environment are ignored, and certificates are always verified. Failures become
social-core's exceptions with its codes, like those of `BaseAuth.request`.

Not bounded here: a name look-up takes what the operating system allows it, and a host with many
dead addresses costs CONNECT_SECONDS for each.
"""

import http.client
import io
import re
import socket
import time
from functools import partial
from typing import Any

import requests
import urllib3.exceptions
from requests.adapters import HTTPAdapter
from social_core.backends.base import BaseAuth
from social_core.exceptions import (
    AuthConfigurationError,
    AuthProviderError,
    ErrorStage,
    SocialAuthBaseException,
)
from social_core.utils import http_error, redact_request_error
from urllib3 import HTTPResponse

CONNECT_SECONDS = 3.0  # for one address of the host: three dead ones still fit a login
MAX_BODY = 256 * 1024  # bytes, decompressed; a profile is about 2 KiB
MAX_NESTING = 64  # a profile nests four deep
CHUNK = 16 * 1024  # bytes

# Strings are matched whole, so that a bracket in a name does not count. Possessive and with an
# optional end: a string that never closes is passed over once, not once per quote.
NESTING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)

BAD_ADDRESS = (
    requests.exceptions.InvalidURL,
    requests.exceptions.InvalidSchema,
    requests.exceptions.MissingSchema,
)
# In this order: an SSLError is a ConnectionError too.
ERROR_CODES = (
    ((requests.exceptions.SSLError,), "tls_error"),
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "timeout"),
    ((requests.ConnectionError, urllib3.exceptions.ProtocolError), "connection_failed"),
)


class Deadline:
    """A moment some seconds from now, shared by all requests of one login."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, always above 0. Raises TimeoutError when there are none."""
        seconds = self._at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the provider did not answer in time")
        return seconds


def fetch(
    backend: BaseAuth[Any], request: requests.Request, deadline: Deadline, *, stage: ErrorStage
) -> requests.Response:
    """The provider's 2xx answer, completely read; its `json()` raises nothing but ValueError.

    Raises AuthProviderError (timeout, connection_failed, tls_error, http_error, unavailable,
    rate_limited), whatever `http_error` makes of an OAuth error (RFC 6749 §5.2), and
    AuthConfigurationError for an address that is none.
    """
    try:
        response = send(request.prepare(), deadline)
    except (requests.RequestException, urllib3.exceptions.HTTPError, TimeoutError) as error:
        redact_request_error(error, request_url=request.url)
        raise failure(backend, error, stage) from error
    if not 200 <= response.status_code < 300:
        refusal = requests.HTTPError(f"status {response.status_code}", response=response)
        raise http_error(backend, refusal, stage=stage) from refusal
    return response


def failure(backend: BaseAuth[Any], error: Exception, stage: ErrorStage) -> SocialAuthBaseException:
    """What social-core calls a request without an answer."""
    if isinstance(error, BAD_ADDRESS):
        return AuthConfigurationError(backend, code="invalid_setting", parameter="url", stage=stage)
    code = next((code for kinds, code in ERROR_CODES if isinstance(error, kinds)), None)
    return AuthProviderError(backend, code=code, stage=stage)


def send(request: requests.PreparedRequest, deadline: Deadline) -> requests.Response:
    """One exchange through an adapter of its own.

    A `requests.Session` would read proxies and `.netrc` from the environment, and even without
    following a redirect it reads its whole body.
    """
    adapter = TimedAdapter(deadline)
    left = deadline.left()
    try:
        response = adapter.send(
            request, stream=True, timeout=(min(CONNECT_SECONDS, left), left), verify=True
        )
        with response.raw as raw:
            body = read_body(raw)
    finally:
        adapter.close()
    response.raw = io.BytesIO(body)
    response.encoding = "utf-8"  # RFC 8259 §8.1, whatever the header says
    return response


def read_body(raw: HTTPResponse) -> bytes:
    """The body, or nothing at all when it is no text that may be decoded."""
    body = bytearray()
    try:
        for chunk in raw.stream(CHUNK, decode_content=True):
            body += chunk
            if len(body) > MAX_BODY:
                return b""
    except urllib3.exceptions.DecodeError:
        return b""
    return bytes(body) if is_decodable(body) else b""


def is_decodable(body: bytearray) -> bool:
    """Whether the body is UTF-8 and nests no deeper than the JSON decoder can follow."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    depth = 0
    for mark in NESTING.finditer(body):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(bytes(mark[0]), 0)
        if depth > MAX_NESTING:
            return False
    return True


class TimedAdapter(HTTPAdapter):
    """Gives every connection the deadline; no retries, as always with `requests`."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        super().__init__()

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        pool.ConnectionCls = partial(timed_connection, pool.ConnectionCls, self._deadline)
        return pool


def timed_connection(make: Any, deadline: Deadline, **options: Any) -> Any:
    """A connection of the kind `make`, urllib3's for http or https, that obeys the deadline."""
    connection = make(**options)
    connection.response_class = partial(TimedResponse, deadline)
    return connection


class TimedResponse(http.client.HTTPResponse):
    """An answer whose status line, headers and body all arrive before the deadline."""

    def __init__(self, deadline: Deadline, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(TimedReader(deadline, sock, self.fp.detach()))


class TimedReader(io.RawIOBase):
    """Allows each read from the socket what is left of the time.

    A plain socket timeout starts anew with every byte.
    """

    def __init__(self, deadline: Deadline, sock: socket.socket, raw: io.RawIOBase) -> None:
        self._deadline, self._sock, self._raw = deadline, sock, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._deadline.left())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
