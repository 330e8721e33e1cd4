"""Look for known holes in the packages of both locks: `python -m tests.known_holes PIP-AUDIT`.

It runs pip-audit, which asks a public list, and ends with 0 if the list knew every package and no
hole, with 1 if it knew one, and with 2 if it did not answer for all of them. pip-audit itself ends
with 0 when it had to leave packages out, so its report is read and its status is not.
"""

import json
import subprocess
import sys
from typing import Any

FOUND = 1
NOT_LOOKED_UP = 2
LOCKS = ("requirements.lock", "requirements-dev.lock")
SECONDS = 300


def report(pip_audit: str, lock: str) -> dict[str, Any] | None:
    """Return what pip-audit reports, or nothing if it ended without a report."""
    command = [pip_audit, "--disable-pip", "--require-hashes", "--requirement", lock]
    command += ["--format", "json", "--progress-spinner", "off"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=SECONDS)
        told = json.loads(ran.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    return told if isinstance(told, dict) else None


def verdict(lock: str, told: dict[str, Any] | None) -> tuple[int, str]:
    """Return the status, and what to print about one lock."""
    packages = told["dependencies"] if told else []
    holes = [
        f"{package['name']} {package['version']}: {hole['id']},"
        f" mended in {', '.join(hole['fix_versions']) or 'no release yet'}"
        for package in packages
        for hole in package.get("vulns", [])
    ]
    if holes:
        return FOUND, f"{lock} has known holes:\n  " + "\n  ".join(holes)
    left_out = sum("skip_reason" in package for package in packages)
    if not packages:
        return NOT_LOOKED_UP, f"{lock}: the list of known holes did not answer; nothing is known."
    if left_out:
        asked = f"{left_out} of {len(packages)} packages"
        return NOT_LOOKED_UP, f"{lock}: the list of known holes did not answer for {asked}."
    return 0, f"{lock}: no known hole in {len(packages)} packages."


def main(pip_audit: str) -> int:
    found = [verdict(lock, report(pip_audit, lock)) for lock in LOCKS]
    for _status, words in found:
        sys.stdout.write(f"{words}\n")
    statuses = {status for status, _words in found}
    return FOUND if FOUND in statuses else max(statuses)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
