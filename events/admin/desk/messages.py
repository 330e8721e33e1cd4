"""What people of an event were told: messages of its organizers, and those of the site itself."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_safe

from events.admin import shown
from events.desk import told
from events.desk.ready_texts import READY_TEXTS
from events.models import Announcement, Event

from .announcement_edit import address_of

ROWS_PER_PAGE = 50
TITLE = pgettext_lazy("desk", "Messages")


@require_safe
def messages_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    own = event.announcements.select_related("author", "workshop", "event")
    sent = Paginator(own.sent().order_by("-sent_at", "-pk"), ROWS_PER_PAGE)
    page = sent.get_page(request.GET.get("page"))
    counts = told.count_announced(page.object_list, now)
    context = frame | {
        "title": TITLE,
        "may_write": request.user.has_perm("events.change_announcement"),
        "ready_texts": [(name, ready.label) for name, ready in READY_TEXTS.items()],
        "drafts": [(one, _shown(one)) for one in own.drafts()],
        "page": page,
        "sent": [(one, _shown(one), counts.get(one.pk, told.Counts())) for one in page],
        "automatic": [
            (one, shown.moment(one.last_at, event.zone)) for one in told.count_automatic(event, now)
        ],
    }
    return TemplateResponse(request, "admin/events/event/messages.html", context)


def _shown(announcement: Announcement) -> dict[str, object]:
    zone = announcement.event.zone
    return {
        "address": address_of(announcement),
        "to": group_of(announcement),
        "author": shown.account(announcement.author),
        "at": shown.moment(announcement.sent_at or announcement.created_at, zone),
    }


def group_of(announcement: Announcement) -> str:
    """Name the group, and the workshop if it is one's."""
    group = announcement.get_audience_display()
    return f"{group}: {announcement.workshop.title}" if announcement.workshop else group
