"""Say why a draft cannot be sent: no mail would go out. And say what to do then."""

from datetime import datetime

from django.utils.translation import gettext

from events.messages import audiences
from events.messages.audiences import Numbers
from events.models import Announcement, Audience


def why_nobody(draft: Announcement, numbers: Numbers, now: datetime) -> list[str]:
    """Return sentences; none if the draft can be sent, or if its page says already that it is too
    early for its group.
    """
    if numbers.mails or draft.includes_later or is_too_early(draft, now):
        return []
    if draft.audience == Audience.WORKSHOP and draft.workshop_id is None:
        return [gettext("The workshop of this message was deleted. Edit it, and choose another.")]
    if numbers.people:
        return [_unheard(numbers)]
    text = gettext("It cannot be sent: nobody is in this group now. Edit it to choose another one.")
    return [text, *_or_later(draft, now)]


def is_too_early(draft: Announcement, now: datetime) -> bool:
    return draft.audience == Audience.NO_SHOWS and not draft.event.has_ended(now)


def _unheard(numbers: Numbers) -> str:
    if not numbers.muted:
        return gettext(
            "It cannot be sent: nobody in this group has a confirmed address. Tell them in another "
            "way, or edit it to choose another group."
        )
    if not numbers.unreachable:
        return gettext(
            "It cannot be sent: nobody in this group wants news from organizers. If you move or "
            "cancel the event, they are told all the same."
        )
    return gettext(
        "It cannot be sent: some in this group have no confirmed address, and the others do not "
        "want news from organizers. Tell them in another way, or edit it to choose another group."
    )


def _or_later(draft: Announcement, now: datetime) -> list[str]:
    if not audiences.may_grow(draft.audience, draft.event, now):
        return []
    return [
        gettext(
            "Or tick there that people who join the group later get it, too: then it can be sent "
            "now, and each of them gets it."
        )
    ]
