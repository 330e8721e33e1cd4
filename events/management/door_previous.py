"""Read a list that `door_list` wrote before, and refuse a file that is another one."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.management.base import CommandError

from events.doors import bot
from neos_backend.members import ID

#: What makes the variable: lines of a first list, which let nobody in.
SET_UP = re.compile(r"/(createGroupVar|setGroupVar(Type|Perms|DefaultValue)) .+")


def lines_of(file: IO[bytes], path: Path) -> Iterator[str]:
    """Yield lines with an id alone or a command. Raises `CommandError` at anything else."""
    for number, raw in enumerate(file, start=1):
        line = raw.decode(errors="replace").strip("\ufeff \t\r\n")
        if not line:
            continue
        if not any(form.fullmatch(line) for form in (ID, bot.SET, SET_UP)):
            raise CommandError(
                f"{path}, line {number}, is neither an id nor a command of door_list."
            )
        yield line
