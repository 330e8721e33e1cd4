"""The person who looks at a page."""

from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser, User

from events.models import Attendee, Event

UTC = ZoneInfo("UTC")


def zone_for(viewer: Attendee | None, event: Event | None = None) -> ZoneInfo:
    """Return the zone that the viewer's account has chosen; else the event's, or UTC.

    Pages ask `events.http.chosen`, which knows the browser's choice too.
    """
    own = viewer.chosen_zone if viewer else None
    return own or (event.zone if event else UTC)


def viewer_of(user: User | AnonymousUser) -> Attendee | None:
    """Return the user's attendee; None when signed out, and for users without one.

    It is read once and stays with the user, because the frame of every page asks for it too.
    """
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    if not User.attendee.is_cached(user):
        there = Attendee.objects.with_rare_things().select_related("picture")
        _keep(user, there.filter(user=user.pk).first())
    attendee: Attendee | None = getattr(user, "attendee", None)
    return attendee if attendee and attendee.pk else None


def _keep(user: User, attendee: Attendee | None) -> None:
    """Let Django find the row, or that there is none, without asking again."""
    if attendee is None:
        User.attendee.related.set_cached_value(user, None)
    else:
        attendee.user = user


def may_organize(event: Event, user: User | AnonymousUser) -> bool:
    """Return whether the admin shows the event to this person. Only staff cost a statement."""
    if not (user.is_active and user.is_staff and user.has_perm("events.view_event")):
        return False
    return Event.objects.organized_by(user).filter(pk=event.pk).exists()


def attendee_facing(event: Event, user: User | AnonymousUser) -> Attendee | None:
    """Return the user's attendee with `is_blocked` at this event; None when signed out.

    Staff without an attendee get one that is not saved: a page that is only looked at writes none.
    """
    if isinstance(user, AnonymousUser) or not user.is_authenticated:
        return None
    attendee = viewer_of(user)
    if attendee is None:
        attendee = Attendee()
        attendee.user = user
        attendee.is_blocked = attendee.has_roles = False
    else:
        attendee.is_blocked = _is_blocked(attendee, event)
    return attendee


def _is_blocked(attendee: Attendee, event: Event) -> bool:
    """Ask about this event only for the few who are kept out of any."""
    is_possible = getattr(attendee, "has_blocks", True)
    there = Attendee.objects.kept_out_of(event).filter(pk=attendee.pk)
    return is_possible and there.exists()
