"""The client of the journeys in a world refuses what a world cannot use."""

import pytest

from tests.in_world import Unreadable, escaped, read

PLAIN, LONG = "Content-Type: text/plain; charset=utf-8", "Content-Length: 2"


def sent(status: int, *headers: str, body: bytes = b"ok") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} X", *headers, "", ""]).encode() + body


def test_control_client_reads_what_a_world_reads() -> None:
    assert read(sent(200, PLAIN, LONG)) == (200, "ok")


@pytest.mark.parametrize(
    "received",
    [
        sent(301, PLAIN, LONG),
        sent(200, "Content-Type: text/html", LONG),
        sent(200, PLAIN),
        sent(200, PLAIN, "Content-Length: 3"),
        sent(200, PLAIN, "Content-Length: 5", body=b"\xef\xbb\xbfok"),
        sent(200, PLAIN, LONG, "Set-Cookie: a=b"),
        sent(200, PLAIN, LONG, "Content-Encoding: gzip"),
        sent(200, PLAIN, "Transfer-Encoding: chunked", body=b"2\r\nok\r\n0\r\n\r\n"),
    ],
)
def test_control_client_refuses_what_no_world_reads(received: bytes) -> None:
    with pytest.raises(Unreadable):
        read(received)


def test_ids_are_escaped_as_a_world_does() -> None:
    assert escaped("U-a b/ä") == "U-a%20b%2F%C3%A4"
