"""What people are told and whether it went out: for superusers, who can send dead letters again."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Log

from events.messages import delivery
from events.models import Notification

from . import shown
from .base import UTC, OwnEventsAdmin, ReadOnlyAdmin
from .confirmed_actions import MAX_SELECTED_ROWS as MOST

if TYPE_CHECKING:
    from post_office.models import Email

BREAK = SafeString("<br>")

STATES: dict[str, tuple[Any, Q]] = {
    "dead": (_("not delivered"), Q(email__status=STATUS.failed)),
    "again": (_("will be tried again"), Q(email__status=STATUS.requeued)),
    "waiting": (_("waiting"), Q(email__status=STATUS.queued)),
    "sent": (_("sent"), Q(sent_at__isnull=False)),
    "nobody": (_("nobody to write to"), Q(email=None, sent_at=None)),
}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(name, label) for name, (label, _condition) in STATES.items()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Notification]
    ) -> QuerySet[Notification]:
        state = STATES.get(self.value() or "")
        return queryset.filter(state[1]) if state else queryset


@admin.register(Notification)
class NotificationAdmin(OwnEventsAdmin, ReadOnlyAdmin):
    list_display = ["person", "kind", "about", "state", "last_error", "written"]
    list_display_links = ["about"]
    list_filter = [StateFilter]
    list_select_related = ["attendee__user", "email"]
    search_fields = ["attendee__neos_id", "attendee__neos_username", "attendee__user__username"]
    search_help_text = _("Name or Neos id")
    ordering = ["-created_at", "-pk"]
    actions = ["send_again"]
    # Never the body: what a message says is between the site and its reader.
    fields = ("person", "kind", "about", "subject", "state", "errors", "written")
    readonly_fields = fields

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whatever rights somebody has: no message belongs to an organizer."""
        return request.user.is_active and request.user.is_superuser

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def narrow(self, q: QuerySet[Notification], request: HttpRequest) -> QuerySet[Notification]:
        return q.none()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        latest = Log.objects.filter(email=OuterRef("email")).order_by("-pk")
        error = Subquery(latest.values("exception_type")[:1])
        q = cast("QuerySet[Notification]", super().get_queryset(request))
        return q.annotate(last_error_type=error)

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
        """The subject line while there is one, else the key."""
        email = notification.email
        return shown.name(email.subject if email else notification.subject)

    @admin.display(description=_("state"), ordering=F("email__status"))
    def state(self, notification: Notification) -> str:
        email: Email | None = notification.email
        if email is None:
            name = "sent" if notification.sent_at else "nobody"
            return str(STATES[name][0])
        if email.status == STATUS.requeued:
            when = shown.moment(email.scheduled_time, UTC)
            return gettext("will be tried again at %(when)s") % {"when": when}
        if delivery.is_being_sent(email, timezone.now()):
            return gettext("being sent")
        names = {STATUS.queued: "waiting", STATUS.sent: "sent", STATUS.failed: "dead"}
        return str(STATES[names[email.status]][0])

    @admin.display(description=_("last error"))
    def last_error(self, notification: Any) -> str:
        return notification.last_error_type or shown.NOTHING

    @admin.display(description=_("errors"))
    def errors(self, notification: Notification) -> SafeString | str:
        logs = Log.objects.filter(email=notification.email_id).order_by("pk")
        lines = ((shown.moment(log.date, UTC), log.message) for log in logs)
        return format_html_join(BREAK, "{}: {}", lines) or shown.NOTHING

    @admin.display(description=_("written"), ordering="created_at")
    def written(self, notification: Notification) -> str:
        return shown.moment(notification.created_at, UTC)
