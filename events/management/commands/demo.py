"""Run a site with demo content and a sandbox of its platform, to look around."""

import errno
import io
import logging
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.core.servers.basehttp import get_internal_wsgi_application
from django.db import connection
from django.urls import reverse

from events import demo, housekeeping
from events.accounts.other_platform import refusal_of_accounts
from events.doors import keys
from events.management.arguments import StaffCommand, add_dry_run, add_json
from neos_backend.sandbox.platforms import sandbox_of

#: How long mail of the demo waits before it is sent.
PAUSE_SECONDS = 2

PLATFORM = settings.PLATFORM
SANDBOX = sandbox_of(PLATFORM.backend)
NEEDED = f"DEBUG=1 and {PLATFORM.prefix}SANDBOX=1"
#: How to start it again; without a platform it is on the first, Neos.
MAKE = "make demo" if PLATFORM.key == "neos" else f"PLATFORM={PLATFORM.key} make demo"

LOCAL = "127.0.0.1"
OPEN_TO_ALL = (
    "  Everybody in your network can open it, sign in as anybody, and read its mails.\n"
    "  If a headset or a phone cannot, a firewall of this machine may keep it out.\n"
)
FOR_OTHERS = f"  Open to this machine only. For a headset or a phone: HOST=0.0.0.0 {MAKE}\n"


class Command(StaffCommand):
    help = (
        "Migrates the database, loads demo content (again: changes nothing) and serves the site at "
        f"SITE_URL. Needs {NEEDED}; `{MAKE}` sets them."
    )
    examples = ("demo", "demo --listen 0.0.0.0", "demo --dry-run --json")
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        text = "IPv4 address to listen on, 0.0.0.0 for all; default: this machine only"
        parser.add_argument("--listen", default=LOCAL, metavar="ADDRESS", help=text)
        add_dry_run(parser)
        add_json(parser)

    def handle(self, *args: Any, listen: str, dry_run: bool, **options: Any) -> None:
        self.as_json: bool = options["json"]
        if not (settings.DEBUG and settings.NEOS_SANDBOX):
            raise CommandError(f"The demo needs {NEEDED}. Use: {MAKE}")
        port = urlsplit(settings.SITE_URL).port or 80
        refuse_busy_port(port, listen)
        if dry_run:
            self.introduce(listen, dry_run=True)
            return
        try:
            self.run(port, listen)
        except KeyboardInterrupt:  # while loading; the server ends by itself
            self.stdout.write("")

    def run(self, port: int, listen: str) -> None:
        """Listen on this machine only unless asked: everybody may sign in as anybody."""
        self.check()
        logging.getLogger("events").setLevel(logging.WARNING)  # each waitlist would write a line
        if not self.stdout.isatty() and not self.as_json:
            self.stdout.write("Loading the demo. This takes about a minute, once.")
            self.stdout.flush()
        call_command("migrate", verbosity=0)
        refuse_accounts_of_another_platform()
        demo.load(self.report)
        self.introduce(listen)
        show_own_error_pages()
        threading.Thread(target=keep_house, daemon=True).start()
        # It would print the address to listen on, which is not always one to go to.
        quiet = {"use_reloader": False, "skip_checks": True, "stdout": io.StringIO()}
        call_command("runserver", f"{listen}:{port}", **quiet)

    def report(self, done: int, of: int) -> None:
        """Draw a bar on a terminal; write nothing into a log file."""
        if self.stdout.isatty() and not self.as_json:
            bar = "█" * done + "·" * (of - done)
            self.stdout.write(f"\rLoading {bar}", ending="\n" if done == of else "")
            self.stdout.flush()

    def introduce(self, listen: str, *, dry_run: bool = False) -> None:
        if self.as_json:
            self.say_json(facts(listen) | {"dry_run": dry_run}, on_one_line=True)
        else:
            self.introduce_in_words(is_open=listen != LOCAL)
            end = "Nothing was loaded." if dry_run else "Ctrl-C ends everything."
            self.stdout.write(f"\n  {end}\n")

    def introduce_in_words(self, *, is_open: bool) -> None:
        url = settings.SITE_URL
        self.stdout.write(f"\n  The site         {self.style.SUCCESS(url)}")
        self.stdout.write(f"  For organizers   {url}/admin/")
        if settings.SANDBOX_MAIL:
            self.stdout.write(f"  Its mails        {url}{reverse('events:sandbox-mails')}")
        self.stdout.write(f"  A door           {door_of_guest()}")
        self.stdout.write(f"\n{OPEN_TO_ALL if is_open else FOR_OTHERS}")
        self.stdout.write(f"  Staff            {demo.STAFF} / {demo.PASSWORD}")
        for name in demo.ORGANIZERS:
            self.stdout.write(f"  Organizer        {name} / {demo.PASSWORD}")
        self.stdout.write(
            f"\n  Sign in with {PLATFORM.name} leads to a sandbox; nothing leaves this machine."
        )
        self.stdout.write("  There you can be:\n")
        for person in SANDBOX.people:
            name = "".join(filter(str.isprintable, person.username))
            self.stdout.write(f"    {name} – {person.label}: {person.description}")
        crowd = ", ".join(person.username for person in SANDBOX.crowd)
        self.stdout.write(f"    {crowd} – ordinary people, to fill an event")
        self.stdout.write(
            "\n  Paying leads to a sandbox, too, with a button for whatever goes wrong."
        )


