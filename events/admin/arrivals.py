"""Check people in and take it back for an organizer: the row and the history, both or neither."""

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.db import transaction
from django.utils.translation import gettext

from events import places
from events.models import Registration
from events.places import Arrival, CheckIn

from . import shown


def check_in(registration: Registration, by: User, *, even_early: bool = False) -> Arrival:
    with transaction.atomic():
        arrival = places.check_in(registration=registration, by=by, even_early=even_early)
        if arrival is Arrival.NOW:
            _log(registration, by, gettext("Checked in."))
    return arrival


def undo(registration: Registration, by: User) -> CheckIn | None:
    with transaction.atomic():
        noted = places.undo_check_in(registration=registration, by=by)
        if noted:
            # Who had noted it stands in the line before: here the name would outlive its owner.
            when = shown.moment(noted.at, registration.event.zone)
            text = gettext("Check-in taken back. It was noted at %(when)s.")
            _log(registration, by, text % {"when": when})
    return noted


def _log(registration: Registration, by: User, message: str) -> None:
    LogEntry.objects.log_actions(by.pk, [registration], CHANGE, message, single_object=True)
