"""The WSGI entry point; it runs Django's checks, which a production server does not do."""

import os

from django.core.checks import ERROR, run_checks
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eventsite.settings")

application = get_wsgi_application()

if problems := [message for message in run_checks() if message.level >= ERROR]:
    raise SystemExit("eventsite cannot start: " + " ".join(message.msg for message in problems))