def door_of_guest() -> str:
    """Return the address at which a world would ask about a guest of the event that is running."""
    return f"{keys.address_of(demo.SECRET)}{demo.GUEST}"


def facts(listen: str) -> dict[str, object]:
    """Return what the command tells people, for a program."""
    url = settings.SITE_URL
    return {
        "site": url,
        "platform": PLATFORM.key,
        "admin": f"{url}/admin/",
        "mails": f"{url}{reverse('events:sandbox-mails')}" if settings.SANDBOX_MAIL else None,
        "door": door_of_guest(),
        "listen": listen,
        "is_open": listen != LOCAL,
        "password": demo.PASSWORD,
        "staff": demo.STAFF,
        "organizers": list(demo.ORGANIZERS),
        "people": [person.username for person in SANDBOX.cast],
    }


def refuse_accounts_of_another_platform() -> None:
    """Raise `CommandError` before the demo adds people that belong to no site with the others."""
    if refusal := refusal_of_accounts(connection):
        raise CommandError(f"The demo was not loaded: {refusal}")


def keep_house() -> None:
    housekeeping.run_for_ever(PAUSE_SECONDS, threading.Event())


def show_own_error_pages() -> None:
    """Turn DEBUG off, so that errors show our pages and not Django's for developers.

    The application has to be loaded before: it refuses to start with a sandbox when DEBUG is off.
    """
    get_internal_wsgi_application()
    settings.DEBUG = False


def refuse_busy_port(port: int, listen: str = LOCAL) -> None:
    """Raise `CommandError` now, instead of failing once everything is loaded.

    Check ::1 as well, which browsers try first.
    """
    for family, address in ((socket.AF_INET, listen), (socket.AF_INET6, "::1")):
        reason = why_not_free(family, address, port)
        if reason == errno.EADDRINUSE:
            raise CommandError(f"Port {port} is in use. Choose another one: PORT={port + 1} {MAKE}")
        if reason == errno.EACCES:
            raise CommandError(f"Port {port} is for root only. Choose another one: {MAKE}")
        if reason == errno.EADDRNOTAVAIL and address == listen:
            raise CommandError(f"This machine has no address {listen}. Try: HOST=0.0.0.0 {MAKE}")


def why_not_free(family: socket.AddressFamily, address: str, port: int) -> int:
    """Try to listen there; return the system's error number, 0 if it worked."""
    try:
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address, port))
    except OSError as error:  # also on a machine without IPv6
        return error.errno or 0
    return 0
