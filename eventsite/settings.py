"""Settings, read from the environment; the table in README.md lists the variables.

A start without a required variable ends with one line that names it.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import django_stubs_ext

from eventsite import browser_policy, database, environment, middleware, sign_in
from eventsite.logs import LOGGING as LOGGING
from eventsite.platforms import PLATFORMS

# Before any app loads: generic classes like `admin.ModelAdmin[Any]` then work at run time.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

# --- The site itself ---------------------------------------------------------------------------

DEBUG = environment.boolean("DEBUG")
#: Everybody knows it.
DEVELOPMENT_KEY = "only-for-development-never-in-production"
SECRET_KEY = (
    environment.text("SECRET_KEY", DEVELOPMENT_KEY)
    if DEBUG
    else environment.required("SECRET_KEY", "50 random characters, kept private")
)
SITE_URL = environment.site_url("SITE_URL", "http://localhost:8000" if DEBUG else "")
IS_HTTPS = SITE_URL.startswith("https://")
SITE_HOST = urlsplit(SITE_URL).hostname or ""

# How a community recognises itself, on every page and in mails.
SITE_NAME = environment.line("SITE_NAME", "Community events", at_most=60)
SITE_TAGLINE = environment.line("SITE_TAGLINE", at_most=120)
SITE_ACCENT = environment.colour("SITE_ACCENT", "#5334cf")
SITE_LOGO = environment.picture("SITE_LOGO")

# Where the people have their accounts: Neos or Resonite. Its variables begin with its name.
PLATFORM = PLATFORMS[environment.choice("PLATFORM", tuple(PLATFORMS))]
# A sandbox plays it, and mails are kept to be shown on a page. A check refuses it without DEBUG.
NEOS_SANDBOX = environment.boolean(f"{PLATFORM.prefix}SANDBOX")
IS_DEMO = DEBUG and NEOS_SANDBOX

ALLOWED_HOSTS = [SITE_HOST]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
ADMINS = environment.people("ADMINS")
ROOT_URLCONF = "eventsite.urls"
WSGI_APPLICATION = "eventsite.wsgi.application"

INSTALLED_APPS = [
    "eventsite.apps.OrganizersAdminConfig",  # django.contrib.admin
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "social_django",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "neos_backend",
    "events",
]

MIDDLEWARE = middleware.in_order(is_demo=IS_DEMO)

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

DATABASES = {"default": database.read(BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": environment.cache("CACHE_URL", "locmemcache://")}

EMAIL_TIMEOUT = 10
vars().update(environment.email("EMAIL_URL", "consolemail://"))
# The folder in which the demo keeps mails for its page; None if EMAIL_URL says where they go.
SANDBOX_MAIL = None
if IS_DEMO and not environment.text("EMAIL_URL"):
    SANDBOX_MAIL = database.folder_beside(DATABASES["default"], "mail")
    EMAIL_BACKEND = "events.messages.kept.EmailBackend"
DEFAULT_FROM_EMAIL = environment.sender("DEFAULT_FROM_EMAIL", f"events@{SITE_HOST}")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Whom visitors can write to: on every page, and in mails about events that name no contact.
SITE_CONTACT = environment.contact("SITE_CONTACT")
# Who takes the money, on receipts: name, address, tax number. Without it, the site and its contact.
SELLER = environment.lines("SELLER")

# --- Watching it -------------------------------------------------------------------------------

LOG_FORMAT = environment.choice("LOG_FORMAT", ("line", "json"))
LOGGING["handlers"]["standard_error"]["formatter"] = LOG_FORMAT
# With it /metrics answers, and /readyz gives its reasons; without it nobody gets either.
METRICS_TOKEN = environment.token("METRICS_TOKEN")
# Somebody makes them otherwise than by `manage.py backup`, so /readyz does not miss any.
BACKUPS_ELSEWHERE = environment.boolean("BACKUPS_ELSEWHERE")

# --- Accounts ----------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = [
    f"{PLATFORM.backend.__module__}.{PLATFORM.backend.__name__}",
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

# Whether everybody who organizes proves a second factor, besides the password or Neos.
STAFF_SECOND_FACTOR = environment.choice("STAFF_SECOND_FACTOR", ("offered", "required", "off"))
OTP_TOTP_ISSUER = SITE_NAME  # how the app calls it
# A code of the step before or after counts too; never one further away, as it would if the site
# followed a clock that goes wrong.
OTP_TOTP_SYNC = False

# --- Other servers -----------------------------------------------------------------------------

# How many threads of one process may wait for Neos, and as many for the payment provider. Keep
# twice this number below the threads of a process, so that pages answer while both hang.
OUTSIDE_CALLS = environment.whole_number("OUTSIDE_CALLS", default=3, at_most=1_000)

# --- The platform ------------------------------------------------------------------------------

SANDBOX_URL = SITE_URL + PLATFORM.sandbox_path


def platform_address(name: str, default: str, sandbox_path: str) -> str:
    """Return an address of the platform; all of them lead to the sandbox while it plays it."""
    name = PLATFORM.prefix + name
    return SANDBOX_URL + sandbox_path if NEOS_SANDBOX else environment.web_address(name, default)


# Without the name of a backend they count for the one that there is.
SOCIAL_AUTH_KEY = environment.text(f"{PLATFORM.prefix}CLIENT_ID", "sandbox" if NEOS_SANDBOX else "")
SOCIAL_AUTH_SECRET = environment.text(
    f"{PLATFORM.prefix}CLIENT_SECRET", "sandbox-secret" if NEOS_SANDBOX else ""
)
SOCIAL_AUTH_AUTHORIZATION_URL = platform_address(
    "AUTHORIZATION_URL", PLATFORM.backend.AUTHORIZATION_URL, "/connect/authorize"
)
SOCIAL_AUTH_ACCESS_TOKEN_URL = platform_address(
    "TOKEN_URL", PLATFORM.backend.ACCESS_TOKEN_URL, "/connect/token"
)
SOCIAL_AUTH_PROFILE_URL = platform_address(
    "PROFILE_URL", PLATFORM.backend.PROFILE_URL, urlsplit(PLATFORM.backend.PROFILE_URL).path
)
# The name of a picture follows.
ASSETS_URL = platform_address("ASSETS_URL", PLATFORM.assets_url, "/assets/").rstrip("/") + "/"
SOCIAL_AUTH_SCOPE = environment.text(f"{PLATFORM.prefix}SCOPES", PLATFORM.scopes).split()
SOCIAL_AUTH_USE_PKCE = environment.boolean(f"{PLATFORM.prefix}USE_PKCE", default=True)
SOCIAL_AUTH_CALLS_AT_ONCE = OUTSIDE_CALLS
SOCIAL_AUTH_REDIRECT_URI = SITE_URL + PLATFORM.callback_path
NEOS_VARIABLES = PLATFORM.variables
NEOS_VERIFICATION_MAX_AGE = timedelta(
    days=environment.whole_number(
        f"{PLATFORM.prefix}VERIFICATION_MAX_AGE", default=30, at_most=36_500
    )
)

# Show our own error pages in development too: Django's debug page would show the token.
SOCIAL_AUTH_RAISE_EXCEPTIONS = False
SOCIAL_AUTH_LOGIN_ERROR_URL = None
SOCIAL_AUTH_PIPELINE = sign_in.PIPELINE
SOCIAL_AUTH_DISCONNECT_PIPELINE = sign_in.DISCONNECT_PIPELINE
# Without a `next`, who was signed in comes back to the account, and reads there what has changed.
SOCIAL_AUTH_NEW_ASSOCIATION_REDIRECT_URL = "events:account"
SOCIAL_AUTH_DISCONNECT_REDIRECT_URL = "events:account"
SOCIAL_AUTH_INACTIVE_USER_URL = "account-closed"

# Earlier, the door asks whether it is meant.
EARLY_CHECK_IN = timedelta(
    hours=environment.whole_number("EARLY_CHECK_IN_HOURS", default=3, at_least=0, at_most=8_760)
)

# --- Money -------------------------------------------------------------------------------------

PAYMENT_PROVIDER = environment.choice("PAYMENT_PROVIDER", ("manual", "stripe", "sandbox"))
# Organizers note what came; a place is held for the days that its event says.
PAYMENT_BY_HAND = PAYMENT_PROVIDER == "manual"
PAYMENT_HOLD = timedelta(minutes=30)
WAITLIST_PAYMENT_HOLD = timedelta(hours=24)
if PAYMENT_PROVIDER == "sandbox" and not DEBUG:
    environment.refuse_to_start("PAYMENT_PROVIDER=sandbox takes no real money: it needs DEBUG=1.")
STRIPE_SECRET_KEY = environment.text("STRIPE_SECRET_KEY")
STRIPE_WEBHOOK_SECRET = environment.text("STRIPE_WEBHOOK_SECRET")
if PAYMENT_PROVIDER == "stripe":
    environment.required("STRIPE_SECRET_KEY", "sk_... as Stripe shows it")
    environment.required("STRIPE_WEBHOOK_SECRET", "whsec_... of the webhook at /payments/stripe/")
STRIPE_API_URL = environment.web_address("STRIPE_API_URL", "https://api.stripe.com").rstrip("/")
# Stripe's checkout. A form of ours redirects there, so `form-action` must allow it.
CHECKOUT_ORIGIN = "https://checkout.stripe.com"

# --- Languages and time ------------------------------------------------------------------------

LANGUAGE_CODE = "en"
# Each is called by its own name. A further one needs a catalogue in locale/ (make messages), its
# patterns in events/formatting/patterns.py, and a package beside eventsite/formats/ja.
LANGUAGES = [("en", "English"), ("ja", "日本語")]
# The first that has a text wins: sentences about another platform than Neos.
LOCALE_PATHS = [BASE_DIR / folder for folder in (PLATFORM.folder_of_words, "locale") if folder]
TIME_ZONE = "UTC"
# How Django itself shows an instant, in the admin's columns: with its offset from UTC.
FORMAT_MODULE_PATH = ["eventsite.formats"]
USE_TZ = True

# --- Static files ------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Serve the files in development without collecting them first.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False  # no other site loads them
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- The visitor's address ---------------------------------------------------------------------

# How many proxies of our own append to X-Forwarded-For. With 0 the header is ignored.
TRUSTED_PROXY_HOPS = environment.whole_number(
    "TRUSTED_PROXY_HOPS", default=0, at_least=0, at_most=9
)

# --- Transport and browser security ------------------------------------------------------------

SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SECURE = IS_HTTPS
# Browsers accept a cookie with this prefix from this host only, not from another subdomain.
SESSION_COOKIE_NAME = "__Host-sessionid" if IS_HTTPS else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if IS_HTTPS else "csrftoken"
LANGUAGE_COOKIE_NAME = "__Host-language" if IS_HTTPS else "language"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_SSL_HOST = urlsplit(SITE_URL).netloc if IS_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
# Other hosts of the operator's domain may have no https, so they are bound only when asked for.
# The site never asks for the browsers' preload list: nobody gets off it for months.
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS and environment.boolean("HSTS_SUBDOMAINS")
SECURE_HSTS_PRELOAD = False
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # these ask for both
CSRF_FAILURE_VIEW = "events.http.errors.csrf_failure"
# The form of an event has up to 80 rows; each language adds two fields to half of them.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_300 + 160 * len(LANGUAGES)

# The form that starts a sign-in redirects to the platform, and browsers check `form-action` against
# the target of a redirect too.
PLATFORM_ORIGIN = "{0.scheme}://{0.netloc}".format(urlsplit(SOCIAL_AUTH_AUTHORIZATION_URL))
FORM_ACTION_ORIGINS = environment.https_origins("FORM_ACTION_ORIGINS")
CONTENT_SECURITY_POLICY = browser_policy.content_security_policy(
    [
        PLATFORM_ORIGIN,
        *([CHECKOUT_ORIGIN] if PAYMENT_PROVIDER == "stripe" else []),
        *FORM_ACTION_ORIGINS,
    ]
)
