"""Links with which one person takes a place: made, revoked, and used once.

A link has 256 random bits. Only their SHA-256 is stored, so that nobody who reads the database
can use one.
"""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.utils import timezone

from events.access.questions import Typed
from events.models import Attendee, Bookable, PlaceInvitation, Registration
from events.models.place_invitation import InvitationState

from .answers import answers_for, write_given
from .let_in import EVERYTHING, Act, give, lock_people, tell
from .lock import locked_event
from .register import reread
from .settle import settle_locked

GOOD_FOR = timedelta(days=7)


class NotOpen(Exception):
    """The invitation was used, revoked, or has expired."""


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def invite(
    *, bookable: Bookable, by: User, because: str, until: datetime
) -> tuple[PlaceInvitation, str]:
    """Make an invitation; return it and the secret of its link, which nobody can read again.

    Raises `ObjectDoesNotExist` if the event or the workshop was deleted.
    """
    token = secrets.token_urlsafe(32)
    with locked_event(bookable.event.pk, by=by) as event:
        made = PlaceInvitation.objects.create(
            event=event,
            workshop=reread(bookable, event).workshop,
            digest=digest_of(token),
            reason=because,
            created_by=by,
            created_at=timezone.now(),
            expires_at=until,
        )
    return made, token


def find_invitation(digest: str) -> PlaceInvitation | None:
    q = PlaceInvitation.objects.select_related("event", "workshop", "created_by")
    return q.filter(digest=digest).first()


def revoke_invitation(*, invitation: PlaceInvitation) -> bool:
    """Return False if it was used or revoked before."""
    with locked_event(invitation.event_id):
        unused = PlaceInvitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None)
        return bool(unused.update(revoked_at=timezone.now()))


def take_invited(
    *,
    invitation: PlaceInvitation,
    attendee: Attendee,
    answers: Typed | None = None,
    agreed: Collection[int] = (),
    read_in: str = "",
) -> Registration:
    """Give the place to who has the link, and use the link up; who has the place already keeps
    both.

    It overrules what its organizer could have overruled. Raises `NotOpen`, `PlaceRefused`,
    `TooLate` and `AnswersNeeded`; then the link is not used up.
    """
    with locked_event(invitation.event_id) as event:
        now = timezone.now()
        mine = PlaceInvitation.objects.select_related("workshop", "created_by")
        found = mine.get(pk=invitation.pk)
        if found.state_at(now) is not InvitationState.OPEN:
            raise NotOpen
        person = lock_people(attendee, found.created_by, event)
        settle_locked(event, now)
        act = Act(found.created_by, found.reason, EVERYTHING)
        found.event = event
        given, is_new = give(person, reread(found.bookable, event), act, now)
        if is_new:
            typed = answers_for(person, given.bookable, answers, agreed, read_in, now)
            write_given(given, typed, now)
            unused = PlaceInvitation.objects.filter(pk=found.pk)
            unused.update(used_at=now, used_by=person)
            tell(given, is_asked=True)
        return given
