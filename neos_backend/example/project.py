"""A whole Django project in one file: sign in with Neos or Resonite, and see who you are.

    pip install "./neos_backend[sandbox]"
    python neos_backend/example/project.py

Then open http://127.0.0.1:8000; a number behind the command is another port. The sandbox plays both
platforms. With a client of your own it asks the real one instead: put NEOS_CLIENT_ID and
NEOS_CLIENT_SECRET (or RESONITE_...) into the environment, and register
http://127.0.0.1:8000/auth/complete/neos/ there. NEOS_TOKEN_URL is for another token address of
Neos. What it stores is gone when it ends.
"""

import os
import secrets
import sys
import tempfile
from pathlib import Path

import django
from django.conf import settings

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2
from neos_backend.oauth import PlatformOAuth2

PORT = sys.argv[1] if len(sys.argv) > 1 else "8000"
SITE = f"http://127.0.0.1:{PORT}"
BACKENDS: tuple[type[PlatformOAuth2], ...] = (NeosOAuth2, ResoniteOAuth2)
SCOPES = {NeosOAuth2: ["email", "patreon"], ResoniteOAuth2: ["email"]}
CLIENTS = {
    backend: (
        os.environ.get(f"{backend.name.upper()}_CLIENT_ID", ""),
        os.environ.get(f"{backend.name.upper()}_CLIENT_SECRET", ""),
    )
    for backend in BACKENDS
}
REAL = [backend for backend, client in CLIENTS.items() if all(client)]
CHOSEN = REAL or BACKENDS
#: Not the backend's default: others may be able to claim that host, and would get the secret.
TOKEN_URL = os.environ.get("NEOS_TOKEN_URL") or "https://auth.neos.com/connect/token"
FOLDER = tempfile.TemporaryDirectory(prefix="neos-example-")


def settings_of(backend: type[PlatformOAuth2]) -> dict[str, object]:
    """Return the settings of one backend: for a real client, or for the sandbox below."""
    key, secret = CLIENTS[backend]
    own: dict[str, object] = {
        "KEY": key or "example",
        "SECRET": secret or "example-secret",
        # Exactly as registered; the platform compares it letter by letter.
        "REDIRECT_URI": f"{SITE}/auth/complete/{backend.name}/",
        "SCOPE": SCOPES[backend],  # `profile` is asked for anyway
        "EXTRA_DATA": ["profile"],  # kept beside the link to the user; without it nothing is
    }
    if not REAL:
        own["AUTHORIZATION_URL"] = f"{SITE}/sandbox/{backend.name}/connect/authorize"
        own["ACCESS_TOKEN_URL"] = f"{SITE}/sandbox/{backend.name}/connect/token"
        own["PROFILE_URL"] = f"{SITE}/sandbox/{backend.name}/api/user/profile"
    elif backend is NeosOAuth2:
        own["ACCESS_TOKEN_URL"] = TOKEN_URL
    return {f"SOCIAL_AUTH_{backend.name.upper()}_{name}": value for name, value in own.items()}


HOME = """{% load static %}<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Who am I?</title>
  <link rel="stylesheet" href="{% static 'neos_backend/sandbox.css' %}">
</head>
<body>
  <main>
    {% for message in messages %}<p role="status">{{ message }}</p>{% endfor %}
    {% if accounts %}
      <h1>You are <bdi>{{ user.username }}</bdi></h1>
    {% else %}
      <h1>Who are you?</h1>
    {% endif %}
    {% for title, profile in accounts %}
      <p>On <strong>{{ title }}</strong>:</p>
      <ul>
        <li>name: <bdi>{{ profile.username }}</bdi></li>
        <li>id: {{ profile.id }}</li>
        <li>e-mail: {{ profile.email|default:"none, or not verified" }}</li>
        <li>badges: {{ profile.tags|join:", "|default:"none" }}</li>
        <li>
          supports {{ title }}:
          {% if profile.support %}
            {{ profile.support.supporter|yesno }}
          {% else %}
            not known
          {% endif %}
        </li>
      </ul>
    {% endfor %}
    {% for name, title in others.items %}
      <form method="post" action="{% url 'social:begin' name %}">
        {% csrf_token %}
        <button>{% if accounts %}Add{% else %}Sign in with{% endif %} {{ title }}</button>
      </form>
    {% endfor %}
    {% if accounts %}
      <form method="post" action="{% url 'logout' %}">
        {% csrf_token %}
        <button>Sign out</button>
      </form>
    {% endif %}
  </main>
</body>
</html>
"""

settings.configure(
    DEBUG=not REAL,  # the sandbox lets anybody be anybody, so it wants this
    NEOS_SANDBOX=not REAL,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY=secrets.token_urlsafe(50),
    ROOT_URLCONF=__name__,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(FOLDER.name) / "db"}
    },
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "django.contrib.staticfiles",
        "social_django",
        "neos_backend",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        # Leads back to SOCIAL_AUTH_LOGIN_ERROR_URL with a message that says what went wrong.
        "social_django.middleware.SocialAuthExceptionMiddleware",
    ],
    AUTHENTICATION_BACKENDS=[f"neos_backend.backends.{each.__name__}" for each in CHOSEN],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "OPTIONS": {
                "loaders": [
                    ("django.template.loaders.locmem.Loader", {"home.html": HOME}),
                    "django.template.loaders.app_directories.Loader",
                ],
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ],
            },
        }
    ],
    STATIC_URL="static/",
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
    USE_TZ=True,
    SOCIAL_AUTH_LOGIN_ERROR_URL="/",
    SOCIAL_AUTH_RAISE_EXCEPTIONS=False,  # with DEBUG, too
    **settings_of(NeosOAuth2),
    **settings_of(ResoniteOAuth2),
)

django.setup()  # before what follows: models want the settings

from django.contrib.auth.views import LogoutView
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path

from neos_backend.profile import Profile


def home(request: HttpRequest) -> HttpResponse:
    titles = {backend.name: backend.title for backend in CHOSEN}
    linked = request.user.social_auth.all() if request.user.is_authenticated else []
    accounts = [
        (titles[each.provider], Profile.from_json(each.extra_data["profile"])) for each in linked
    ]
    known = {each.provider for each in linked}
    others = {name: title for name, title in titles.items() if name not in known}
    return render(request, "home.html", {"accounts": accounts, "others": others})


urlpatterns = [
    path("", home),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("auth/", include("social_django.urls")),
]
if settings.NEOS_SANDBOX:
    urlpatterns += [
        path("sandbox/neos/", include("neos_backend.sandbox.urls")),
        path("sandbox/resonite/", include("neos_backend.sandbox.resonite_urls")),
    ]

if __name__ == "__main__":
    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    execute_from_command_line(["project.py", "migrate", "--verbosity=0"])
    execute_from_command_line(["project.py", "runserver", "--noreload", f"127.0.0.1:{PORT}"])
