"""Settings as they are read from an environment of their own."""

import json
import re

import pytest
from pytest_django import Settings

from eventsite import checks

from .processes import PRODUCTION, READ, ROOT, read, run

# --- The site ----------------------------------------------------------------------------------


def test_debug_needs_nothing_else() -> None:
    """In a fresh process: nothing that the suite has set or loaded helps it."""
    names = ("SITE_URL", "ALLOWED_HOSTS", "SECRET_KEY")
    process = run("-c", READ, *names, DEBUG="1")

    key = "only-for-development-never-in-production"
    assert json.loads(process.stdout) == ["http://localhost:8000", ["localhost"], key]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://events.example.org/", "https://events.example.org"),
        ("HTTPS://Events.Example.org", "https://events.example.org"),
        ("http://events.example.org:8443", "http://events.example.org:8443"),
    ],
)
def test_site_url_is_written_as_browsers_write_it(value: str, expected: str) -> None:
    assert read("SITE_URL", "CSRF_TRUSTED_ORIGINS", SITE_URL=value) == [expected, [expected]]


@pytest.mark.parametrize(
    ("site_url", "host"),
    [
        ("https://events.example.org", "events.example.org"),
        ("http://localhost:8001", "localhost"),
    ],
)
def test_only_the_host_of_the_site_is_allowed(site_url: str, host: str) -> None:
    assert read("ALLOWED_HOSTS", SITE_URL=site_url) == [[host]]


def test_callback_is_what_neos_registers() -> None:
    (address,) = read("SOCIAL_AUTH_REDIRECT_URI")

    assert address == "https://events.example.org/auth/complete/neos/"


TRANSPORT = (
    "SESSION_COOKIE_SECURE",
    "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS",
    "SESSION_COOKIE_NAME",
    "CSRF_COOKIE_NAME",
)


def test_https_switches_on_what_keeps_it_https() -> None:
    expected = [True, True, True, 31_536_000, "__Host-sessionid", "__Host-csrftoken"]
    assert read(*TRANSPORT) == expected


HSTS = ("SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, [False, False]),
        ({"HSTS_SUBDOMAINS": "1"}, [True, False]),
        ({"HSTS_SUBDOMAINS": "1", "SITE_URL": "http://events.example.org"}, [False, False]),
    ],
    ids=str,
)
def test_hsts_binds_other_hosts_of_the_domain_only_when_asked_to_p(
    environment: dict[str, str], expected: list[bool]
) -> None:
    assert read(*HSTS, **environment) == expected


def test_http_leaves_it_off() -> None:
    expected = [False, False, False, 0, "sessionid", "csrftoken"]
    assert read(*TRANSPORT, SITE_URL="http://events.example.org") == expected


CHECK = ("manage.py", "check", "--deploy", "--fail-level", "WARNING")


TOKEN_HOST_OF_TODAY = {"NEOS_TOKEN_URL": "https://auth.neos.com/connect/token"}


def test_deployment_check_of_an_https_site_is_clean() -> None:
    process = run(*CHECK, **PRODUCTION, **TOKEN_HOST_OF_TODAY)

    # Silenced are the two that ask for HSTS of the whole domain.
    assert process.stdout == "System check identified no issues (2 silenced).\n"
    assert process.returncode == 0


def test_deployment_check_warns_of_a_site_without_a_contact_r14() -> None:
    process = run(*CHECK, **PRODUCTION | {"SITE_CONTACT": ""})

    assert "(eventsite.W002) SITE_CONTACT is not set" in process.stderr
    assert process.returncode == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [("", "offered"), ("offered", "offered"), ("required", "required"), ("off", "off")],
)
def test_second_factor_is_offered_unless_it_is_set(value: str, found: str) -> None:
    assert read("STAFF_SECOND_FACTOR", STAFF_SECOND_FACTOR=value) == [found]


@pytest.mark.parametrize("value", ["Required", "on", "1"])
def test_word_that_would_ask_nobody_ends_the_start(value: str) -> None:
    process = run("manage.py", "check", **PRODUCTION | {"STAFF_SECOND_FACTOR": value})
    assert process.stderr == (
        "eventsite cannot start: STAFF_SECOND_FACTOR must be one of: offered, required, off.\n"
    )


def test_word_of_another_settings_module_is_an_error(settings: Settings) -> None:
    settings.STAFF_SECOND_FACTOR = "requried"
    (error,) = checks.check_second_factor()
    assert (error.id, error.level) == ("eventsite.E001", 40)
    settings.STAFF_SECOND_FACTOR = "required"
    assert checks.check_second_factor() == []


