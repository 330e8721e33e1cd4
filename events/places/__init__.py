"""The only code that writes registrations: one file for each thing that can happen to a place.

All decisions are made under the lock of the event, on what is read after taking it; see `lock`.
"""

from .cancel import cancel, release
from .check_in import Arrival, CheckIn, check_in, is_early, undo_check_in
from .confirm import confirm_paid
from .due import due_events
from .end import owe_everything_back
from .lock import current, locked_event
from .lottery import draw, drawing_key, is_as_drawn, published, replay
from .passed_over import tell_rest
from .promote import promote
from .register import register
from .settle import settle, settle_waited_for
from .show import hide_nameless, show
from .swap import swap
from .unpaid import Tie, ask_to_pay_again

__all__ = [
    "Arrival",
    "CheckIn",
    "Tie",
    "ask_to_pay_again",
    "cancel",
    "check_in",
    "confirm_paid",
    "current",
    "draw",
    "drawing_key",
    "due_events",
    "hide_nameless",
    "is_as_drawn",
    "is_early",
    "locked_event",
    "owe_everything_back",
    "promote",
    "published",
    "register",
    "release",
    "replay",
    "settle",
    "settle_waited_for",
    "show",
    "swap",
    "tell_rest",
    "undo_check_in",
]
