"""Commands for the bot of Neos and Resonite."""

import pytest

from events.doors import bot
from events.doors.bot import Variable

JAM = Variable("My Group", "jam.guests")


def test_variable_is_made_before_anybody_is_let_in() -> None:
    assert list(bot.set_up(JAM)) == [
        '/createGroupVar "My Group" jam.guests',
        '/setGroupVarType "My Group" jam.guests bool',
        '/setGroupVarPerms "My Group" jam.guests read,write definition_owner',
        '/setGroupVarDefaultValue "My Group" jam.guests false',
    ]


def test_changes_let_in_who_is_new_and_keep_out_who_has_gone() -> None:
    assert list(bot.changes(JAM, ["U-ada", "U-new"], before={"U-ada", "U-gone"})) == [
        '/setGroupVarValue "My Group" jam.guests U-new true',
        '/setGroupVarValue "My Group" jam.guests U-gone false',
    ]


def test_changes_of_the_same_list_are_none() -> None:
    assert list(bot.changes(JAM, ["U-ada"], before={"U-ada"})) == []


def test_earlier_lists_are_ids_or_commands() -> None:
    first = ["U-ada", "U-bo", *bot.set_up(JAM)]
    second = bot.changes(JAM, ["U-ada", "U-みかん"], before={"U-ada", "U-bo"})
    assert bot.let_in_by([*first, *second], JAM) == {"U-ada", "U-みかん"}


def test_command_to_nobody_in_particular_is_passed_over() -> None:
    assert bot.let_in_by(["/setGroupVarValue", "/help", "", "two words", "a\x00b"], JAM) == set()


@pytest.mark.parametrize("other", [Variable("G-Other", "jam.guests"), Variable("My Group", "jam")])
def test_earlier_list_of_another_variable_is_refused(other: Variable) -> None:
    """Also one that only makes the variable, since nobody had a place then."""
    for lines in (bot.set_up(other), bot.changes(other, ["U-ada"], before=set())):
        with pytest.raises(bot.OtherVariable) as refused:
            bot.let_in_by(lines, JAM)
        assert refused.value.variable == other


@pytest.mark.parametrize("neos_id", ["", "U a", "U-a\n", 'U-"a"', "U-'a", "U-\\a", "U-\u202ea"])
def test_id_that_would_end_a_word_is_not_safe(neos_id: str) -> None:
    assert not bot.is_safe(neos_id)


@pytest.mark.parametrize("neos_id", ["U-Ada-Lovelace", "U-1AbC_d", "U-みかん-猫"])
def test_ordinary_id_is_safe(neos_id: str) -> None:
    assert bot.is_safe(neos_id)


@pytest.mark.parametrize(
    ("group", "path", "expected"),
    [
        ("G-Example", "jam", True),
        ("Our Group", "jam.guests_2", True),
        ("みんな", "jam", True),
        ("", "jam", False),
        (" Our", "jam", False),
        ('Our "Group"', "jam", False),
        ("Our\nGroup", "jam", False),
        ("Our", "", False),
        ("Our", "jam guests", False),
        ("Our", ".jam", False),
        ("Our", "jam.", False),
        ("Our", "jam\n", False),
        ("Our", "\uff4aam", False),
        ("Our", "x" * 129, False),
    ],
)
def test_variable_is_safe_if_the_bot_reads_it_as_two_words(
    group: str, path: str, *, expected: bool
) -> None:
    assert Variable(group, path).is_safe is expected
