"""See who of the staff has a second factor, or remove it for somebody who has lost it."""

import json
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import CommandError, CommandParser

from events.accounts.second_factor import devices, gate, recovery
from events.formatting import text
from events.management.arguments import StaffCommand


class Command(StaffCommand):
    help = (
        "list: prints everybody who may enter the admin, with what they have set up.\n"
        "reset: removes the second factor of a person who has lost their app and their\n"
        "recovery codes. It is noted in the admin's history of the account, and the person\n"
        "is told by mail."
    )

    examples = ("second_factor list --json", "second_factor reset mika --dry-run")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("do", choices=["list", "reset"])
        parser.add_argument("username", nargs="?", default="", metavar="USERNAME")
        parser.add_argument("--yes", action="store_true", help="reset: do not ask")
        parser.add_argument("--dry-run", action="store_true", help="reset: change nothing")
        parser.add_argument("--json", action="store_true", help="print JSON, one object a line")

    def handle(self, *args: Any, do: str, username: str, **options: Any) -> None:
        self.as_json: bool = options["json"]
        if do == "list":
            self.list_staff()
        elif not username:
            raise CommandError("Say whose second factor it is: second_factor reset USERNAME")
        else:
            self.reset(find(username), is_agreed=options["yes"], dry_run=options["dry_run"])

    def list_staff(self) -> None:
        for user in User.objects.filter(is_staff=True, is_active=True).order_by("username"):
            self.say(**facts_of(user))

    def reset(self, user: User, *, is_agreed: bool, dry_run: bool) -> None:
        facts = facts_of(user)
        if not facts["second_factor"]:
            raise CommandError(f"{user.get_username()} has no second factor.")
        if not dry_run:
            if not is_agreed:
                self.stderr.write(
                    "Have you made sure, not by mail alone, that they ask for this?", str
                )
            question = f"Remove the second factor of {user.get_username()}?"
            self.agree(question, is_agreed=is_agreed)
            devices.reset(user)
        self.say(**facts, reset=not dry_run, dry_run=dry_run)

    def say(self, **facts: str | int | bool | None) -> None:
        if self.as_json:
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write("  ".join(f"{name} {fact}" for name, fact in facts.items()))


def find(username: str) -> User:
    user = User.objects.filter(username=text.clean_account_name(username)).first()
    if user is None:
        raise CommandError(f"Nobody has the username {username!r} here.")
    return user


def facts_of(user: User) -> dict[str, str | int | bool | None]:
    return {
        "username": user.get_username(),
        "superuser": user.is_superuser,
        "second_factor": gate.has_one(user),
        "recovery_codes": recovery.count(user),
    }
