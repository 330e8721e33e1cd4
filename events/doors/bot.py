"""Write commands for the bot of Neos or Resonite, which set a cloud variable of a group.

A headless server that has the variable as its `requiredUserJoinCloudVariable` lets in only people
for whom it is true. The commands are those of the wiki's page on cloud variables.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

#: Letters, digits and _ in parts between dots, as `jam.guests`.
PATH = re.compile(r"[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)*")
MAX_PATH = 128
#: The bot divides a line at spaces, and keeps together what stands in quotation marks.
DIVIDES = frozenset("\"'\\`")
#: A command about a variable, of which there are several.
ABOUT = re.compile(r'/(?:create|set)GroupVar\w* (?P<group>"[^"]*"|\S+) (?P<path>\S+)(?: .*)?')
SET = re.compile(r'/setGroupVarValue (?P<group>"[^"]*"|\S+) (?P<path>\S+) (?P<id>\S+) (?P<is>\S+)')


@dataclass(frozen=True, slots=True)
class Variable:
    """A cloud variable of a group, which is named or has its id here, like `G-Example`."""

    group: str
    path: str

    @property
    def is_safe(self) -> bool:
        group, path = self.group, self.path
        is_group = group.strip() == group != "" and group.isprintable() and '"' not in group
        return is_group and len(path) <= MAX_PATH and PATH.fullmatch(path) is not None

    def command(self, name: str, *words: str) -> str:
        return " ".join([f"/{name}", f'"{self.group}"', self.path, *words])


class OtherVariable(Exception):
    """An earlier list is about this other variable: it says nothing of who has ours."""

    def __init__(self, variable: Variable) -> None:
        super().__init__(variable)
        self.variable = variable


def is_safe(neos_id: str) -> bool:
    """Return whether the bot reads the id as one word, and nothing else out of it."""
    is_word = neos_id.isprintable() and " " not in neos_id and DIVIDES.isdisjoint(neos_id)
    return is_word and neos_id != ""


def set_up(variable: Variable) -> Iterator[str]:
    """Yield the commands that make the variable: only members of the group read and write it."""
    yield variable.command("createGroupVar")
    yield variable.command("setGroupVarType", "bool")
    yield variable.command("setGroupVarPerms", "read,write", "definition_owner")
    yield variable.command("setGroupVarDefaultValue", "false")


def changes(variable: Variable, neos_ids: Iterable[str], before: set[str]) -> Iterator[str]:
    """Yield a command for everybody who is new, then for everybody who was there `before` only."""
    gone = set(before)
    for neos_id in neos_ids:
        if neos_id in before:
            gone.discard(neos_id)
        else:
            yield _set(variable, neos_id, "true")
    yield from (_set(variable, neos_id, "false") for neos_id in sorted(gone))


def let_in_by(lines: Iterable[str], variable: Variable) -> set[str]:
    """Read whom earlier lists let in: lines of commands, or an id on each.

    A later line counts more than an earlier one. What is neither is passed over. Raises
    `OtherVariable`.
    """
    found: set[str] = set()
    for line in lines:
        if about := ABOUT.fullmatch(line):
            _refuse_other(Variable(about["group"].strip('"'), about["path"]), variable)
        command = SET.fullmatch(line)
        neos_id = command["id"] if command else line
        if command and command["is"] != "true":
            found.discard(neos_id)
        elif is_safe(neos_id) and not neos_id.startswith("/"):
            found.add(neos_id)
    return found


def _refuse_other(found: Variable, variable: Variable) -> None:
    if found != variable:
        raise OtherVariable(found)


def _set(variable: Variable, neos_id: str, value: str) -> str:
    return variable.command("setGroupVarValue", neos_id, value)
