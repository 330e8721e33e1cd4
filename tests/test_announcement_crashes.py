"""A process is killed between each two steps of sending what organizers wrote.

Housekeeping finishes it: everybody gets it, and nobody twice.
"""

from collections import Counter
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from events import housekeeping
from events.models import Announcement, Notification
from tests.crashes import Crasher, crash, crasher
from tests.factories import make_announcement, make_event
from tests.lines import register
from tests.test_reminder_crashes import reader

pytestmark = [pytest.mark.server, pytest.mark.django_db(transaction=True)]

__all__ = ["crasher"]  # a fixture
NAMES = ("ada", "bo", "cy", "di", "em")


@pytest.fixture
def announcement(tmp_path: Path, settings: Settings) -> Announcement:
    """A draft for five people who were told everything else. Mails are files."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path)
    event = make_event()
    for name in NAMES:
        register(reader(name), event)
    Notification.objects.update(state="sent", sent_at=timezone.now())
    return make_announcement(event)


def got(folder: Path) -> Counter[str]:
    """Count the mails that each has got."""
    lines = [line for path in folder.iterdir() for line in path.read_text().splitlines()]
    return Counter(line[4:].partition("@")[0] for line in lines if line.startswith("To: "))


@pytest.mark.parametrize(
    ("point", "owed"),
    [
        ("announcement marked", 0),
        ("announcement half owed", 2),
        ("announcement owed", 5),
        ("announcement done", 5),
    ],
)
def test_killed_sending_is_finished_for_everybody_once(
    crasher: Crasher,
    announcement: Announcement,
    tmp_path: Path,
    point: str,
    owed: int,
) -> None:
    crash(crasher, point, "announce", announcement=announcement.pk, folder=str(tmp_path))
    rows = Notification.objects.filter(kind="announcement")
    assert (rows.count(), got(tmp_path)) == (owed, Counter())
    for _ in range(2):
        housekeeping.run()
    announcement.refresh_from_db()
    assert got(tmp_path) == Counter(dict.fromkeys(NAMES, 1))
    assert (rows.count(), announcement.done_at is not None) == (5, True)
