"""Every setting comes from the environment; the table in README.md lists them.

A production start without what it needs ends with one line that says what is missing.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, Never
from urllib.parse import urlsplit

import environ
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def refuse_to_start(reason: str) -> Never:
    """End the process with one line; a traceback would hide what to do."""
    raise SystemExit(f"eventsite cannot start: {reason}")


def required(name: str, hint: str) -> str:
    """The value of `name`, or a refusal to start that says how to get one."""
    value: str = env.str(name, default="").strip()
    return value or refuse_to_start(f"set {name} ({hint}).")


# --- The site itself ---------------------------------------------------------------------------

DEBUG: bool = env.bool("DEBUG", default=False)

SECRET_KEY = (
    env.str("SECRET_KEY", default="only-for-development-never-in-production")
    if DEBUG
    else required("SECRET_KEY", "any 50 random characters, kept private")
)


def read_site_url() -> str:
    """The origin of the site, `scheme://host[:port]`, without a path."""
    value: str = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else "").rstrip("/")
    if not value:
        refuse_to_start("set SITE_URL (for example https://events.example.org).")
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path or parts.query:
        refuse_to_start(f"SITE_URL must look like https://events.example.org, not {value!r}.")
    return value


SITE_URL = read_site_url()
SITE_HOST = urlsplit(SITE_URL).hostname or ""
IS_HTTPS = SITE_URL.startswith("https://")

ALLOWED_HOSTS = [SITE_HOST]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ADMINS = [(address, address) for address in env.list("ADMINS", default=[])]
ROOT_URLCONF = "eventsite.urls"
WSGI_APPLICATION = "eventsite.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "social_django",
    "neos_backend",
    "events",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "events.middleware.SignInErrorMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database, cache, mail ---------------------------------------------------------------------

SQLITE_OPTIONS: dict[str, Any] = {
    # A write transaction takes its lock at the start: without this, a rush ends in "database is
    # locked" at once, because a reader that turns writer may not wait.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
POSTGRESQL_OPTIONS: dict[str, Any] = {
    "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL_SIZE", default=10), "timeout": 10}
}


def read_database() -> dict[str, Any]:
    """Django's settings of the one database, with the options its engine needs here."""
    config: dict[str, Any] = env.db_url("DATABASE_URL", default="sqlite:///db.sqlite3")
    is_sqlite = config["ENGINE"] == "django.db.backends.sqlite3"
    options = SQLITE_OPTIONS if is_sqlite else POSTGRESQL_OPTIONS
    return config | {"OPTIONS": config.get("OPTIONS", {}) | options}


DATABASES = {"default": read_database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default=f"events@{SITE_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Accounts ----------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    "neos_backend.backends.NeosOAuth2",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "events:registrations"
LOGOUT_REDIRECT_URL = "events:list"

# --- Neos --------------------------------------------------------------------------------------

NEOS_SANDBOX: bool = env.bool("NEOS_SANDBOX", default=False)
SANDBOX_URL = f"{SITE_URL}/sandbox/neos"


def neos_address(name: str, default: str, sandbox_path: str) -> str:
    """A provider address: the sandbox's own when that is on, else the configured one."""
    if NEOS_SANDBOX:
        return SANDBOX_URL + sandbox_path
    address: str = env.str(name, default=default)
    return address


SOCIAL_AUTH_NEOS_KEY = env.str("NEOS_CLIENT_ID", default="sandbox" if NEOS_SANDBOX else "")
SOCIAL_AUTH_NEOS_SECRET = env.str(
    "NEOS_CLIENT_SECRET", default="sandbox-secret" if NEOS_SANDBOX else ""
)
SOCIAL_AUTH_NEOS_AUTHORIZATION_URL = neos_address(
    "NEOS_AUTHORIZATION_URL", "https://auth.neos.com/connect/authorize", "/connect/authorize"
)
SOCIAL_AUTH_NEOS_ACCESS_TOKEN_URL = neos_address(
    "NEOS_TOKEN_URL",
    "https://cloudx-account.azurewebsites.net/connect/token",
    "/connect/token",
)
SOCIAL_AUTH_NEOS_PROFILE_URL = neos_address(
    "NEOS_PROFILE_URL", "https://auth.neos.com/api/user/profiles", "/api/user/profiles"
)
NEOS_ASSETS_URL = neos_address("NEOS_ASSETS_URL", "https://assets.neos.com/assets/", "/assets/")
SOCIAL_AUTH_NEOS_SCOPE = env.str("NEOS_SCOPES", default="profile email patreon").split()
SOCIAL_AUTH_NEOS_USE_PKCE = env.bool("NEOS_USE_PKCE", default=True)
SOCIAL_AUTH_NEOS_REDIRECT_URI = f"{SITE_URL}/auth/complete/neos/"
NEOS_VERIFICATION_MAX_AGE = timedelta(days=env.int("NEOS_VERIFICATION_MAX_AGE", default=30))

# Failures become pages of ours in development too, not Django's debug page with the token in it.
SOCIAL_AUTH_RAISE_EXCEPTIONS = False
SOCIAL_AUTH_LOGIN_ERROR_URL = None
SOCIAL_AUTH_PIPELINE = (
    "social_core.pipeline.social_auth.social_details",
    "social_core.pipeline.social_auth.social_names",
    "social_core.pipeline.social_auth.social_uid",
    "social_core.pipeline.social_auth.auth_allowed",
    "social_core.pipeline.social_auth.social_user",
    "events.pipeline.refuse_second_identity",
    "events.pipeline.enroll",
)
SOCIAL_AUTH_DISCONNECT_PIPELINE = (
    "social_core.pipeline.disconnect.allowed_to_disconnect",
    "events.pipeline.unlink",
)
SOCIAL_AUTH_DISCONNECT_REDIRECT_URL = "events:account"
SOCIAL_AUTH_INACTIVE_USER_URL = "account-closed"

# --- Money -------------------------------------------------------------------------------------

PAYMENT_PROVIDER = env.str("PAYMENT_PROVIDER", default="manual")
PAYMENT_HOLD = timedelta(minutes=30)
WAITLIST_PAYMENT_HOLD = timedelta(hours=24)
STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")

# --- Languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- Transport and browser security ------------------------------------------------------------

SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
CSRF_FAILURE_VIEW = "events.views.errors.csrf_failure"
