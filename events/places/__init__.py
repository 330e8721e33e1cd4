"""The only code that writes registrations: one file for each thing that can happen to a place.

Whatever is done here happens under the lock of the event (`locking`), on what is read after it.
"""

from .leaving import cancel, release
from .locking import locked_event
from .lottery import draw, drawing_key, replay
from .paying import check_in, confirm_paid
from .promoting import promote
from .registering import register
from .settling import fill, fill_waited_for

__all__ = [
    "cancel",
    "check_in",
    "confirm_paid",
    "draw",
    "drawing_key",
    "fill",
    "fill_waited_for",
    "locked_event",
    "promote",
    "register",
    "release",
    "replay",
]
