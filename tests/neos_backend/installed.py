"""The backend as another project gets it: a wheel, installed where nothing else of ours is."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import requests

BACKEND = Path(__file__).resolve().parents[2] / "neos_backend"
SECONDS = 90  # generous: other work on the machine must not fail a test


def pip(*arguments: str) -> None:
    quiet = ("-q", "--disable-pip-version-check", "--no-deps", "--no-index")
    command = [sys.executable, "-m", "pip", *arguments[:1], *quiet, *arguments[1:]]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def build_wheel(folder: Path) -> Path:
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(folder), str(BACKEND))
    (wheel,) = folder.glob("*.whl")
    return wheel


@dataclass(frozen=True)
class Installed:
    """A folder with an empty project, and another one with the wheel."""

    wheel: Path
    project: Path
    packages: Path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of this process's: the repository is not to be found."""
        return {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(self.packages),
            "PYTHONUNBUFFERED": "1",
        }

    def run(self, source: str) -> str:
        """Return what Python prints for the source, in the empty project."""
        return self.call("-c", source)

    def call(self, *arguments: str) -> str:
        """Return what Python prints when it is called like this, in the empty project."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.project,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    @contextlib.contextmanager
    def serving(self, script: Path, *arguments: str) -> Iterator[str]:
        """Copy a project of one file to the empty folder and serve it; yield its address."""
        copy = self.project / script.name
        copy.write_text(script.read_text("utf-8"), "utf-8")
        port = free_port()
        with self.answering(port, str(copy), port, *arguments) as address:
            yield address

    @contextlib.contextmanager
    def answering(self, port: str, *arguments: str) -> Iterator[str]:
        """Run Python with these arguments, which serves on this port; yield its address."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
        )
        try:
            wait_for(f"http://127.0.0.1:{port}/", process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)


def install(folder: Path) -> Installed:
    project, packages = folder / "project", folder / "packages"
    project.mkdir()
    wheel = build_wheel(folder)
    pip("install", "--target", str(packages), str(wheel))
    return Installed(wheel, project, packages)


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return str(listener.getsockname()[1])


def wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(requests.ConnectionError):
            requests.get(address, timeout=SECONDS)
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args} ended with {process.poll()}")
