"""What payment providers told us: for superusers, who can have it acted on again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.formatting import money
from events.models import Notice
from events.payments import webhooks

from . import shown
from .actions import MOST
from .base import OwnEventsAdmin, ReadOnlyAdmin

STATES: dict[str, tuple[Any, Q]] = {
    "unprocessed": (_("not acted on"), Q(processed_at=None)),
    "unmatched": (_("about no payment of ours"), Q(outcome=webhooks.UNMATCHED)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notice]) -> QuerySet[Notice]:
        state = STATES.get(self.value() or "")
        return queryset.filter(state[1]) if state else queryset


@admin.register(Notice)
class NoticeAdmin(OwnEventsAdmin, ReadOnlyAdmin):
    list_display = ["external_id", "provider", "kind", "sum", "outcome", "received", "processed"]
    list_filter = [StateFilter, "kind"]
    search_fields = ["external_id", "reference", "intent", "key"]
    search_help_text = _("Any name that the provider or we have for it, in whole or in part")
    ordering = ["-received_at", "-pk"]
    actions = ["act_again"]
    fields = (
        "external_id",
        "provider",
        "kind",
        "sum",
        "reference",
        "intent",
        "key",
        "outcome",
        "received",
        "processed",
    )
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whatever rights somebody has: notices are about the money of every event."""
        return request.user.is_active and request.user.is_superuser

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def narrow(self, q: QuerySet[Notice], request: HttpRequest) -> QuerySet[Notice]:
        return q.none()

    @admin.action(description=_("Act on again"), permissions=["manage"])
    def act_again(self, request: HttpRequest, q: QuerySet[Notice]) -> None:
        """Oldest first, as they were told; what was done before is not done twice."""
        chosen = list(q.order_by("received_at", "pk")[: MOST + 1])
        if len(chosen) > MOST:
            text = gettext("Please select at most %(most)d notices at a time.")
            self.message_user(request, text % {"most": MOST}, messages.ERROR)
            return
        for notice in chosen:
            webhooks.process(notice)
            self.log_change(request, notice, f"Acted on again: {notice.outcome}.")
        unmatched = sum(notice.outcome == webhooks.UNMATCHED for notice in chosen)
        self._report(request, len(chosen) - unmatched, unmatched)

    def _report(self, request: HttpRequest, done: int, unmatched: int) -> None:
        if done:
            text = ngettext("%(n)d notice was acted on.", "%(n)d notices were acted on.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)
        if unmatched:
            text = ngettext(
                "%(n)d is about no payment of ours: please look it up at the provider.",
                "%(n)d are about no payment of ours: please look them up at the provider.",
                unmatched,
            )
            self.message_user(request, text % {"n": unmatched}, messages.WARNING)

    @admin.display(description=_("amount"))
    def sum(self, notice: Notice) -> str:
        if notice.amount is None or not notice.currency:
            return shown.NOTHING
        return money.format_amount(notice.amount, notice.currency)

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, notice: Notice) -> str:
        return shown.moment(notice.received_at, shown.UTC)

    @admin.display(description=_("processed"), ordering="processed_at")
    def processed(self, notice: Notice) -> str:
        return shown.moment(notice.processed_at, shown.UTC)
