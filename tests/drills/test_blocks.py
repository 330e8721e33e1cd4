"""The drill reads the page as it stands, and each stand-in has its place there."""

import pytest

from . import blocks
from .blocks import STAND_INS

SECTIONS = ("Deploy", "Upgrade", "Back to the version before", "Back-ups", "After a disaster")


@pytest.mark.parametrize("section", SECTIONS)
def test_blocks_are_all_that_the_section_has(section: str) -> None:
    text = blocks._section(blocks.PAGE.read_text("utf-8"), section)
    found = blocks.blocks(section)
    assert len(found) == text.count("```sh\n") > 1
    assert [block for block in found if block.script.strip() == ""] == []


def test_page_has_no_block_that_the_drill_does_not_know() -> None:
    """The control of the list above."""
    text = blocks.PAGE.read_text("utf-8")
    assert sum(len(blocks.blocks(section)) for section in SECTIONS) == text.count("```sh\n")


def test_stand_ins_are_those_that_the_page_names_and_say_why() -> None:
    named = [block for name in SECTIONS for block in blocks.blocks(name)]
    files = {path.stem for path in STAND_INS.glob("*.sh")}
    assert {block.stand_in for block in named if block.stand_in} == files
    assert {block.reason[-1] for block in named if block.stand_in} == {"."}


def test_block_keeps_its_commands_and_loses_its_indent() -> None:
    first = "   <!-- drill: proxy -->\n   ```sh\n   a\n     b\n   ```\n"
    text = f"x\n{first}\n```sh\nc\n```\n```ini\nd\n```\n"
    assert list(blocks._blocks(text)) == [
        blocks.Block("a\n  b\n", "proxy"),
        blocks.Block("c\n", ""),
    ]
