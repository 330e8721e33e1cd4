"""Run a unit as systemd would: its user, folder, settings and commands, and the socket beside it.

`python3 as_systemd.py NAME.service`. On SIGUSR1 the service is started again, as by
`systemctl restart`: SIGTERM, the end of the old one, the new one; the socket stays open all the
time. What hardens a unit is not tried.
"""

import os
import pwd
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

UNITS = Path("/etc/systemd/system")
FIRST_FD = 3  # sd_listen_fds(3)


def read(name: str) -> list[tuple[str, str]]:
    """Return the pairs of a unit; a name may come more than once."""
    lines = (UNITS / name).read_text().splitlines()
    return [(key, value) for key, sign, value in (line.partition("=") for line in lines) if sign]


def settings(file: str) -> dict[str, str]:
    """Return what a shell reads from the file, which is what systemd reads from it."""
    script = f"set -a; . {shlex.quote(file)}; env -0"
    plain = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    read = subprocess.run(["sh", "-c", script], env=plain, stdout=subprocess.PIPE, check=True)
    pairs = (pair.partition(b"=") for pair in read.stdout.split(b"\0") if pair)
    return {name.decode(): value.decode() for name, _sign, value in pairs}


def listener(name: str) -> socket.socket | None:
    file = UNITS / name.replace(".service", ".socket")
    if not file.exists():
        return None
    host, _sign, port = dict(read(file.name))["ListenStream"].rpartition(":")
    return socket.create_server((host, int(port)), backlog=2048)


def make_folder(unit: dict[str, str]) -> None:
    """Make the one folder that the unit may write to."""
    folder, user = Path("/var/lib") / unit["StateDirectory"], pwd.getpwnam(unit["User"])
    folder.mkdir(exist_ok=True)
    folder.chmod(int(unit["StateDirectoryMode"], 8))
    os.chown(folder, user.pw_uid, user.pw_gid)


def words_of(command: str, environment: dict[str, str]) -> list[str]:
    """Read a command as systemd.service(5) says: `%%` is a sign, `$NAME` alone becomes words."""
    words = []
    for word in shlex.split(command.replace("%%", "%")):
        is_name = word.startswith("$") and word[1:].isidentifier()
        words += environment.get(word[1:], "").split() if is_name else [word]
    return words


def start(
    command: str, unit: dict[str, str], held: socket.socket | None
) -> subprocess.Popen[bytes]:
    user = pwd.getpwnam(unit["User"])
    environment = settings(unit["EnvironmentFile"])
    words = words_of(command, environment)
    if held:
        # A socket names the process that it is for; the shell becomes that process.
        environment["LISTEN_FDS"] = "1"
        words = ["sh", "-c", 'export LISTEN_PID=$$; exec "$@"', "sh", *words]
        os.dup2(held.fileno(), FIRST_FD)
    return subprocess.Popen(
        words,
        cwd=unit["WorkingDirectory"],
        env=environment,
        user=user.pw_uid,
        group=user.pw_gid,
        extra_groups=[],
        umask=int(unit["UMask"], 8),
        pass_fds=[FIRST_FD] if held else [],
        stdin=subprocess.DEVNULL,
    )


def serve(name: str, unit: dict[str, str], command: str) -> int:
    held = listener(name)
    again = []
    signal.signal(signal.SIGUSR1, lambda *_: (again.append(True), process.terminate()))
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    while True:
        process = start(command, unit, held)
        status = process.wait()
        print(f"{name} ended with {status}", flush=True)
        if not again:
            return status
        again.clear()


def main(name: str) -> int:
    pairs = read(name)
    unit = dict(pairs)
    commands = [value for key, value in pairs if key == "ExecStart"]
    make_folder(unit)
    if unit.get("Type") != "oneshot":
        return serve(name, unit, *commands)
    for command in commands:
        if status := start(command, unit, None).wait():
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
