"""What people are told and whether it went out: for superusers, who can send dead letters again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.messages import delivery, wording
from events.models import Notification
from events.models.notification import NotificationQuerySet

from . import shown
from .actions import MOST
from .base import OwnEventsAdmin, ReadOnlyAdmin

State = Notification.State
Choose = Callable[[NotificationQuerySet, datetime], NotificationQuerySet]

AGAIN = _("will be tried again")
STATES: dict[str, tuple[Any, Choose]] = {
    "dead": (State.DEAD.label, lambda q, now: q.dead(now)),
    "again": (AGAIN, lambda q, _now: q.queued().filter(next_try_at__isnull=False)),
    "waiting": (State.QUEUED.label, lambda q, _now: q.queued().filter(next_try_at=None)),
    "sent": (State.SENT.label, lambda q, _now: q.filter(state=State.SENT)),
    "nobody": (State.NOBODY.label, lambda q, _now: q.filter(state=State.NOBODY)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _choose) in STATES.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        state = STATES.get(self.value() or "")
        if state is None:
            return queryset
        return state[1](cast("NotificationQuerySet", queryset), timezone.now())


@admin.register(Notification)
class NotificationAdmin(OwnEventsAdmin, ReadOnlyAdmin):
    list_display = ["person", "kind", "about", "shown_state", "error_type", "written"]
    list_display_links = ["about"]
    list_filter = [StateFilter]
    list_select_related = ["attendee__user", "registration__event", "registration__workshop"]
    search_fields = ["attendee__neos_id", "attendee__neos_username", "attendee__user__username"]
    search_help_text = _("Name or Neos id")
    ordering = ["-created_at", "-pk"]
    actions = ["send_again"]
    # Never the body: what a message says is between the site and its reader.
    fields = ("person", "kind", "about", "subject", "shown_state", "tries", "error", "written")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whatever rights somebody has: no message belongs to an organizer."""
        return request.user.is_active and request.user.is_superuser

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def narrow(self, q: QuerySet[Notification], request: HttpRequest) -> QuerySet[Notification]:
        return q.none()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(request, {"title": _("Messages"), **(extra_context or {})})

    @admin.action(description=_("Send again what was not delivered"), permissions=["manage"])
    def send_again(self, request: HttpRequest, q: QuerySet[Notification]) -> None:
        chosen = list(q[: MOST + 1])
        if len(chosen) > MOST:
            text = gettext("Please select at most %(most)d messages at a time.")
            self.message_user(request, text % {"most": MOST}, messages.ERROR)
            return
        again = [notification for notification in chosen if delivery.send_again(notification)]
        for notification in again:
            self.log_change(request, notification, "Sent again.")
        self._report(request, len(again), len(chosen) - len(again))

    def _report(self, request: HttpRequest, done: int, left: int) -> None:
        if done:
            text = ngettext(
                "%(n)d message is sent again in a moment.",
                "%(n)d messages are sent again in a moment.",
                done,
            )
            self.message_user(request, text % {"n": done}, messages.SUCCESS)
        if left:
            why = ngettext(
                "%(n)d was left as it was: only what was not delivered can be sent again.",
                "%(n)d were left as they were: only what was not delivered can be sent again.",
                left,
            )
            self.message_user(request, why % {"n": left}, messages.WARNING)

    @admin.display(description=_("attendee"), ordering="attendee__neos_username")
    def person(self, notification: Notification) -> SafeString:
        return shown.name(notification.attendee.name)

    @admin.display(description=_("about"))
    def about(self, notification: Notification) -> SafeString:
        return shown.name(wording.subject_line(notification))

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, notification: Notification) -> str:
        """A claim that has run out was interrupted: nobody knows whether the message arrived."""
        if notification.state == State.SENDING and not notification.is_being_sent(timezone.now()):
            return str(State.DEAD.label)
        if notification.state == State.QUEUED and notification.next_try_at:
            when = shown.moment(notification.next_try_at, shown.UTC)
            return gettext("will be tried again at %(when)s") % {"when": when}
        return notification.get_state_display()

    @admin.display(description=_("last error"))
    def error_type(self, notification: Notification) -> str:
        return notification.last_error.partition(":")[0] or shown.NOTHING

    @admin.display(description=_("last error"))
    def error(self, notification: Notification) -> str:
        return notification.last_error or shown.NOTHING

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, notification: Notification) -> str:
        return shown.moment(notification.created_at, shown.UTC)
