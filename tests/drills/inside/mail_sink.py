"""Take every mail on 127.0.0.1:1025, and keep each as a file of a folder."""

import itertools
import socketserver
import sys
from pathlib import Path

FOLDER = Path(sys.argv[1])
NUMBERS = itertools.count(1)


class Session(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        self.say("220 sink")
        while line := self.rfile.readline():
            word = line[:4].strip().upper()
            if word == b"QUIT":
                return self.say("221 bye")
            if word == b"DATA":
                self.say("354 go on")
                self.keep()
            self.say("250 taken")
        return None

    def keep(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        (FOLDER / f"{next(NUMBERS)}.eml").write_bytes(b"".join(lines))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    Server(("127.0.0.1", 1025), Session).serve_forever()
