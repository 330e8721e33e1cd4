"""One thing that `manage.py events` does: another one is another `EventAction` in its list."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.management.base import CommandParser

from .arguments import Formatter, StaffCommand, examples_of


@dataclass(frozen=True, slots=True)
class EventAction:
    """`run` gets the command, to print with, and the options by their names."""

    name: str
    help: str
    examples: tuple[str, ...]
    add_arguments: Callable[[CommandParser], None]
    run: Callable[[StaffCommand, dict[str, Any]], None]

    def add_to(self, actions: Any) -> None:
        """Add the parser of this action to the sub-parsers of the command."""
        parser = actions.add_parser(
            self.name,
            help=self.help,
            description=self.help,
            epilog=examples_of(self.examples),
            formatter_class=Formatter,
        )
        self.add_arguments(parser)
