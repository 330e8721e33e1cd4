"""A running site with demo content and a sandbox Neos, for looking around."""

import errno
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import get_internal_wsgi_application

from events import demo, housekeeping
from neos_backend.sandbox.cast import CROWD, PEOPLE

#: How long mail of the demo waits.
PAUSE_SECONDS = 2


class Command(BaseCommand):
    help = (
        "Migrates the database, loads demo content (again: changes nothing) and serves the site at "
        "SITE_URL. Needs DEBUG=1 and NEOS_SANDBOX=1; `make demo` sets them."
    )
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG and settings.NEOS_SANDBOX):
            raise CommandError("The demo needs DEBUG=1 and NEOS_SANDBOX=1. Use: make demo")
        port = urlsplit(settings.SITE_URL).port or 80
        refuse_busy_port(port)
        try:
            self.run(port)
        except KeyboardInterrupt:  # while loading; the server ends by itself
            self.stdout.write("")

    def run(self, port: int) -> None:
        """Only this machine is served: everybody may sign in as anybody."""
        self.check()
        call_command("migrate", verbosity=0)
        demo.load(self.report)
        self.introduce()
        show_own_error_pages()
        threading.Thread(target=keep_house, daemon=True).start()
        call_command("runserver", f"localhost:{port}", use_reloader=False, skip_checks=True)

    def report(self, done: int, of: int) -> None:
        """A bar on a terminal, nothing in a log file."""
        if self.stdout.isatty():
            bar = "█" * done + "·" * (of - done)
            self.stdout.write(f"\rLoading {bar}", ending="\n" if done == of else "")
            self.stdout.flush()

    def introduce(self) -> None:
        """Where the site is and who can sign in, and how."""
        url = settings.SITE_URL
        self.stdout.write(f"\n  The site         {self.style.SUCCESS(url)}")
        self.stdout.write(f"  For organizers   {url}/admin/\n")
        self.stdout.write(f"  Staff            {demo.STAFF} / {demo.PASSWORD}")
        for name in demo.ORGANIZERS:
            self.stdout.write(f"  Organizer        {name} / {demo.PASSWORD}")
        self.stdout.write("\n  Sign in with Neos leads to a sandbox; nothing leaves this machine.")
        self.stdout.write("  There you can be:\n")
        for person in PEOPLE:
            name = "".join(filter(str.isprintable, person.username))
            self.stdout.write(f"    {name} – {person.label}: {person.description}")
        crowd = ", ".join(person.username for person in CROWD)
        self.stdout.write(f"    {crowd} – ordinary people, to fill an event")
        self.stdout.write(
            "\n  Paying leads to a sandbox, too, with a button for whatever goes wrong."
        )
        self.stdout.write("\n  Mail appears here below. Ctrl-C ends everything.\n")


def keep_house() -> None:
    """What `manage.py housekeeping --loop` does beside a real site; ends with this process."""
    housekeeping.run_for_ever(PAUSE_SECONDS, threading.Event())


def show_own_error_pages() -> None:
    """What people meet when something is wrong, instead of Django's pages for developers.

    Only now that the application is loaded: it mounts a sandbox with DEBUG on, and refuses to
    start with one when it is off.
    """
    get_internal_wsgi_application()
    settings.DEBUG = False


def refuse_busy_port(port: int) -> None:
    """One clear line now, instead of a failure once everything is loaded.

    A server on all interfaces is in the way too, and so is one on ::1, which browsers try first.
    """
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        reason = why_not_free(family, address, port)
        if reason == errno.EADDRINUSE:
            raise CommandError(
                f"Port {port} is in use. Choose another one: PORT={port + 1} make demo"
            )
        if reason == errno.EACCES:
            raise CommandError(f"Port {port} is for root only. Choose another one: make demo")


def why_not_free(family: socket.AddressFamily, address: str, port: int) -> int:
    """The system's error number for listening there, 0 when nothing is in the way."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:  # also on a machine without IPv6
        return error.errno or 0
    return 0
