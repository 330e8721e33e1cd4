"""Verdicts of `make audit-dependencies` on a report, and on a report that never came."""

from pathlib import Path
from typing import Any

import pytest

from tests.known_holes import FOUND, LOCKS, NOT_LOOKED_UP, main, report, verdict

from .test_makefile import recipe, write_program

FINE = {"name": "nh3", "version": "1.0", "vulns": []}
LEFT_OUT = {"name": "tqdm", "skip_reason": "not found"}
BAD = {"name": "django", "version": "5.2", "vulns": [{"id": "CVE-1", "fix_versions": ["5.2.1"]}]}
OLD = {"name": "nh3", "version": "0.1", "vulns": [{"id": "CVE-2", "fix_versions": []}]}


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        ({"dependencies": [FINE]}, 0, "a.lock: no known hole in 1 packages."),
        (None, NOT_LOOKED_UP, "a.lock: the list of known holes did not answer; nothing is known."),
        (
            {"dependencies": [FINE, LEFT_OUT]},
            NOT_LOOKED_UP,
            "a.lock: the list of known holes did not answer for 1 of 2 packages.",
        ),
        (
            {"dependencies": [LEFT_OUT, BAD, OLD]},
            FOUND,
            "a.lock has known holes:\n  django 5.2: CVE-1, mended in 5.2.1"
            "\n  nh3 0.1: CVE-2, mended in no release yet",
        ),
    ],
)
def test_verdict_tells_holes_from_a_list_that_did_not_answer(
    told: dict[str, Any] | None, status: int, words: str
) -> None:
    assert verdict("a.lock", told) == (status, words)


@pytest.mark.parametrize(
    ("script", "status"),
    [
        ('echo \'{"dependencies": [{"name": "a", "version": "1", "vulns": []}]}\'', 0),
        ("echo ConnectionError >&2; exit 1", NOT_LOOKED_UP),
        ('echo \'{"dependencies": [{"name": "a", "skip_reason": "x"}]}\'', NOT_LOOKED_UP),
    ],
)
def test_program_says_one_line_for_each_lock(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], script: str, status: int
) -> None:
    write_program(tmp_path / "pip-audit", script)

    assert main(str(tmp_path / "pip-audit")) == status
    assert [line.partition(":")[0] for line in capsys.readouterr().out.splitlines()] == list(LOCKS)


def test_program_that_is_not_there_is_no_report() -> None:
    assert report("/nowhere/pip-audit", "requirements.lock") is None


def test_make_installs_the_program_by_hash_and_apart() -> None:
    lines = recipe("audit-dependencies")

    assert ".cache/pip-audit/bin/pip install" in lines
    assert "--require-hashes -r requirements-audit.lock" in lines
    assert "-m tests.known_holes .cache/pip-audit/bin/pip-audit" in lines
