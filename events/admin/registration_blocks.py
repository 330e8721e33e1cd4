"""Say on the page of a registration that its person is blocked."""

from zoneinfo import ZoneInfo

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from events.models import Block, Registration

from . import shown


def lines_of_blocks(request: HttpRequest, one: Registration) -> list[SafeString | str]:
    """Return a line for each block that keeps the person out of the event, with a link to it for
    those who may see it: one of the whole site is for superusers.
    """
    blocks = Block.objects.at(one.event).on(one.attendee).order_by("created_at", "pk")
    return [_line(request, block, one.event.zone) for block in blocks]


def _line(request: HttpRequest, block: Block, zone: ZoneInfo) -> SafeString | str:
    since = gettext("Blocked by the organizers since {when}")
    if block.event_id is None:
        since = gettext("Blocked from the whole site since {when}")
    said = since.format(when=shown.moment(block.created_at, zone))
    if not _may_see(request, block):
        return said
    address = reverse("admin:events_block_change", args=[block.pk])
    link = format_html('<a href="{}">{}</a>', address, gettext("See the block"))
    return shown.joined(said, link)


def _may_see(request: HttpRequest, block: Block) -> bool:
    is_own = block.event_id is not None or request.user.is_superuser
    return is_own and request.user.has_perm("events.view_block")