@pytest.mark.parametrize("value", ["Mika <mika@example.org>", "https://example.org/contact"])
def test_site_starts_with_a_named_contact(value: str) -> None:
    """Nothing is translated before Django is set up: how a contact is shown needs its language."""
    process = run(*CHECK, **PRODUCTION | TOKEN_HOST_OF_TODAY | {"SITE_CONTACT": value})
    assert (process.returncode, process.stdout[:35]) == (0, "System check identified no issues (")


def test_contact_is_read_as_it_is_set_r14() -> None:
    for value in ["Mika <mika@example.org>", "https://example.org/contact", ""]:
        assert read("SITE_CONTACT", SITE_CONTACT=value) == [value]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("", ""),
        ("Worlds e. V.\\nHafenweg 1", "Worlds e. V.\nHafenweg 1"),
        ("Worlds e. V.\nHafenweg 1\n", "Worlds e. V.\nHafenweg 1"),
        ("  霧の会 \\n\\n Tokyo ", "霧の会\nTokyo"),
    ],
)
def test_seller_is_read_line_by_line(value: str, expected: str) -> None:
    assert read("SELLER", SELLER=value) == [expected]


LOOK = ("SITE_NAME", "SITE_TAGLINE", "SITE_ACCENT", "SITE_LOGO")


def test_site_has_a_look_without_being_told() -> None:
    assert read(*LOOK) == ["Community events", "", "#5334cf", ""]


def test_look_is_read_as_it_is_set() -> None:
    logo = str(ROOT / "static/img/icon.svg")
    told = {
        "SITE_NAME": "柚子 Harbour – Nights",
        "SITE_TAGLINE": "By the sea",
        "SITE_ACCENT": "#0B6B3A",
        "SITE_LOGO": "static/img/icon.svg",
    }
    assert read(*LOOK, **told) == ["柚子 Harbour – Nights", "By the sea", "#0b6b3a", logo]


def test_accent_is_six_digits_with_their_sign_or_without() -> None:
    assert [read("SITE_ACCENT", SITE_ACCENT=v) for v in ("FFFFFF", "#ffffff")] == [["#ffffff"]] * 2


def test_mail_server_hears_addresses_through_our_own_way_r20() -> None:
    found = read("EMAIL_BACKEND", EMAIL_URL="smtp+ssl://site:p@mail.example.org:465")

    assert found == ["events.messages.smtp.EmailBackend"]


def test_deployment_check_names_the_doubtful_token_host_and_passes_s8() -> None:
    process = run(*CHECK, **PRODUCTION)

    assert re.findall(r"\((\w+\.\w+)\)", process.stderr) == ["neos_backend.I001"]
    assert process.returncode == 0


def test_deployment_check_does_look() -> None:
    process = run(*CHECK, **PRODUCTION | {"SITE_URL": "http://events.example.org"})

    found = set(re.findall(r"security\.W\d+", process.stderr))
    assert found == {"security.W004", "security.W008", "security.W012", "security.W016"}
    assert process.returncode == 1


def test_admins_are_pairs_of_name_and_address() -> None:
    value = '"Mika, the host" <mika@example.org>, robin@example.org'

    assert read("ADMINS", ADMINS=value) == [
        [["Mika, the host", "mika@example.org"], ["robin@example.org", "robin@example.org"]]
    ]


@pytest.mark.parametrize("value", ["$uperSecret", "{brace", "a%b#c", "'quoted'"])
def test_secret_is_taken_literally(value: str) -> None:
    names = ("SECRET_KEY", "SOCIAL_AUTH_SECRET")
    assert read(*names, SECRET_KEY=value, NEOS_CLIENT_SECRET=value) == [value, value]


# --- Database, cache, mail ---------------------------------------------------------------------


