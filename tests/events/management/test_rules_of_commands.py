"""Every command keeps to the same rules: examples, dry runs, JSON, numbers that make sense."""

import io
import re
from argparse import ArgumentParser, _SubParsersAction
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command, get_commands, load_command_class

from events.management.arguments import StaffCommand

OURS = sorted(name for name, app in get_commands().items() if app == "events")
#: Reads only, so there is nothing to try first.
READS = {
    *("audit", "doctor", "door_keys list", "door_verify", "events list", "events show"),
    "explain_access",
}
#: Print a list whose form is chosen by --format.
HAS_FORMATS = {"door_list", "export_registrations"}


def parsers() -> Iterator[tuple[str, ArgumentParser]]:
    """Yield each command with its parser, and each action of one instead of it."""
    for name in OURS:
        parser = load_command_class("events", name).create_parser("manage.py", name)
        actions = [a for a in parser._actions if isinstance(a, _SubParsersAction)]
        if not actions:
            yield name, parser
        for action in actions:
            yield from ((f"{name} {do}", each) for do, each in action.choices.items())


PARSERS = dict(parsers())


def options_of(name: str) -> set[str]:
    return {option for action in PARSERS[name]._actions for option in action.option_strings}


@pytest.mark.parametrize("name", OURS)
def test_command_is_one_of_staff(name: str) -> None:
    assert isinstance(load_command_class("events", name), StaffCommand)


@pytest.mark.parametrize("name", PARSERS)
def test_help_ends_with_examples_that_the_parser_takes(name: str) -> None:
    shown = PARSERS[name].format_help().partition("Examples:\n")[2]
    examples = re.findall(r"^  manage\.py (.+)$", shown, re.MULTILINE)
    assert len(examples) > 0
    for example in examples:
        words = re.sub(r"\"[^\"]*\"", "words", re.split(r" [<>|] ", example)[0]).split()
        assert " ".join(words[: len(name.split())]) == name
        PARSERS[name].parse_args(words[len(name.split()) :])


@pytest.mark.parametrize("name", PARSERS)
def test_what_writes_can_be_tried_and_what_prints_can_be_read(name: str) -> None:
    assert ("--dry-run" in options_of(name)) == (name not in READS)
    assert ("--json" in options_of(name)) == (name not in HAS_FORMATS)


WRONG = ("0", "-1", "nan", "inf", "1e999", "1e3", "", " ", "٣", "1_0", "9" * 5_000)


@pytest.mark.parametrize("number", WRONG)
@pytest.mark.parametrize(
    "arguments",
    [
        ("housekeeping", "--loop"),
        ("payments", "reconcile", "--days"),
        ("purge_personal_data", "--older-than"),
        ("doctor", "--workers"),
        ("door_list", "jam", "--format", "snapshot", "--good-for"),
    ],
)
def test_number_that_makes_no_sense_is_refused(arguments: tuple[str, ...], number: str) -> None:
    with pytest.raises(CommandError, match=r"must be a (?:whole )?number"):
        call_command(*arguments[:-1], f"{arguments[-1]}={number}", stdout=io.StringIO())


@pytest.mark.parametrize(
    "arguments",
    [
        ("housekeeping", "--loop", "1", "--dry-run"),
        ("housekeeping", "--loop", "1", "--json"),
        ("payments", "replay", "--days", "3"),
    ],
)
def test_options_that_do_not_go_together_are_refused(arguments: tuple[str, ...]) -> None:
    with pytest.raises(CommandError):
        call_command(*arguments, stdout=io.StringIO())
