"""Links from the page of one registration to pages that act on it or on its person."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.desk.people import is_movable, is_replaceable
from events.models import Block, Registration

from .desk.people import CHANGE
from .desk.way_back import FROM_REGISTRATION

#: What the pages of the desk ask for; see `desk/pages.py`.
ACT = ("events.view_event", *CHANGE)


@dataclass(frozen=True, slots=True)
class Way:
    label: StrPromise
    address: str


def ways_of(request: HttpRequest, one: Registration, now: datetime) -> list[Way]:
    """Return links to what can be done now and the reader may do; the registration is chosen."""
    found = []
    if request.user.has_perms(ACT):
        if is_movable(one, now):
            found.append(Way(_("Move to another workshop"), _act("move", one)))
        if is_replaceable(one, now):
            found.append(Way(_("Give the place to somebody else"), _act("replace", one)))
    if request.user.has_perm("events.add_block") and _can_be_blocked(one, now):
        found.append(Way(_("Block this person"), _block(one)))
    return found


def _act(name: str, one: Registration) -> str:
    page = reverse(f"admin:events_event_people_{name}", args=[one.event_id])
    return f"{page}?{urlencode({'of': one.pk, FROM_REGISTRATION: 1})}"


def _block(one: Registration) -> str:
    about = {"person": one.attendee_id, "event": one.event_id}
    chosen = urlencode(about | {FROM_REGISTRATION: one.pk})
    return f"{reverse('admin:events_block_add')}?{chosen}"


def _can_be_blocked(one: Registration, now: datetime) -> bool:
    """A block finds people by their Neos id. One of the whole site does not replace it."""
    neos_id = one.attendee.neos_id
    if neos_id is None or one.event.has_ended(now):
        return False
    return not Block.objects.filter(event=one.event_id, neos_id=neos_id).exists()
