"""Show the commands of `make` without running them."""

import os
import subprocess

import pytest

from .processes import ROOT


def recipe(*arguments: str) -> str:
    """The commands for a target, as if nothing had been made yet; each on one line."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    plain = {"PATH": os.environ["PATH"]}  # without a HOST or PORT of the caller's
    made = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True)
    return made.stdout.replace("\\\n", "")


def test_packages_are_installed_with_pips_own_progress() -> None:
    (install,) = (line for line in recipe(".venv").splitlines() if "pip install" in line)

    assert "requirements-dev.lock" in install
    assert [word for word in install.split() if word.startswith(("-q", "--quiet"))] == []


@pytest.mark.parametrize(
    ("variables", "asked"),
    [
        ((), "eventsite.reach 'localhost' '8000'"),
        (("HOST=0.0.0.0", "PORT=8001"), "eventsite.reach '0.0.0.0' '8001'"),
    ],
)
def test_demo_asks_where_it_is_reached(variables: tuple[str, ...], asked: str) -> None:
    (demo,) = (line for line in recipe("demo", *variables).splitlines() if "manage.py" in line)

    assert asked in demo
    assert "SITE_URL=$1" in demo
    assert demo.endswith("manage.py demo --listen $2")
