"""Read the commands of `docs/operations.md`, so that the drill runs what the page says.

A comment `<!-- drill: NAME -->` before a block names a stand-in: a file NAME.sh in `inside/`, which
is run in its place and says on its first line why.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "operations.md"
STAND_INS = Path(__file__).parent / "inside"
BLOCK = re.compile(
    r"(?:^ *<!-- drill: (?P<stand_in>[a-z-]+) -->\n)?^ *```sh\n(?P<commands>.*?)^ *```$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """Commands of the page, and the name of what the drill does in their place, if there is one."""

    commands: str
    stand_in: str

    @property
    def script(self) -> str:
        """Return what the drill runs. The stand-in finds the commands of the page nowhere."""
        if not self.stand_in:
            return self.commands
        return (STAND_INS / f"{self.stand_in}.sh").read_text("utf-8")

    @property
    def reason(self) -> str:
        """Return why there is a stand-in: the first line of its file."""
        return self.script.partition("\n")[0].removeprefix("# ")


def blocks(section: str) -> list[Block]:
    """Return the blocks of a section of the page, in their order, without those of its parts."""
    return list(_blocks(_section(PAGE.read_text("utf-8"), section)))


def _section(text: str, title: str) -> str:
    found = re.search(
        rf"^##+ {re.escape(title)}\n(.*?)(?=^##+ |\Z)", text, re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def _blocks(text: str) -> Iterator[Block]:
    for found in BLOCK.finditer(text):
        yield Block(dedent(found["commands"]), found["stand_in"] or "")
