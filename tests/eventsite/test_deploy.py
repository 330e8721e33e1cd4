"""The files of `deploy/`: they fit together, and to the code and the README.

That they lead to a site is proved by the drill; `tests/drills/deploy.py`.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from .processes import ROOT, run

DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
#: Of gunicorn, not in the README's table.
OF_GUNICORN = {"WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"}

#: How routes call a secret. The codes of registrations open nothing to strangers.
SECRET_PART = re.compile(r"<\w+:(?:token|key)>|<token>")


def pairs(unit: Path) -> list[tuple[str, str]]:
    lines = (line.partition("=") for line in unit.read_text("utf-8").splitlines())
    return [(name, value) for name, sign, value in lines if sign and not name.startswith("#")]


def hardening(unit: Path) -> dict[str, str]:
    words = (
        "NoNew",
        "Protect",
        "Private",
        "Restrict",
        "Lock",
        "Remove",
        "Capab",
        "System",
        "UMask",
    )
    found = {name: value for name, value in pairs(unit) if name.startswith(words)}
    return {name: value for name, value in found.items() if name != "RestartPreventExitStatus"}


def test_settings_of_the_example_are_in_the_table_of_the_readme() -> None:
    example = (DEPLOY / "eventsite.env.example").read_text("utf-8")
    names = set(re.findall(r"^#?([A-Z_]+)=", example, re.MULTILINE))
    table = set(re.findall(r"`([A-Z_]+)`", (ROOT / "README.md").read_text("utf-8")))
    assert len(names) > 15
    assert names - table - OF_GUNICORN == set()


def test_services_are_hardened_alike_and_run_as_the_site() -> None:
    assert len(SERVICES) == 3
    first, *others = map(hardening, SERVICES)
    assert len(first) > 15
    assert [other for other in others if other != first] == []
    assert {dict(pairs(unit))["User"] for unit in SERVICES} == {"eventsite"}
    assert {dict(pairs(unit))["EnvironmentFile"] for unit in SERVICES} == {"/etc/eventsite.env"}


def test_units_end_later_than_requests_may() -> None:
    stop = int(dict(pairs(DEPLOY / "eventsite.service"))["TimeoutStopSec"])
    config = (DEPLOY / "gunicorn.conf.py").read_text("utf-8")
    graceful = re.search(r"^graceful_timeout = (\d+)$", config, re.MULTILINE)
    assert graceful is not None
    assert int(graceful[1]) < stop


SAY = """
import os, runpy
from gunicorn.config import Config
settings = Config()
settings.set("accesslog", os.environ.get("ACCESS"))
log = runpy.run_path("deploy/gunicorn.conf.py")["logger_class"](settings)
log.info("Listening at: %s", "here")
print(log.access_log_enabled)
"""


def test_lines_of_the_server_have_the_form_of_the_site() -> None:
    """A process of its own, because gunicorn sets up logging. It never logs requests unasked."""
    plain, as_json, asked = (
        run("-c", SAY),
        run("-c", SAY, LOG_FORMAT="json"),
        run("-c", SAY, ACCESS="-"),
    )

    assert plain.stderr.endswith("[INFO] Listening at: here\n")
    line = json.loads(as_json.stderr)
    assert (line["level"], line["logger"], line["message"]) == (
        "INFO",
        "gunicorn.error",
        "Listening at: here",
    )
    assert [ran.stdout for ran in (plain, as_json, asked)] == ["False\n", "False\n", "True\n"]


def test_systemd_understands_the_units(tmp_path: Path) -> None:
    """Programs are made up: those of the units are not on this machine."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed here")
    units = [*SERVICES, *DEPLOY.glob("*.socket"), *DEPLOY.glob("*.timer")]
    for unit in units:
        text = re.sub(r"^(ExecStart=)\S+", r"\1/bin/true", unit.read_text("utf-8"), flags=re.M)
        (tmp_path / unit.name).write_text(text)
    names = [str(tmp_path / unit.name) for unit in units]
    command = ["systemd-analyze", "verify", "--man=no", *names]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "eventsite" in line]
    assert [line for line in ours if "User=" not in line and "postgresql" not in line] == []


def secret_routes() -> list[str]:
    """Return all addresses with a secret in their path, each with a made-up one."""
    found = [route for route in routes(get_resolver().url_patterns) if SECRET_PART.search(route)]
    made_up = [re.sub(r"<[^>]+>", "made-up", route) for route in found]
    return [route for route in made_up if not route.startswith("/admin/")]  # numbers of rows


def routes(patterns: list[Any], before: str = "/") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        inner = getattr(pattern, "url_patterns", None)
        yield from [route] if inner is None else routes(inner, route)


@pytest.mark.parametrize(
    "address",
    [*secret_routes(), "/door/made-up/U-mika", "//DOOR/made-up/list.txt", "/Calendar/made-up.ics"],
)
def test_log_of_the_proxy_has_no_secret_address(address: str) -> None:
    """nginx's own pattern, applied as nginx does; `$uri` has no query and is decoded."""
    assert shown(address).endswith("/...")


@pytest.mark.parametrize("address", ["/events/door-to-door/", "/calendar.ics", "/calendar/month/"])
def test_log_of_the_proxy_shows_other_addresses(address: str) -> None:
    hidden = "/calendar/..." if address == "/calendar/month/" else address
    assert shown(address) == hidden


def shown(address: str) -> str:
    found = re.search(r'"~\*(\S+)" "/\$room/\.\.\."', (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert found is not None
    pattern = found[1].replace("(?<", "(?P<")
    match = re.search(pattern, address, re.IGNORECASE)
    return f"/{match['room']}/..." if match else address


def test_secrets_of_many_kinds_are_among_the_routes() -> None:
    assert len(secret_routes()) >= 7
    assert "/accounts/password-reset/made-up/made-up/" in secret_routes()
