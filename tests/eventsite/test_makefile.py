"""The commands of `make`, shown without running them, or run with stand-ins for Python and pip."""

import os
import subprocess
from pathlib import Path

import pytest

from .processes import ROOT


def recipe(*arguments: str) -> str:
    """The commands for a target, as if nothing had been made yet; each on one line."""
    command = ["make", "--dry-run", "--always-make", "--no-print-directory", *arguments]
    plain = {"PATH": os.environ["PATH"]}  # without a HOST or PORT of the caller's
    made = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True, check=True)
    return made.stdout.replace("\\\n", "")


def make(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run make with these environment variables and no others."""
    command = ["make", "--no-print-directory", *arguments]
    environment = {"PATH": os.environ["PATH"], **variables}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def write_program(file: Path, script: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    file.chmod(0o755)


# --- Packages ------------------------------------------------------------------------------------

#: Stands in for Python: `python -m venv FOLDER` puts a pip there that takes a moment, so that a few
#: dots can be seen, and ends with this status.
VENV_MAKER = """
[ "$2" = venv ] || exit 0
mkdir -p "$3/bin"
printf '#!/bin/sh\\necho pip "$@" >&2; /bin/sleep 0.5; exit %s\\n' "$STATUS" > "$3/bin/pip"
chmod +x "$3/bin/pip"
"""
PIP = "pip install -q --disable-pip-version-check --no-deps --require-hashes -r "


@pytest.mark.parametrize(("status", "is_made"), [("0", True), ("1", False)])
def test_packages_are_installed_in_one_line_that_grows(
    tmp_path: Path, status: str, *, is_made: bool
) -> None:
    write_program(tmp_path / "python", VENV_MAKER)
    venv = tmp_path / "venv"
    write_program(tmp_path / "sleep", "exec /bin/sleep 0.02")
    path = f"{tmp_path}:{os.environ['PATH']}"
    told = (f"VENV={venv}", f"PYTHON={tmp_path}/python")
    made = make(f"{venv}/installed", *told, STATUS=status, PATH=path)

    (line,) = made.stdout.splitlines()
    said = f"Installing the locked packages into {venv}. It takes a minute or two, and happens once"
    assert line.rstrip(".") == said
    assert line.count(".", len(said)) > 3
    assert made.stderr.splitlines()[0] == f"{PIP}requirements-dev.lock"
    assert (made.returncode == 0, (venv / "installed").exists()) == (is_made, is_made)


# --- The demo ------------------------------------------------------------------------------------


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


#: Stands in for Python: answers where the demo is reached, or shows its environment.
SHOW_ENVIRONMENT = 'case "$*" in *reach*) echo http://localhost:8000 127.0.0.1;; *) env;; esac'
SITE = {"SITE_TAGLINE": "By the sea", "SITE_CONTACT": "it's <me@example.org>", "SITE_NAME": "$x"}
PLAYED = ("PLATFORM", "NEOS_SANDBOX", "RESONITE_SANDBOX")
SERVERS = {
    "DATABASE_URL": "postgresql://user:p$w@db/site",
    "EMAIL_URL": "smtp://mail.example.org",
    "CACHE_URL": "dbcache://cache",
}


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    write_program(tmp_path / "bin" / "python", SHOW_ENVIRONMENT)
    (tmp_path / "installed").touch()
    return tmp_path


def demo_environment(venv: Path, *arguments: str, **variables: str) -> dict[str, str]:
    """Return what the demo's environment says of the site, its platform and its servers."""
    shown = make("demo", f"VENV={venv}", *arguments, **variables)
    pairs = dict(line.split("=", 1) for line in shown.stdout.splitlines() if "=" in line)
    return {name: pairs[name] for name in [*SITE, *PLAYED, *SERVERS] if name in pairs}


OWN = {
    "SITE_TAGLINE": "worlds to meet in",
    "SITE_CONTACT": "Mika and Robin <hello@example.org>",
    "PLATFORM": "neos",
    "NEOS_SANDBOX": "1",
    "RESONITE_SANDBOX": "1",
    "DATABASE_URL": "sqlite:///var/demo.sqlite3",
    "EMAIL_URL": "",
    "CACHE_URL": "",
}


def test_demo_says_of_itself_what_nobody_else_says(venv: Path) -> None:
    assert demo_environment(venv) == OWN
    assert demo_environment(venv, SITE_TAGLINE="") == OWN | {"SITE_TAGLINE": ""}


def test_demo_is_called_as_its_caller_says(venv: Path) -> None:
    assert demo_environment(venv, **SITE) == OWN | SITE
    assert demo_environment(venv, "SITE_TAGLINE=Here") == OWN | {"SITE_TAGLINE": "Here"}


def test_demo_of_each_platform_has_a_file_of_its_own(venv: Path) -> None:
    resonite = {"PLATFORM": "resonite", "DATABASE_URL": "sqlite:///var/demo-resonite.sqlite3"}
    assert demo_environment(venv, "PLATFORM=resonite") == OWN | resonite
    assert demo_environment(venv, PLATFORM="resonite") == OWN | resonite
    assert demo_environment(venv, "PLATFORM=neos") == OWN


def test_demo_touches_servers_only_if_they_are_named_to_make_itself(venv: Path) -> None:
    """The shell may have the settings of a real site, and the demo has known passwords."""
    assert demo_environment(venv, **SERVERS) == OWN
    for name, value in SERVERS.items():
        told = value.replace("$", "$$")
        assert demo_environment(venv, f"{name}={told}") == OWN | {name: value}
