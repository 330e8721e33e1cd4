"""Starting as a production server does: with everything that is needed, or with one clear line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .processes import PRODUCTION, ROOT, refusal, run

WITHOUT_CLIENT = {name: PRODUCTION[name] for name in ("SECRET_KEY", "SITE_URL")}
CLIENT_MISSING = (
    "The client id or the client secret of Neos is missing. Set NEOS_CLIENT_ID and "
    "NEOS_CLIENT_SECRET as Neos gave them to you, or try the site with DEBUG=1 NEOS_SANDBOX=1."
)
SANDBOX_IN_PRODUCTION = (
    "The sandbox Neos is on while DEBUG is off: anybody could sign in as anybody. Unset "
    "NEOS_SANDBOX, or switch DEBUG on if this is a demo."
)
STRANGE_SCOPE = (
    'Of the scopes asked from Neos, 1 cannot be one. Write NEOS_SCOPES="profile email". '
    "The library puts them into an address as they are."
)
MEANT_FOR_THE_OTHER = (
    "PLATFORM=neos, but there is RESONITE_CLIENT_ID in the environment. Did you mean "
    "PLATFORM=resonite? A site of Neos reads none of it."
)
NOTHING_COLLECTED = "The static files are not there yet: run `manage.py collectstatic --noinput`."

WEAK_WEBHOOK = (
    "STRIPE_WEBHOOK_SECRET is one of an example. Stripe shows it beside the webhook at "
    "/payments/stripe/."
)
WEAK_KEY = (
    "SECRET_KEY can be guessed: it is short, or one of an example. "
    'python3 -c "import secrets; print(secrets.token_urlsafe(50))" prints a new one.'
)
ALONE = (
    "2 workers have no cache in common: each counts tries by itself. "
    "Set CACHE_URL=dbcache://cache, then run `manage.py createcachetable`."
)

# The project's own folder may have collected files in it; this one has what the test wants.
START = """
import os, sys
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
from django.conf import settings
settings.STATIC_ROOT = Path(sys.argv[1])
import django
from django.core.management import call_command
if "collect" in sys.argv:
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
if "migrate" in sys.argv:
    django.setup()
    call_command("migrate", verbosity=0)
from eventsite.wsgi import application
"""
# A page that needs no database, its style sheet, and what that imports.
FETCH = """
import json, re
from wsgiref.util import setup_testing_defaults
def fetch(path, scheme="https", host="events.example.org"):
    environ = {"PATH_INFO": path, "HTTP_HOST": host, "wsgi.url_scheme": scheme}
    setup_testing_defaults(environ)
    started = []
    body = b"".join(application(environ, lambda *answer: started.append(answer)))
    status, headers = started[0]
    return status, dict(headers), body.decode()
