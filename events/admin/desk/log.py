"""Write in the history what somebody did on a page of the desk."""

import json
from collections.abc import Sequence

from django.contrib.admin.models import CHANGE, LogEntry
from django.db.models import Model
from django.http import HttpRequest

from events.accounts.admin_log import about_organizer


def note(request: HttpRequest, row: Model, text: str, *, flag: int = CHANGE) -> None:
    """`flag` is `ADDITION` if they made the row by it."""
    LogEntry.objects.log_actions(
        request.user.pk or 0, [row], flag, change_message=text, single_object=True
    )


def note_all(request: HttpRequest, rows: Sequence[Model], text: str) -> None:
    """Write the same in the history of each."""
    LogEntry.objects.log_actions(request.user.pk or 0, rows, CHANGE, change_message=text)


def note_organizer(request: HttpRequest, event: Model, username: str, *, is_added: bool) -> None:
    """Write it as Django writes a change, so that it is said in the reader's language."""
    change = {"added" if is_added else "deleted": about_organizer(username)}
    note(request, event, json.dumps([change]))
