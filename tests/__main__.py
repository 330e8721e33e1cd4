"""The passes of the suite side by side: `python -m tests`, with what pytest takes.

One pass on each database, two that share the tests marked `once`, and one of those marked
`platforms`, as a site of Resonite; see `tests/conftest.py`. A database and, for PostgreSQL, a
server belong to each pass alone, so that none waits for another.
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


#: The marker expression, the database, the share and the platform of each pass. The first is seen
#: while it runs.
PASSES = {
    "SQLite": ("not once", "sqlite", "", "neos"),
    "PostgreSQL": ("not once", "postgresql", "", "neos"),
    "Once-1": ("once", "sqlite", "0/2", "neos"),
    "Once-2": ("once", "sqlite", "1/2", "neos"),
    "Resonite": ("platforms", "sqlite", "", "resonite"),
}


@dataclass(frozen=True)
class Pass:
    """A run of pytest. What it prints goes to `output`, or is seen at once."""

    name: str
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
        return f"{self.name} {counted}"


def start(name: str, directory: Path, *arguments: str, is_silent: bool) -> Pass:
    marked, database, share, platform = PASSES[name]
    result, output = directory / f"{name}.result", directory / f"{name}.output"
    # Its own list of failures, for --last-failed: the passes would overwrite each other's.
    own = ("-m", marked, "-o", f"cache_dir=.pytest_cache/{name.lower()}")
    environment = {"TEST_DATABASE": database, "TEST_RESULT": str(result), "TEST_SHARE": share}
    environment["PLATFORM"] = platform
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *own, *arguments],
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=output.open("wb") if is_silent else None,
        stderr=subprocess.STDOUT if is_silent else None,
    )
    return Pass(name, process, result, output if is_silent else None)


def run(arguments: Sequence[str], directory: Path) -> bool:
    """Run all passes, and close with a line that says what each of them counted."""
    started = time.monotonic()
    seen, *_ = PASSES
    passes = [start(each, directory, *arguments, is_silent=each != seen) for each in PASSES]
    sys.stdout.flush()
    are_good = [each.wait() for each in passes]
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    counted = "; ".join(map(str, passes))
    sys.stdout.write(f"\nAll in {minutes}:{seconds:02}: {counted}.\n")
    return all(are_good)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="eventsite-") as folder:
        sys.exit(not run(sys.argv[1:], Path(folder)))
