"""The WSGI entry point. It looks first at what the site needs: production servers do not."""

import os
import sys

import django
from django.conf import settings
from django.core.checks import ERROR, run_checks
from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from eventsite import readiness
from eventsite.environment import refuse_to_start


def start() -> WSGIHandler:
    """Return the application, or refuse to start and list everything that is missing.

    The database comes last: it may have to be waited for. Only if it has accounts of another
    platform, that is said with the rest: one wrong PLATFORM is the reason for both.
    """
    django.setup()
    if reasons := [*failed_checks(), *missing_files(), *lonely_caches(workers_of_this_server())]:
        refuse_to_start(" ".join([*reasons, *readiness.other_platform()]))
    readiness.require_database(cache=True)
    _keep_figures()
    return get_wsgi_application()


def _keep_figures() -> None:
    from events.happened import (
        figures,
    )  # here: models cannot be imported before the apps are loaded

    figures.keep_writing()


def failed_checks() -> list[str]:
    # Django keeps checks in a set, so their order would differ from start to start.
    found = sorted(run_checks(), key=lambda one: one.id or "")
    errors = [one for one in found if one.level >= ERROR and not one.is_silenced()]
    return [" ".join(filter(None, (error.msg, error.hint))) for error in errors]


def missing_files() -> list[str]:
    # Pages link the style sheet by the hashed name that `collectstatic` wrote down.
    if settings.DEBUG or (settings.STATIC_ROOT / "staticfiles.json").exists():
        return []
    return ["The static files are not there yet: run `manage.py collectstatic --noinput`."]


def workers_of_this_server() -> int:
    # here: models cannot be imported before the apps are loaded
    from events.doctor.workers import workers_of_server

    return workers_of_server(sys.argv) or 1


def lonely_caches(number: int) -> list[str]:
    """Say what is wrong with so many workers if each would count tries of passwords by itself."""
    from events.doctor import workers  # here: see above

    if settings.DEBUG or number == 1 or not workers.is_cache_alone():
        return []
    return [f"{workers.say_cache_is_alone(number)} {workers.STEP}"]


def require_common_cache(number: int) -> None:
    """End the process with one line if so many workers have no cache in common."""
    if reasons := lonely_caches(number):
        refuse_to_start(" ".join(reasons))


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eventsite.settings")
application = start()
