"""Look whether mail can be handed over: connect and sign in, and send nothing."""

import smtplib
from collections.abc import Iterator

from django.conf import settings
from django.core.mail import get_connection

from .finding import Asked, Finding, ok, problem, warning

MAIL = "mail"
TRY = "`manage.py sendtestemail --admins` sends a mail to ADMINS."
#: Django's backends that send nothing, by the name of their module.
SILENT = ("console", "dummy", "locmem", "filebased")


def check_mail(_asked: Asked) -> Iterator[Finding]:
    kind = settings.EMAIL_BACKEND.split(".")[-2]
    if settings.SANDBOX_MAIL is not None:
        yield ok(MAIL, "The demo keeps its mails for the page /sandbox/mail/.")
    elif kind in SILENT:
        say = warning if settings.DEBUG else problem
        step = "Set EMAIL_URL=smtp+tls://user:password@host:587."
        yield say(MAIL, "Mails are not sent to anybody.", step)
    else:
        yield _try_server()


def _try_server() -> Finding:
    step = "Check EMAIL_URL, and whether this machine may connect to that port."
    server = get_connection()
    try:
        server.open()
        server.close()
    except smtplib.SMTPAuthenticationError:
        return problem(MAIL, "The mail server refuses user and password.", "Check EMAIL_URL.")
    except (smtplib.SMTPException, OSError, ValueError):
        return problem(MAIL, "The mail server does not let us in.", step)
    return ok(MAIL, f"The mail server lets us in; nothing was sent. {TRY}")
