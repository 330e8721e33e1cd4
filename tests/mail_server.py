"""Mail servers for the tests: a real one on 127.0.0.1 that misbehaves as told, and two backends."""

import os
import signal
import smtplib
import socketserver
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

#: What the server says to a command that names a recipient, or to the end of a message.
Answer = Callable[[str], str]


class Unopenable(BaseEmailBackend):
    """Raises what no network raises, before anything is handed over."""

    def open(self) -> None:
        raise ValueError("no ASCII")

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise AssertionError("never opened")


class Unclosable(BaseEmailBackend):
    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise OSError("gone")

    def close(self) -> None:
        raise ValueError("no ASCII")


class Refusing(BaseEmailBackend):
    """Takes nothing, each time for the reason given."""

    error: ClassVar[Exception] = smtplib.SMTPDataError(451, b"later")

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        raise self.error


class Killing(BaseEmailBackend):
    """The process dies, without a word, while it hands its first message over."""

    def send_messages(self, messages: Sequence[EmailMessage]) -> int:
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class Sink(socketserver.ThreadingTCPServer):
    """Keeps what it takes; `silent` closes the door in mid-sentence, as a crash would."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, recipient: Answer, end: Answer) -> None:
        super().__init__(("127.0.0.1", 0), Session)
        self.recipient = recipient
        self.end = end
        self.taken: list[str] = []
        self.connections = 0
        #: Ends the waiting of those who say nothing.
        self.closing = threading.Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class Session(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.server.connections += 1
        self.say("220 sink")
        while line := self.rfile.readline().decode(errors="replace").strip():
            verb = line.split(" ")[0].upper()
            if verb == "RCPT":
                self.say(self.server.recipient(line))
            elif verb == "DATA":
                self.take()
            else:
                self.say("221 bye" if verb == "QUIT" else "250 ok")

    def take(self) -> None:
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline().decode(errors="replace").rstrip("\r\n")) != ".":
            lines.append(line)
        text = "\n".join(lines)
        self.server.taken.append(text)
        self.say(self.server.end(text))

    def say(self, answer: str) -> None:
        if not answer:  # it has heard everything and says nothing
            self.server.closing.wait(60)
            return
        self.wfile.write(f"{answer}\r\n".encode())


def fine(_line: str) -> str:
    return "250 ok"


@contextmanager
def mail_server(*, recipient: Answer = fine, end: Answer = fine) -> Iterator[Sink]:
    with Sink(recipient, end) as sink:
        thread = threading.Thread(target=sink.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield sink
        finally:
            sink.closing.set()
            sink.shutdown()
            thread.join()
