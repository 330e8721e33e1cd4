"""The table of docs/operations.md and the code say the same of what is kept, and for how long."""

import re
from datetime import timedelta

from events.accounts import retention
from events.accounts.second_factor import devices
from events.management.commands.purge_personal_data import OLD, WORDS
from events.messages.retention import KEEP_FACTS
from tests.eventsite.processes import ROOT
from tests.eventsite.test_docs import section

WRITTEN = section((ROOT / "docs" / "operations.md").read_text(), "What is kept, and for how long")
ROW = re.compile(r"^\| [^|]+ \| `([a-z_]+)` \| (DAYS|(\d+) days)\b", re.MULTILINE)


def written() -> dict[str, timedelta | None]:
    """Return for how long each kind is kept; None for as long as staff say."""
    return {
        name: timedelta(days=int(days)) if days else None
        for name, _kept, days in ROW.findall(WRITTEN)
    }


def test_table_of_what_is_kept_says_what_the_code_does() -> None:
    kinds = {kind.name: kind.kept for kind in (*retention.ENDED, *retention.KINDS)}
    assert written() == kinds | {retention.ACCOUNTS: None}
    assert f"({devices.FRESH.seconds // 60} minutes)" in WRITTEN


def test_command_has_words_for_every_kind() -> None:
    assert list(WORDS) == [kind.name for kind in retention.ENDED]
    assert list(OLD) == [retention.ACCOUNTS, *(kind.name for kind in retention.KINDS)]


def test_housekeeping_and_the_command_forget_mail_after_the_same_time() -> None:
    assert written()["sent_mail"] == KEEP_FACTS == timedelta(days=30)
