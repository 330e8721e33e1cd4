"""Filters of the list of registrations. The desk links to them, and counts by the same rules."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from events.desk import holders

from .state_filter import StateFilter


class OwnFilter(admin.RelatedOnlyFieldListFilter):
    """Filter by the events (or workshops) of own rows, also if there is only one.

    With one choice Django's filter does nothing, so the link from an event without registrations
    would list the people of another event.
    """

    def has_output(self) -> bool:
        return True


class NeedFilter(StateFilter):
    title = _("what to look at")
    parameter_name = "need"
    states: ClassVar[dict[str, Any]] = {
        "refused": (
            _("May not have their place any more"),
            lambda: holders.ineligible(timezone.now()),
        ),
        "clash": (_("Two workshops at once"), lambda: holders.clashing(timezone.now())),
        "pay": (_("Have to pay within a day"), lambda: holders.pays_within_a_day(timezone.now())),
    }


class MailFilter(StateFilter):
    title = _("mail")
    parameter_name = "mail"
    states: ClassVar[dict[str, Any]] = {
        "unreachable": (
            _("No message reaches them"),
            lambda: holders.unreachable(timezone.now()),
        ),
        "dead": (_("A message was not delivered"), lambda: holders.undelivered(timezone.now())),
    }


class CameFilter(StateFilter):
    title = _("checked in")
    parameter_name = "came"
    states: ClassVar[dict[str, Any]] = {
        "yes": (_("Yes"), Q(checked_in_at__isnull=False)),
        "no": (_("No"), Q(checked_in_at=None)),
    }
