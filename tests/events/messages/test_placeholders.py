"""Words in braces that stand for something else, and what only looks like one."""

import pytest

from events.messages.placeholders import PLACEHOLDERS, fill, fill_markdown, unknown_in

VALUES = {"name": "*Ada* [x](y)", "event": "{link}", "start": "noon", "link": "https://e.org/_a_"}


@pytest.mark.parametrize(
    ("typed", "unknown"),
    [
        (" ".join(f"{{{name}}}" for name in PLACEHOLDERS), []),
        ("{nam}", ["{nam}"]),
        ("{Name} {NAME}", ["{Name}", "{NAME}"]),
        ("{ name }", ["{ name }"]),
        ("{{name}}", ["{{name}}"]),
        ("\uff5bname\uff5d", ["\uff5bname\uff5d"]),
        ("{名前} {名前}", ["{名前}"]),
        ("{0}", ["{0}"]),
        ("{name.user.password}", ["{name.user.password}"]),
        ("{} { } {two words}", []),
        ("{name", []),
    ],
)
def test_what_stands_for_nothing_is_found(typed: str, unknown: list[str]) -> None:
    assert unknown_in(typed) == unknown


def test_values_are_put_in_once_and_not_looked_at_again() -> None:
    assert fill("{name}: {event} {start} {x}", VALUES) == "*Ada* [x](y): {link} noon {x}"


def test_values_format_nothing_in_markdown_and_addresses_link() -> None:
    made = fill_markdown("{name} {link} [here]({link})", VALUES)
    address = "<https://e.org/_a_>"
    assert made == rf"\*Ada\* \[x\]\(y\) {address} [here]({address})"
