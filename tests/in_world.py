"""A world: it sends what the nodes *GET String* and *POST String* send, and reads what they can.

Such a node chooses no header. It reads the status and the body as a string, has no parser, and
compares it. So an answer that it could not compare raises `Unreadable` here: a redirect, a cookie,
a packed or chunked body, a byte order mark, a line end, letters that are not ASCII.
"""

import socket
from dataclasses import dataclass
from urllib.parse import quote

SECONDS = 60


class Unreadable(Exception):
    """An answer that no world can use."""


@dataclass(frozen=True)
class World:
    """Asks one server with one key, each time over a connection of its own."""

    host: str
    port: int
    key: str

    def ask(self, neos_id: str, query: str = "") -> str:
        status, text = self.get(f"/door/{self.key}/{escaped(neos_id)}{query}")
        return text if status == 200 else f"{status} {text}"

    def note(self, neos_id: str, action: str) -> str:
        status, text = self.post(f"/door/{self.key}/{escaped(neos_id)}/{action}", "noted")
        return text if status == 200 else f"{status} {text}"

    def get(self, path: str) -> tuple[int, str]:
        return read(self.exchange(f"GET {path} HTTP/1.1\r\n{self._headers()}\r\n".encode("ascii")))

    def post(self, path: str, body: str) -> tuple[int, str]:
        about = f"Content-Type: text/plain; charset=utf-8\r\nContent-Length: {len(body)}\r\n"
        head = f"POST {path} HTTP/1.1\r\n{self._headers()}{about}\r\n"
        return read(self.exchange(head.encode("ascii"), body.encode()))

    def exchange(self, *parts: bytes) -> bytes:
        """Send the body after the head, as clients do, and return all until the server closes."""
        with socket.create_connection((self.host, self.port), SECONDS) as connection:
            for part in parts:
                connection.sendall(part)
            received = b""
            while chunk := connection.recv(65_536):
                received += chunk
        return received

    def _headers(self) -> str:
        return f"Host: {self.host}:{self.port}\r\nUser-Agent: Neos\r\nConnection: close\r\n"


def escaped(text: str) -> str:
    """Escape as the node *Escape Uri Data String* does (RFC 3986)."""
    return quote(text, safe="-_.~")


def read(received: bytes) -> tuple[int, str]:
    """Return the status and the text of an answer, or raise `Unreadable`."""
    head, _, body = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    status = int(first.split(" ")[1])
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    wrong = [
        *([f"status {status}"] if status < 200 or 300 <= status < 400 else []),
        *({"set-cookie", "transfer-encoding", "content-encoding", "location"} & headers.keys()),
        *([] if headers.get("content-type") == "text/plain; charset=utf-8" else ["no plain text"]),
        *([] if headers.get("content-length") == str(len(body)) else ["another length"]),
        *([] if body.isascii() and not body.startswith(b"\xef\xbb\xbf") else ["no ASCII"]),
    ]
    if wrong:
        raise Unreadable(f"{wrong} in {received[:500]!r}")
    return status, body.decode("ascii")
