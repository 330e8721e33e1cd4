"""Settings of the foreign server; `TOOLKIT_FOLDER` is where its database is."""

import os
from pathlib import Path

_APPS = ("auth", "contenttypes", "sessions", "oauth2_provider")

ALLOWED_HOSTS = ["127.0.0.1"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["TOOLKIT_FOLDER"]) / "db.sqlite3",
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "oauth2_provider",
]
LOGIN_URL = "/login"
# The tables as they are now: how they came about is the toolkit's affair, and takes seconds.
MIGRATION_MODULES = dict.fromkeys(_APPS)
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
OAUTH2_PROVIDER = {
    "SCOPES": {
        "profile": "Account",
        "email": "E-mail address",
        "patreon": "Support on Patreon",
    },
    "PKCE_REQUIRED": True,
}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "tests.toolkit.urls"
SECRET_KEY = "of-another-server"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
