"""Messages and whether they went out, for superusers, who can send dead letters again."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext_lazy, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.messages import delivery, render
from events.models import Notification

from . import shown
from .base import SuperusersOnlyAdmin
from .confirmed_actions import ConfirmedActionsAdmin
from .in_zone import UTC
from .read_only import ReadOnlyAdmin
from .state_filter import StateFilter

State = Notification.State

SENT_AGAIN = ngettext_lazy(
    "%(n)d message is sent again in a moment.", "%(n)d messages are sent again in a moment.", "n"
)


class NotificationStateFilter(StateFilter):
    states = {
        "dead": (State.DEAD.label, lambda: Notification.is_dead_at(timezone.now())),
        "again": (_("will be tried again"), Q(state=State.QUEUED, next_try_at__isnull=False)),
        "waiting": (State.QUEUED.label, Q(state=State.QUEUED, next_try_at=None)),
        "sent": (State.SENT.label, Q(state=State.SENT)),
        "nobody": (State.NOBODY.label, Q(state=State.NOBODY)),
    }


@admin.register(Notification)
class NotificationAdmin(ConfirmedActionsAdmin, SuperusersOnlyAdmin, ReadOnlyAdmin):
    list_display = ["person", "kind", "about", "shown_state", "error_type", "written"]
    list_display_links = ["about"]
    list_filter = [NotificationStateFilter]
    list_select_related = list(delivery.SUBJECTS)
    search_fields = ["attendee__neos_id", "attendee__neos_username", "attendee__user__username"]
    search_help_text = _("Name or Neos id")
    ordering = ["-created_at", "-pk"]
    actions = ["send_again"]
    # Never the body: what a message says is between the site and its reader.
    fields = ("person", "kind", "about", "subject", "shown_state", "tries", "error", "written")
    readonly_fields = fields

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Messages"), **(extra_context or {})})

    @admin.action(description=_("Send again what was not delivered"), permissions=["manage"])
    def send_again(self, request: HttpRequest, q: QuerySet[Notification]) -> None:
        chosen = self.choose(request, q)
        again = [notification for notification in chosen if delivery.send_again(notification)]
        for notification in again:
            self.log_change(request, notification, gettext("Sent again."))
        self.report(request, SENT_AGAIN, len(again))
        why = _("only what was not delivered can be sent again")
        self.report_left(request, len(chosen) - len(again), why)

    @admin.display(description=_("attendee"), ordering="attendee__neos_username")
    def person(self, notification: Notification) -> SafeString:
        return shown.name(notification.attendee.name)

    @admin.display(description=pgettext_lazy("message", "about"))
    def about(self, notification: Notification) -> SafeString:
        """A kind that the site does not know any more has no words."""
        is_known = notification.kind in Notification.Kind.values
        return shown.name(render.subject_line(notification) if is_known else str(notification))

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, notification: Notification) -> str:
        return shown.state_of_message(notification, UTC)

    @admin.display(description=_("last error"))
    def error_type(self, notification: Notification) -> str:
        return notification.last_error.partition(":")[0] or shown.NOTHING

    @admin.display(description=_("last error"))
    def error(self, notification: Notification) -> str:
        return notification.last_error or shown.NOTHING

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, notification: Notification) -> str:
        return shown.moment(notification.created_at, UTC)