def test_sqlite_starts_writing_at_once_and_waits() -> None:
    (databases,) = read("DATABASES")

    assert databases["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert databases["default"]["OPTIONS"] == {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }


@pytest.mark.parametrize(
    ("value", "file"),
    [
        ("", f"{ROOT}/db.sqlite3"),
        ("sqlite:///var/site.sqlite3", f"{ROOT}/var/site.sqlite3"),
        ("sqlite:////srv/site.sqlite3", "/srv/site.sqlite3"),
        ("sqlite://:memory:", ":memory:"),
    ],
)
def test_sqlite_file_does_not_depend_on_where_a_command_runs(value: str, file: str) -> None:
    (databases,) = read("DATABASES", DATABASE_URL=value)

    assert databases["default"]["NAME"] == file


def test_postgresql_is_pooled_and_keeps_options_of_its_address() -> None:
    address = "postgresql://us%40er:p%2Fw@db.example.org:5433/site?sslmode=require"
    (databases,) = read("DATABASES", DATABASE_URL=address, DATABASE_POOL_SIZE="4")

    pool = {"min_size": 1, "max_size": 4, "timeout": 4, "reconnect_timeout": 4}
    assert databases["default"] == {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": "db.example.org",
        "PORT": 5433,
        "NAME": "site",
        "USER": "us@er",
        "PASSWORD": "p/w",
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": False,
        "OPTIONS": {"sslmode": "require", "options": "-c lock_timeout=10s", "pool": pool},
    }


def test_pooler_of_transactions_gets_no_option_and_no_cursor() -> None:
    address = "postgresql://db.example.org:6432/site?sslmode=require"
    (databases,) = read("DATABASES", DATABASE_URL=address, DATABASE_POOLER="transaction")

    pool = {"min_size": 1, "max_size": 10, "timeout": 4, "reconnect_timeout": 4}
    assert databases["default"]["DISABLE_SERVER_SIDE_CURSORS"] is True
    assert databases["default"]["OPTIONS"] == {"sslmode": "require", "pool": pool}


def test_postgresql_waits_for_locks_as_long_as_its_address_says_h5() -> None:
    address = "postgresql://db.example.org/site?options=-c%20lock_timeout%3D3s"
    (databases,) = read("DATABASES", DATABASE_URL=address)

    assert databases["default"]["OPTIONS"]["options"] == "-c lock_timeout=3s"


def test_mail_goes_to_the_server_of_its_address() -> None:
    names = ("EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "EMAIL_TIMEOUT")
    address = "smtp+tls://site:p%40ss@mail.example.org:587"

    assert read(*names, EMAIL_URL=address) == ["mail.example.org", 587, "p@ss", True, 10]


def test_mail_and_cache_need_no_service_by_default() -> None:
    backend, caches, sender = read("EMAIL_BACKEND", "CACHES", "DEFAULT_FROM_EMAIL")

    assert backend == "django.core.mail.backends.console.EmailBackend"
    assert caches["default"]["BACKEND"] == "django.core.cache.backends.locmem.LocMemCache"
    assert sender == "events@events.example.org"


# --- Neos --------------------------------------------------------------------------------------

ADDRESSES = (
    "SOCIAL_AUTH_AUTHORIZATION_URL",
    "SOCIAL_AUTH_ACCESS_TOKEN_URL",
    "SOCIAL_AUTH_PROFILE_URL",
    "ASSETS_URL",
)


def form_action(**variables: str) -> list[str]:
    (policy,) = read("CONTENT_SECURITY_POLICY", **variables)
    return list(policy["DIRECTIVES"]["form-action"])


STRIPE = {
    "PAYMENT_PROVIDER": "stripe",
    "STRIPE_SECRET_KEY": "sk_test",
    "STRIPE_WEBHOOK_SECRET": "whsec_test",
}


def test_forms_lead_to_neos_and_where_else_the_operator_says_s7() -> None:
    wanted = "https://Login.example.org/ https://pay.example.org:8443 https://login.example.org"
    further = ["https://login.example.org", "https://pay.example.org:8443"]
    assert form_action() == ["'self'", "https://auth.neos.com"]
    assert form_action(FORM_ACTION_ORIGINS=wanted) == ["'self'", "https://auth.neos.com", *further]


def test_forms_lead_to_a_checkout_of_ones_own_domain_p() -> None:
    ordinary = ["'self'", "https://auth.neos.com", "https://checkout.stripe.com"]
    own = "https://pay.example.org"
    assert form_action(**STRIPE) == ordinary
    assert form_action(**STRIPE, FORM_ACTION_ORIGINS=own) == [*ordinary, own]


def test_calls_to_outside_are_bounded_below_the_threads_of_a_worker_s6() -> None:
    assert read("OUTSIDE_CALLS", "SOCIAL_AUTH_CALLS_AT_ONCE") == [3, 3]
    assert read("SOCIAL_AUTH_CALLS_AT_ONCE", OUTSIDE_CALLS="7") == [7]
    threads = re.search(
        r"^threads = (\d+)$", (ROOT / "deploy/gunicorn.conf.py").read_text("utf-8"), re.MULTILINE
    )
    assert threads is not None
    assert int(threads[1]) > 2 * 3


def test_addresses_of_neos_are_the_wikis() -> None:
    assert read(*ADDRESSES, "SOCIAL_AUTH_SCOPE", "SOCIAL_AUTH_USE_PKCE") == [
        "https://auth.neos.com/connect/authorize",
        "https://cloudx-account.azurewebsites.net/connect/token",
        "https://auth.neos.com/api/user/profiles",
        "https://assets.neos.com/assets/",
        ["profile", "email", "patreon"],
        True,
    ]


@pytest.mark.parametrize("platform", ["neos", "resonite"])
def test_addresses_of_the_platform_are_settings(platform: str) -> None:
    variables = {
        "AUTHORIZATION_URL": "https://login.example.org/authorize",
        "TOKEN_URL": "https://login.example.org/token",
        "PROFILE_URL": "https://login.example.org/me",
        "ASSETS_URL": "https://pictures.example.org",
    }
    own = {f"{platform.upper()}_{name}": address for name, address in variables.items()}

    expected = [*variables.values()]
    expected[-1] += "/"
    assert read(*ADDRESSES, PLATFORM=platform, **own) == expected


def test_platform_resonite_brings_its_addresses_and_backend() -> None:
    names = (*ADDRESSES, "SOCIAL_AUTH_SCOPE", "SOCIAL_AUTH_USE_PKCE", "SOCIAL_AUTH_REDIRECT_URI")
    variables = {"PLATFORM": "resonite", "SITE_URL": "https://events.example.org"}
    assert read(*names, **variables) == [
        "https://account.resonite.com/connect/authorize",
        "https://account.resonite.com/connect/token",
        "https://account.resonite.com/api/user/profile",
        "https://assets.resonite.com/",
        ["profile", "email"],
        True,
        "https://events.example.org/auth/complete/resonite/",
    ]
    (backends,) = read("AUTHENTICATION_BACKENDS", **variables)
    assert backends[0] == "neos_backend.backends.ResoniteOAuth2"


def test_variables_of_the_other_platform_do_not_count() -> None:
    assert read("SOCIAL_AUTH_KEY", PLATFORM="resonite", NEOS_CLIENT_ID="of-neos") == [""]
    assert read("SOCIAL_AUTH_KEY", PLATFORM="resonite", RESONITE_CLIENT_ID="its") == ["its"]


def test_sandbox_takes_the_place_of_neos() -> None:
    variables = {"DEBUG": "1", "NEOS_SANDBOX": "1", "SITE_URL": "http://localhost:8001"}

    assert read(*ADDRESSES, NEOS_TOKEN_URL="https://auth.neos.com/connect/token", **variables) == [
        "http://localhost:8001/sandbox/neos/connect/authorize",
        "http://localhost:8001/sandbox/neos/connect/token",
        "http://localhost:8001/sandbox/neos/api/user/profiles",
        "http://localhost:8001/sandbox/neos/assets/",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", [True]),
        ("Yes", [True]),
        ("on", [True]),
        ("0", [False]),
        ("FALSE", [False]),
        ("", [True]),
    ],
)
def test_switch_understands_the_usual_words(value: str, expected: list[bool]) -> None:
    assert read("SOCIAL_AUTH_USE_PKCE", NEOS_USE_PKCE=value) == expected


def test_forms_may_lead_to_the_checkout_only_where_there_is_one() -> None:
    stripe = {"STRIPE_SECRET_KEY": "sk_test", "STRIPE_WEBHOOK_SECRET": "whsec_test"}
    (without,) = read("CONTENT_SECURITY_POLICY")
    (with_it,) = read("CONTENT_SECURITY_POLICY", PAYMENT_PROVIDER="stripe", **stripe)
    added = set(with_it["DIRECTIVES"]["form-action"]) - set(without["DIRECTIVES"]["form-action"])
    assert added == {"https://checkout.stripe.com"}


# --- README ------------------------------------------------------------------------------------


def test_readme_lists_every_variable() -> None:
    """Both ways: what is read is described, and what is described is read."""
    files = [ROOT / "eventsite" / name for name in ("settings.py", "database.py")]
    sources = "".join(file.read_text("utf-8") for file in files)
    table = (ROOT / "README.md").read_text("utf-8").split("## Settings")[1].split("\n## ")[0]

    sources = sources.replace('f"{PLATFORM.prefix}', '"NEOS_')
    sources = sources.replace('platform_address(\n    "', 'platform_address("NEOS_')
    sources = sources.replace('platform_address("ASSETS', 'platform_address("NEOS_ASSETS')

    assert variables_in(table, r"^\| (`[A-Z_` ]+`) \|") == variables_in(
        sources, r"(?:environment\.\w+|platform_address)\(\s*(\"[A-Z_]+\")"
    )


def variables_in(text: str, pattern: str) -> set[str]:
    names = re.findall(pattern, text, re.MULTILINE)
    return {name for group in names for name in re.findall("[A-Z_]+", group)}
