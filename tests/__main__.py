"""Both passes of the suite side by side: `python -m tests`, with what pytest takes.

A database and, for PostgreSQL, a server belong to each pass alone, so that neither has to wait for
the other. The pass on PostgreSQL leaves out the tests marked `once`; see `tests/conftest.py`.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NOTHING_SELECTED = 5  # pytest's exit status


@dataclass(frozen=True)
class Pass:
    """A run of pytest on one database. What it prints goes to `output`, or is seen at once."""

    database: str
    process: "subprocess.Popen[bytes]"
    result: Path
    output: Path | None = None

    def wait(self) -> bool:
        """Wait for its end, and return if it was a good one; print what nobody has seen yet."""
        status = self.process.wait()
        if self.output:
            sys.stdout.write(f"\n{self.output.read_text(errors='replace')}")
        return status in (0, NOTHING_SELECTED)

    def __str__(self) -> str:
        counted = self.result.read_text() if self.result.exists() else "ended early"
        return f"{self.database} {counted}"


def start(
    database: str, directory: Path, *arguments: str, is_silent: bool = False, **environment: str
) -> Pass:
    name = database.lower()
    result, output = directory / f"{name}.result", directory / f"{name}.output"
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *arguments],
        env=os.environ | {"TEST_DATABASE": name, "TEST_RESULT": str(result)} | environment,
        stdin=subprocess.DEVNULL,
        stdout=output.open("wb") if is_silent else None,
        stderr=subprocess.STDOUT if is_silent else None,
    )
    return Pass(database, process, result, output if is_silent else None)


def run(arguments: Sequence[str], directory: Path) -> bool:
    """Run both passes, and close with a line that says what ran on which database."""
    started = time.monotonic()
    # Its own list of failures, for --last-failed: two passes would overwrite each other's.
    own = ("-o", "cache_dir=.pytest_cache/postgresql", "-m", "not once")
    passes = [
        start("PostgreSQL", directory, *own, *arguments, is_silent=True),
        start("SQLite", directory, *arguments),
    ]
    sys.stdout.flush()
    are_good = [each.wait() for each in reversed(passes)]
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    sys.stdout.write(f"\nBoth in {minutes}:{seconds:02}: {passes[1]}; {passes[0]}.\n")
    return all(are_good)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="eventsite-") as folder:
        sys.exit(not run(sys.argv[1:], Path(folder)))