_, headers, page = fetch("/accounts/login/")
sheet = re.search(r'href="(/static/css/site[^"]*)"', page)[1]
_, _, css = fetch(sheet)
imported = re.search(r'@import url\\("([^"]+)"\\)', css)[1]
print(json.dumps({
    "page": headers["Strict-Transport-Security"],
    "sheet": fetch(sheet)[0],
    "imported": fetch(f"/static/css/{imported}")[0],
    "plain": fetch("/accounts/login/", "http")[1]["Location"],
    "other host": fetch("/accounts/login/", host="evil.example")[0],
    "is hashed": bool(re.fullmatch(r"/static/css/site\\.[0-9a-f]{12}\\.css", sheet)),
}))
"""


def test_start_with_everything_serves_pages_with_their_files(tmp_path: Path) -> None:
    database = {"DATABASE_URL": f"sqlite:///{tmp_path}/site.sqlite3"}
    process = run(
        "-c", START + FETCH, str(tmp_path), "collect", "migrate", **PRODUCTION, **database
    )

    assert json.loads(process.stdout) == {
        "page": "max-age=31536000",
        "sheet": "200 OK",
        "imported": "200 OK",
        "plain": "https://events.example.org/accounts/login/",
        "other host": "400 Bad Request",
        "is hashed": True,
    }


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (WITHOUT_CLIENT, f"{CLIENT_MISSING} {NOTHING_COLLECTED}"),
        (PRODUCTION | {"NEOS_SANDBOX": "1"}, f"{SANDBOX_IN_PRODUCTION} {NOTHING_COLLECTED}"),
        (
            PRODUCTION | {"NEOS_SCOPES": "profile a&b"},
            f"{STRANGE_SCOPE} {NOTHING_COLLECTED}",
        ),
        (
            WITHOUT_CLIENT | {"RESONITE_CLIENT_ID": "client"},
            f"{MEANT_FOR_THE_OTHER} {CLIENT_MISSING} {NOTHING_COLLECTED}",
        ),
        (PRODUCTION | {"SECRET_KEY": "50 random characters"}, f"{WEAK_KEY} {NOTHING_COLLECTED}"),
        (
            PRODUCTION | {"STRIPE_WEBHOOK_SECRET": "whsec_..."},
            f"{WEAK_WEBHOOK} {NOTHING_COLLECTED}",
        ),
        (PRODUCTION, NOTHING_COLLECTED),
    ],
    ids=[
        *("no client", "sandbox", "strange scope", "other client", "key of the example"),
        *("webhook of the example", "nothing collected"),
    ],
)
def test_start_without_something_names_it(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    assert refusal("-c", START, str(tmp_path), **variables) == sentence


def test_start_passes_over_a_check_that_is_silenced(tmp_path: Path) -> None:
    """As `manage.py check` does. The rest is still asked."""
    silence = 'settings.SILENCED_SYSTEM_CHECKS = ["neos_backend.E001"]\nimport django\n'
    started = START.replace("import django\n", silence, 1)
    assert refusal("-c", started, str(tmp_path), **WITHOUT_CLIENT) == NOTHING_COLLECTED


def test_start_with_debug_needs_no_collected_files(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/site.sqlite3"
    development = {"DEBUG": "1", "NEOS_SANDBOX": "1", "DATABASE_URL": url}
    process = run("-c", START, str(tmp_path), "migrate", **development)

    assert (process.returncode, process.stdout, process.stderr) == (0, "", "")


@pytest.mark.once  # it never comes to the database
@pytest.mark.server
@pytest.mark.parametrize(
    ("variables", "beginning"),
    [
        (WITHOUT_CLIENT, f"eventsite cannot start: {CLIENT_MISSING}"),
        ({"SECRET_KEY": "x"}, "eventsite cannot start: set SITE_URL"),
    ],
    ids=["checks", "settings"],
)
def test_gunicorn_gives_up_instead_of_trying_for_ever(
    variables: dict[str, str], beginning: str
) -> None:
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--bind", "127.0.0.1:0"]
    process = subprocess.run(
        [*command, "eventsite.wsgi"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    ours = [line for line in process.stderr.splitlines() if not line.startswith("[")]
    assert process.returncode == 3
    assert [line.startswith(beginning) for line in ours] == [True]


@pytest.mark.once  # it never comes to the database
@pytest.mark.server
@pytest.mark.parametrize(
    ("options", "variables"),
    [
        (("--workers", "2"), {}),
        (("-w2",), {}),
        ((), {"WEB_CONCURRENCY": "2"}),
        ((), {"GUNICORN_CMD_ARGS": "--workers=2"}),
        (("--config", "deploy/gunicorn.conf.py"), {"WEB_CONCURRENCY": "2"}),
    ],
    ids=["option", "short option", "variable", "arguments", "deploy"],
)
def test_several_workers_without_a_cache_in_common_do_not_start(
    tmp_path: Path, options: tuple[str, ...], variables: dict[str, str]
) -> None:
    """Real starts: gunicorn reads the number of its workers from several places.

    The static files are missing as well, or the control below would need a database.
    """
    assert f"{NOTHING_COLLECTED} {ALONE}" in start_gunicorn(tmp_path, *options, **variables)
    shared = start_gunicorn(tmp_path, *options, **variables, CACHE_URL="dbcache://cache")
    assert NOTHING_COLLECTED in shared
    assert ALONE not in shared


def test_number_of_workers_in_a_file_of_settings_is_seen_by_its_hook() -> None:
    load = (
        "import runpy, types; import eventsite.readiness as r; "
        "r.require_database = lambda **_: None; import eventsite.wsgi; "
        "eventsite.wsgi.settings.DEBUG = False; "
        "hook = runpy.run_path('deploy/gunicorn.conf.py')['on_starting']; "
        "hook(types.SimpleNamespace(cfg=types.SimpleNamespace(workers=%d)))"
    )
    development = {"DEBUG": "1", "NEOS_SANDBOX": "1"}
    assert refusal("-c", load % 2, **development) == ALONE
    assert run("-c", load % 1, **development).returncode == 0


def start_gunicorn(folder: Path, *options: str, **variables: str) -> str:
    """Return what gunicorn says that cannot start; collected files would be in the folder."""
    settings = folder / "uncollected.py"
    settings.write_text(f"from eventsite.settings import *\nSTATIC_ROOT = BASE_DIR / '{folder}'\n")
    of_the_test = {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "uncollected"}
    process = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", *options, "eventsite.wsgi"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | of_the_test | PRODUCTION | variables,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    # Not always 3: without --preload, two workers that end at once are more than gunicorn expects.
    assert process.returncode != 0
    return process.stderr
