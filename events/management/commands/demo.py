"""A running site with demo content and a sandbox Neos, for looking around."""

import socket
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from events import demo
from neos_backend.sandbox.cast import CROWD, PEOPLE


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
        call_command("migrate", verbosity=0)
        demo.load(self.report)
        self.introduce()
        call_command("runserver", f"127.0.0.1:{port}", use_reloader=False, skip_checks=False)

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
            self.stdout.write(f"    {person.username} – {person.label}: {person.description}")
        crowd = ", ".join(person.username for person in CROWD)
        self.stdout.write(f"    {crowd} – ordinary people, to fill an event")
        self.stdout.write("\n  Mail appears here below. Ctrl-C ends everything.\n")


def refuse_busy_port(port: int) -> None:
    """One clear line now, instead of a traceback once everything is loaded."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} is in use. Choose another one: PORT={port + 1} make demo"
            ) from error
