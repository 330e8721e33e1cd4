"""The files of `deploy/`: they fit together, and to the code and the README.

That they lead to a site is proved by the drill; `tests/drills/deploy.py`.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import get_resolver
from pytest_django import Settings

from events.health.gate import HealthMiddleware

from .processes import ROOT, run

DEPLOY = ROOT / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
EXAMPLE = (DEPLOY / "eventsite.env.example").read_text("utf-8")
#: Of gunicorn and of a unit: below the README's table, because the site does not read them.
OF_OTHERS = {"WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS", "PURGE_OPTIONS"}
#: In the README's table and not in the example, because a real site leaves them alone.
LEFT_ALONE = {
    *("DEBUG", "NEOS_SANDBOX", "NEOS_USE_PKCE", "STRIPE_API_URL"),
    *("NEOS_ASSETS_URL", "NEOS_AUTHORIZATION_URL", "NEOS_PROFILE_URL"),
}

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


def test_settings_of_the_example_are_those_of_the_readme() -> None:
    example = re.findall(r"^#?([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    readme = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(r"^\| ((?:`[A-Z_]+` )+)\|", readme, re.MULTILINE)
    table = {name for row in rows for name in re.findall(r"[A-Z_]+", row)}
    assert len(set(example)) == len(example) > 30
    assert set(example) - OF_OTHERS == table - LEFT_ALONE
    assert table > LEFT_ALONE
    assert [name for name in OF_OTHERS if f"`{name}`" not in readme] == []


def test_example_is_read_alike_by_a_shell_and_by_systemd() -> None:
    """All values stand in single quotes, between which both read every sign as it is."""
    lines = [line for line in EXAMPLE.splitlines() if re.match(r"#?[A-Z_]+=", line)]
    assert [line for line in lines if not re.fullmatch(r"#?[A-Z_]+='[^']*'", line)] == []


def test_secrets_of_the_example_are_empty_or_refused() -> None:
    found = dict(re.findall(r"^#?([A-Z_]*(?:SECRET|TOKEN)(?:_KEY)?)='(.*)'$", EXAMPLE, re.M))
    assert {name: value for name, value in found.items() if value} == {
        "SECRET_KEY": "50 random characters"
    }
    assert len(found) == 5


def test_daily_work_begins_with_a_back_up_and_takes_options() -> None:
    """A unit of this type stops at the first command that fails."""
    daily = DEPLOY / "eventsite-daily.service"
    commands = [value for name, value in pairs(daily) if name == "ExecStart"]
    assert dict(pairs(daily))["Type"] == "oneshot"
    assert [re.search(r"manage\.py (\w+)", one)[1] for one in commands] == [  # type: ignore[index]
        "backup",
        "purge_personal_data",
    ]
    assert commands[1].endswith(" --yes $PURGE_OPTIONS")


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


# --- Who may read metrics ------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/metrics", "/metrics/"])
def test_proxy_keeps_to_itself_what_the_site_answers_with_metrics(
    address: str, settings: Settings
) -> None:
    """nginx takes a pattern before a prefix. It has taken doubled slashes out of the address."""
    settings.METRICS_TOKEN = "a-token-of-twenty-letters"
    request = RequestFactory().get(address)
    assert HealthMiddleware(not_found)(request).content == b"token-needed\n"
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    found = re.search(r"location ~ (\S+) \{\n((?: +allow .*\n)+) +deny all;\n", text)
    assert found is not None
    assert re.search(found[1], address)
    assert found[2].split() == ["allow", "127.0.0.1;", "allow", "::1;"]


@pytest.mark.parametrize("address", ["/metricsx", "/a/metrics", "/"])
def test_proxy_passes_other_addresses_on(address: str) -> None:
    found = re.search(r"location ~ (\S+) \{", (DEPLOY / "nginx.conf").read_text("utf-8"))
    assert found is not None
    assert re.search(found[1], address) is None


def not_found(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.NOT_FOUND)


# --- Containers ----------------------------------------------------------------------------------


def test_container_has_all_files_of_the_project_that_the_site_reads() -> None:
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "Containerfile").read_text("utf-8"), re.M)
    names = {name for line in copied for name in line.split()}
    assert names >= {"pyproject.toml", "requirements.lock", "manage.py", "eventsite", "events"}


def test_daily_work_of_containers_is_that_of_the_unit() -> None:
    compose = (DEPLOY / "compose.yaml").read_text("utf-8")
    daily = compose.partition("\n  daily:\n")[2].partition("\n\n")[0]
    assert re.findall(r"manage\.py (\w+)", daily) == ["backup", "purge_personal_data"]
    assert daily.endswith(" --yes $$PURGE_OPTIONS")
    assert '"backups:/var/lib/eventsite"' in daily
