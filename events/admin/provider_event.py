"""Notices of payment providers, for superusers, who can have them processed again."""

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from events.formatting import money
from events.models import Notice
from events.payments import webhooks

from . import shown
from .base import SuperusersOnlyAdmin
from .confirmed_actions import ConfirmedActionsAdmin
from .in_zone import UTC
from .money_words import outcome_in_words, provider_name
from .read_only import ReadOnlyAdmin
from .state_filter import StateFilter

PROCESSED = ngettext_lazy("%(n)d notice was processed.", "%(n)d notices were processed.", "n")
UNMATCHED = ngettext_lazy(
    "%(n)d matches no payment of ours. Please look it up at the provider.",
    "%(n)d match no payment of ours. Please look them up at the provider.",
    "n",
)


class NoticeStateFilter(StateFilter):
    states = {
        "unprocessed": (_("not processed"), Q(processed_at=None)),
        "unmatched": (_("matches no payment of ours"), Q(outcome=webhooks.UNMATCHED)),
    }


@admin.register(Notice)
class NoticeAdmin(ConfirmedActionsAdmin, SuperusersOnlyAdmin, ReadOnlyAdmin):
    list_display = ["external_id", "through", "kind", "sum", "came_to", "received", "processed"]
    list_filter = [NoticeStateFilter, "kind"]
    search_fields = ["external_id", "reference", "intent", "key"]
    search_help_text = _("Id or reference, or a part of it")
    ordering = ["-received_at", "-pk"]
    actions = ["process_again"]
    fields = (
        "external_id",
        "through",
        "kind",
        "sum",
        "reference",
        "intent",
        "key",
        "came_to",
        "received",
        "processed",
    )
    readonly_fields = fields

    @admin.action(description=_("Process again"), permissions=["manage"])
    def process_again(self, request: HttpRequest, q: QuerySet[Notice]) -> None:
        """Process the oldest first, without asking: nothing is done twice."""
        chosen = self.choose(request, q.order_by("received_at", "pk"))
        for notice in chosen:
            webhooks.process(notice)
            message = gettext("Processed again: %(outcome)s.") % {
                "outcome": outcome_in_words(notice)
            }
            self.log_change(request, notice, message)
        unmatched = sum(notice.outcome == webhooks.UNMATCHED for notice in chosen)
        self.report(request, PROCESSED, len(chosen) - unmatched)
        self.report(request, UNMATCHED, unmatched, messages.WARNING)

    @admin.display(description=_("amount"))
    def sum(self, notice: Notice) -> str:
        if notice.amount is None or not notice.currency:
            return shown.NOTHING
        return money.format_amount(notice.amount, notice.currency)

    @admin.display(description=_("provider"), ordering="provider")
    def through(self, notice: Notice) -> str:
        return provider_name(notice.provider)

    @admin.display(description=_("outcome"), ordering="outcome")
    def came_to(self, notice: Notice) -> str:
        return outcome_in_words(notice) or shown.NOTHING

    @admin.display(description=_("received"), ordering="received_at")
    def received(self, notice: Notice) -> str:
        return shown.moment(notice.received_at, UTC)

    @admin.display(description=_("processed"), ordering="processed_at")
    def processed(self, notice: Notice) -> str:
        return shown.moment(notice.processed_at, UTC)
