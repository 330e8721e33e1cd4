"""The one home for how a mail says an instant: on the reader's clock, then on the event's."""

from datetime import datetime

from django.utils.translation import gettext

from events.access import viewers
from events.formatting import times
from events.models import Attendee, Event


def in_words(instant: datetime, attendee: Attendee, event: Event) -> str:
    """Format like "Sat 1 June 2030, 20:00 (Europe/Berlin), that is Sun 2 June 2030, 03:00
    (Asia/Tokyo)"; the event's clock is left out if it shows the same.
    """
    mine, theirs = viewers.zone_for(attendee, event), event.zone
    said = times.in_words(instant, mine)
    if instant.astimezone(mine).utcoffset() == instant.astimezone(theirs).utcoffset():
        return said
    other = times.in_words(instant, theirs)
    return gettext("%(mine)s, that is %(theirs)s") % {"mine": said, "theirs": other}
