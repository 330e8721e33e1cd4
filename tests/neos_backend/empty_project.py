"""A fresh project with nothing of ours but the installed backend; a test copies it elsewhere.

The library's default pipeline, with two steps more: `associate_by_email`, and a step that pauses to
ask newcomers for a nickname. `python empty_project.py PORT` serves on 127.0.0.1; with `careless` as
the second argument, its backends believe every address.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from social_core.pipeline import DEFAULT_AUTH_PIPELINE
from social_core.pipeline.partial import partial

from neos_backend.backends import NeosOAuth2, ResoniteOAuth2

PORT = sys.argv[1]
SITE = f"http://127.0.0.1:{PORT}"
FOLDER = tempfile.TemporaryDirectory()


class CarelessNeos(NeosOAuth2):
    def request_profile(self, access_token: str) -> Any:
        return {**super().request_profile(access_token), "isVerified": True}


class CarelessResonite(ResoniteOAuth2):
    def request_profile(self, access_token: str) -> Any:
        return {**super().request_profile(access_token), "isVerified": True}


@partial
def ask_for_nickname(
    strategy: Any, backend: Any, details: dict[str, Any], *_: Any, is_new: bool, **kwargs: Any
) -> Any:
    if not is_new:
        return None
    if nickname := strategy.session_pop("nickname"):
        return {"details": {**details, "first_name": nickname}}
    token = kwargs["current_partial"].token
    return strategy.redirect(f"/ask/?backend={backend.name}&token={token}")


def pipeline() -> list[str]:
    steps = list(DEFAULT_AUTH_PIPELINE)
    added = ["social_core.pipeline.social_auth.associate_by_email", "__main__.ask_for_nickname"]
    place = steps.index("social_core.pipeline.user.create_user")
    return [*steps[:place], *added, *steps[place:]]


def settings_of(name: str) -> dict[str, object]:
    sandbox = f"{SITE}/sandbox/{name}"
    own = {
        "KEY": "client",
        "SECRET": "secret",
        "SCOPE": ["email"],
        "REDIRECT_URI": f"{SITE}/auth/complete/{name}/",
        "AUTHORIZATION_URL": f"{sandbox}/connect/authorize",
        "ACCESS_TOKEN_URL": f"{sandbox}/connect/token",
        "PROFILE_URL": f"{sandbox}/api/user/profile",
    }
    return {f"SOCIAL_AUTH_{name.upper()}_{key}": value for key, value in own.items()}


BACKENDS = ("neos_backend.backends.NeosOAuth2", "neos_backend.backends.ResoniteOAuth2")
CARELESS = ("__main__.CarelessNeos", "__main__.CarelessResonite")
APPS = ("auth", "contenttypes", "sessions", "staticfiles")

settings.configure(
    DEBUG=True,
    NEOS_SANDBOX=True,
    ALLOWED_HOSTS=["127.0.0.1"],
    SECRET_KEY="of-an-empty-project",
    ROOT_URLCONF=__name__,
    STATIC_URL="static/",
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    DATABASES={
        "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(FOLDER.name) / "db"}
    },
    INSTALLED_APPS=[*(f"django.contrib.{app}" for app in APPS), "social_django", "neos_backend"],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "social_django.middleware.SocialAuthExceptionMiddleware",
    ],
    AUTHENTICATION_BACKENDS=CARELESS if "careless" in sys.argv else BACKENDS,
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    LOGIN_REDIRECT_URL="/",
    SOCIAL_AUTH_RAISE_EXCEPTIONS=False,
    SOCIAL_AUTH_PIPELINE=pipeline(),
    **settings_of("neos"),
    **settings_of("resonite"),
)
django.setup()

from django.contrib.auth.models import User
from django.core.management import call_command, execute_from_command_line
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.urls import include, path
from social_django.models import Partial

from neos_backend.sandbox.platforms import NEOS, RESONITE

HOME = """<h1>{{ user.username|default:"nobody" }}, {{ user.first_name|default:"unasked" }}</h1>
{% for name in names %}
  <form method="post" action="{% url 'social:begin' name %}">
    {% csrf_token %}<button>{{ name }}</button>
  </form>
{% endfor %}"""
QUESTION = """<h1>What shall we call you?</h1><pre>{{ kept }}</pre>
<form method="post">{% csrf_token %}<input name="nickname"><button>Go on</button></form>"""


def page(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    context |= {"user": request.user, "names": ["neos", "resonite"]}
    return HttpResponse(engines["django"].from_string(template).render(context, request))


def home(request: HttpRequest) -> HttpResponse:
    return page(request, HOME)


def ask(request: HttpRequest) -> HttpResponse:
    if "nickname" not in request.POST:
        kept = Partial.objects.get(token=request.GET["token"])
        return page(request, QUESTION, kept=json.dumps(kept.data))
    request.session["nickname"] = request.POST["nickname"]
    asked = request.GET
    return HttpResponseRedirect(
        f"/auth/complete/{asked['backend']}/?partial_token={asked['token']}"
    )


urlpatterns = [
    path("", home),
    path("ask/", ask),
    path("auth/", include("social_django.urls")),
    path("sandbox/neos/", include("neos_backend.sandbox.urls")),
    path("sandbox/resonite/", include("neos_backend.sandbox.resonite_urls")),
]


def make_users() -> None:
    """Make somebody here with the address of a verified person, and of an unverified one."""
    for sandbox in (NEOS, RESONITE):
        for key in ("verified", "unverified"):
            person = sandbox.find_person(key)
            User.objects.create_user(f"{sandbox.key}-{key}", email=person.email)


if __name__ == "__main__":
    os.environ["DJANGO_RUNSERVER_HIDE_WARNING"] = "true"
    call_command("migrate", verbosity=0)
    make_users()
    execute_from_command_line(["project", "runserver", "--noreload", f"127.0.0.1:{PORT}"])
