"""Help texts of commands, on a site of each platform."""

import pytest

from tests.eventsite.processes import PRODUCTION, run
from tests.words_of_neos import words_of_neos

#: Prints the help of every command of ours, with those of its actions.
HELP = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
import django
django.setup()
from tests.events.management.test_rules_of_commands import PARSERS
print(*(parser.format_help() for parser in PARSERS.values()))
"""
RESONITE = PRODUCTION | {
    "PLATFORM": "resonite",
    "RESONITE_CLIENT_ID": "client",
    "RESONITE_CLIENT_SECRET": "secret",
}
#: What stays as it is: the demo's variable of each platform.
NAMES = ("NEOS_SANDBOX=1",)


@pytest.mark.parametrize(
    ("variables", "name"), [(PRODUCTION, "Neos"), (RESONITE, "Resonite")], ids=["neos", "resonite"]
)
def test_help_of_commands_names_the_platform(variables: dict[str, str], name: str) -> None:
    """Starts a process: commands read the name when they are loaded."""
    printed = run("-c", HELP, **variables)
    shown = " ".join(printed.stdout.split())
    for each in NAMES:
        shown = shown.replace(each, "")

    assert (printed.returncode, printed.stderr) == (0, "")
    assert f"Checks in people by their {name} id" in shown
    assert f"redirect address for {name}" in shown
    assert (words_of_neos(shown) == []) == (name == "Resonite")
