"""Make HTTP requests to the provider, bounded in time and size.

They follow no redirect and ignore proxies, `.netrc` and CA bundles of the environment. Not bounded
are the look-up of a name, the number of dead addresses of a host (CONNECT_SECONDS each), and
headers or lengths of chunks that arrive byte by byte.
"""

import io
import json
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.exceptions import InvalidSchema, InvalidURL, MissingSchema, SSLError
from social_core.backends.base import BaseAuth
from social_core.exceptions import (
    AuthConfigurationError,
    AuthProviderError,
    ErrorStage,
    SocialAuthBaseException,
)
from social_core.utils import http_error, redact_request_error
from urllib3 import HTTPResponse, Timeout
from urllib3.exceptions import DecodeError, HTTPError, ProtocolError
from urllib3.exceptions import TimeoutError as SlowError

CONNECT_SECONDS = 3.0
MAX_BODY = 256 * 1024  # bytes, packed or unpacked; a profile is about 2 KiB
CHUNK = 16 * 1024  # bytes

# In this order: an SSLError is a ConnectionError too.
ERROR_CODES: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((SSLError,), "tls_error"),
    ((requests.Timeout, SlowError, TimeoutError), "timeout"),
    ((requests.ConnectionError, ProtocolError), "connection_failed"),
)


#: Called after each request of a sign-in: the name of the backend, `ok` or the code of what went
#: wrong, and the seconds that it took.
listeners: list[Callable[[str, str, float], None]] = []


class Deadline:
    """A moment some seconds from now, shared by all requests of one login."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Return the seconds left, always above 0. Raises TimeoutError when there are none."""
        seconds = self._at - time.monotonic()
        if seconds <= 0:
            raise TimeoutError("the provider did not answer in time")
        return seconds


class Answer(requests.Response):
    def json(self, **_options: Any) -> Any:
        """Decode the body as UTF-8 (RFC 8259 §8.1), whatever the header says. Raises ValueError."""
        try:
            return json.loads(self.content.decode())
        except RecursionError as error:
            raise ValueError("the answer nests too deeply") from error


def fetch(
    backend: BaseAuth[Any], request: requests.Request, deadline: Deadline, *, stage: ErrorStage
) -> Answer:
    """Return the provider's 2xx answer, completely read.

    Raises AuthProviderError (timeout, connection_failed, tls_error, http_error, unavailable,
    rate_limited), what `http_error` makes of an OAuth error (RFC 6749 §5.2), and
    AuthConfigurationError for a malformed address.
    """
    began = time.monotonic()
    try:
        answer = send(request.prepare(), deadline)
    except (requests.RequestException, HTTPError, TimeoutError) as error:
        redact_request_error(error, request_url=request.url)
        ours = failure(backend, error, stage)
        _tell(backend, ours.code, began)
        raise ours from error
    _tell(backend, "ok" if answer.ok else f"status_{answer.status_code}", began)
    if not 200 <= answer.status_code < 300:
        refusal = requests.HTTPError(f"status {answer.status_code}", response=answer)
        raise http_error(backend, refusal, stage=stage) from refusal
    return answer


def _tell(backend: BaseAuth[Any], outcome: str, began: float) -> None:
    for listener in listeners:
        listener(backend.name, outcome, time.monotonic() - began)


def failure(backend: BaseAuth[Any], error: Exception, stage: ErrorStage) -> SocialAuthBaseException:
    if isinstance(error, (InvalidURL, InvalidSchema, MissingSchema)):
        return AuthConfigurationError(backend, code="invalid_setting", parameter="url", stage=stage)
    code = next((code for kinds, code in ERROR_CODES if isinstance(error, kinds)), None)
    return AuthProviderError(backend, code=code, stage=stage)


def send(
    request: requests.PreparedRequest, deadline: Deadline, *, at_most: int = MAX_BODY
) -> Answer:
    """Send through an adapter of its own: a `requests.Session` would read the environment.

    A body of more than `at_most` bytes, packed or unpacked, becomes an empty one.
    """
    timeout: Any = Timeout(connect=CONNECT_SECONDS, total=deadline.left())
    answer = Answer()
    with (
        closing(HTTPAdapter()) as adapter,
        adapter.send(request, stream=True, timeout=timeout, verify=True) as response,
    ):
        body = read_body(response.raw, deadline, at_most)
    vars(answer).update(vars(response), raw=io.BytesIO(body))
    return answer


def read_body(raw: HTTPResponse, deadline: Deadline, at_most: int = MAX_BODY) -> bytes:
    """Return the unpacked body, or b"" if it is too long or cannot be unpacked."""
    packed = b""
    # `read1` returns what has arrived; `read` would wait for the whole chunk.
    while chunk := raw.read1(CHUNK, decode_content=False):
        deadline.left()
        packed += chunk
        if len(packed) > at_most:
            return b""
    headers = {"Content-Encoding": raw.headers.get("Content-Encoding", "")}
    whole = HTTPResponse(io.BytesIO(packed), headers, preload_content=False)
    try:
        body = whole.read(at_most + 1, decode_content=True)
    except DecodeError:
        return b""
    return body if len(body) <= at_most else b""
