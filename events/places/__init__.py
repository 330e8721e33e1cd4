"""The only code that writes registrations: one file for each thing that can happen to a place.

Whatever is decided here is decided under the lock of the event (`locking`), on what is read after
it.
"""

from .ending import owe_everything_back
from .leaving import cancel, release
from .locking import current, locked_event
from .lottery import draw, drawing_key, is_as_drawn, replay
from .paying import check_in, confirm_paid
from .promoting import promote
from .registering import register
from .settling import fill, fill_waited_for

__all__ = [
    "cancel",
    "check_in",
    "confirm_paid",
    "current",
    "draw",
    "drawing_key",
    "fill",
    "fill_waited_for",
    "is_as_drawn",
    "locked_event",
    "owe_everything_back",
    "promote",
    "register",
    "release",
    "replay",
]
