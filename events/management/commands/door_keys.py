"""Make, list, rotate and revoke keys of doors; each action is in `events.management.door_key_*`."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.arguments import StaffCommand
from events.management.door_key_edits import MAKE, REVOKE, ROTATE
from events.management.door_key_list import LIST
from events.management.event_action import EventAction

ACTIONS: dict[str, EventAction] = {action.name: action for action in (LIST, MAKE, ROTATE, REVOKE)}


class Command(StaffCommand):
    help = (
        "Lists the keys with which worlds ask who may come in to an event; makes, rotates and "
        "revokes them. A new key is printed once, alone on standard output. Each action has a "
        "--help of its own."
    )
    examples = tuple(action.examples[0] for action in ACTIONS.values())

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="do", required=True, metavar="ACTION")
        for action in ACTIONS.values():
            action.add_to(actions)

    def handle(self, *args: Any, do: str, **options: Any) -> None:
        ACTIONS[do].run(self, options)
