"""Secret links with which people see a draft: made, made anew, revoked, and followed.

A link has 256 random bits. Only their SHA-256 is stored, so that nobody who reads the database can
use one. An event has one link at most. It ends when the event is published.
"""

import secrets

from django.utils import timezone
from django.utils.crypto import constant_time_compare

from events import places
from events.models import Event, PreviewLink


class NotDraft(Exception):
    """The event is published or cancelled: its own page is for everybody."""


class LinkChanged(Exception):
    """Somebody else has made or revoked the link meanwhile."""


def link_of(event: Event) -> PreviewLink | None:
    """Return the link that works now."""
    return PreviewLink.objects.filter(event=event, ended_at=None).first()


def make_link(event: Event, *, instead_of: PreviewLink | None) -> str:
    """Make a link instead of the present one; return its secret, which nobody can read again.

    Raises `NotDraft`, and `LinkChanged` if the present one is another than `instead_of`.
    """
    token = secrets.token_urlsafe(32)
    with places.locked_event(event.pk) as locked:
        if not locked.is_draft:
            raise NotDraft
        _refuse_changed(locked, instead_of)
        fields = {
            "digest": places.digest_of(token),
            "created_at": timezone.now(),
            "ended_at": None,
        }
        PreviewLink.objects.update_or_create(event=locked, defaults=fields)
    return token


def revoke_link(event: Event, *, link: PreviewLink | None) -> None:
    """Let the link lead nowhere. Raises `LinkChanged` if the present one is another."""
    with places.locked_event(event.pk) as locked:
        _refuse_changed(locked, link)
        PreviewLink.objects.filter(event=locked).delete()


def _refuse_changed(event: Event, seen: PreviewLink | None) -> None:
    present = link_of(event)
    if (present.digest if present else "") != (seen.digest if seen else ""):
        raise LinkChanged


def find_previewed(token: str) -> Event | None:
    """Return the event that the link leads to; None for a link that is wrong, old or revoked.

    An event that was published and is a draft once more is not shown by its old link.
    """
    digest = places.digest_of(token)
    found = PreviewLink.objects.select_related("event").filter(digest=digest).first()
    if found is None or not constant_time_compare(found.digest, digest):
        return None
    is_over = found.event.is_draft and found.ended_at is not None
    return None if is_over else found.event
