"""Look at events, copy or cancel one; each action is a module of `events.management`."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.arguments import StaffCommand
from events.management.event_action import EventAction
from events.management.event_cancel import CANCEL
from events.management.event_copy import COPY
from events.management.event_list import LIST
from events.management.event_page import SHOW

ACTIONS: dict[str, EventAction] = {action.name: action for action in (LIST, SHOW, COPY, CANCEL)}


class Command(StaffCommand):
    help = "Lists events, shows, copies or cancels one. Each action has a --help of its own."
    examples = tuple(action.examples[0] for action in ACTIONS.values())

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="do", required=True, metavar="ACTION")
        for action in ACTIONS.values():
            action.add_to(actions)

    def handle(self, *args: Any, do: str, **options: Any) -> None:
        ACTIONS[do].run(self, options)
