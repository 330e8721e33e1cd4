"""The waitlist log: who moved up to free places, or why nobody did; read only."""

from typing import Any

from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.access.refusal_words import reason_of
from events.formatting import lists
from events.models import FillingPass, Registration

from . import shown
from .base import OwnEventsAdmin
from .in_zone import InZoneAdmin
from .read_only import ReadOnlyAdmin
from .registration_filters import OwnFilter


@admin.register(FillingPass)
class FillingPassAdmin(OwnEventsAdmin, ReadOnlyAdmin, InZoneAdmin):
    fields = ("when", "event", "workshop", "what", "left", "waiting")
    list_display = fields
    list_filter = [("event", OwnFilter)]
    list_select_related = ["event", "workshop"]
    list_per_page = 50
    ordering = ["-at", "-pk"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FillingPass]:
        """Load with each entry the first who moved up, in the order of the waitlist."""
        moved = Registration.objects.select_related("attendee__user").order_by("turn", "pk")
        moved = moved[: shown.MAX_NAMES]
        q: QuerySet[FillingPass] = super().get_queryset(request)
        return q.prefetch_related(Prefetch("registrations", moved, to_attr="first_moved"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"title": _("Waitlist log"), **(extra_context or {})}
        )

    @admin.display(description=_("when"), ordering="at")
    def when(self, line: FillingPass) -> str:
        return shown.moment(line.at, line.event.zone)

    @admin.display(description=_("what happened"))
    def what(self, line: FillingPass) -> SafeString | str:
        return moved_up(line) if line.moved else nobody_moved(line)

    @admin.display(description=_("free places"))
    def left(self, line: FillingPass) -> str:
        """Show how many places were free before people moved up."""
        return "∞" if line.free is None else str(line.free)


def moved_up(line: Any) -> SafeString:
    people = [shown.person(registration.attendee) for registration in line.first_moved]
    names = lists.joined_html(shown.some(people, of=line.moved))
    text = ngettext("{n} moved up: {names}", "{n} moved up: {names}", line.moved)
    sentence = format_html(text, n=line.moved, names=names)
    return shown.joined(sentence, _passed_over(line) if line.passed_over else "")


def nobody_moved(line: FillingPass) -> str:
    reason = line.get_outcome_display()
    if line.outcome == FillingPass.Outcome.NOBODY_ELIGIBLE:
        reason = _passed_over(line)
    return gettext("nobody moved up: %(reason)s") % {"reason": reason}


def _passed_over(line: FillingPass) -> str:
    text = ngettext(
        "%(n)d person was skipped (%(reasons)s)",
        "%(n)d people were skipped (%(reasons)s)",
        line.people_passed_over,
    )
    return text % {"n": line.people_passed_over, "reasons": _reasons(line)}


def _reasons(line: FillingPass) -> str:
    """List the reasons with their counts, most frequent first; a person may have several."""
    counted = sorted(line.passed_over.items(), key=lambda item: (-item[1], item[0]))
    text = gettext("%(reason)s: %(n)d")
    return " · ".join(text % {"reason": reason_of(code), "n": n} for code, n in counted)
