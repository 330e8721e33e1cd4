"""Copies of events, and events that repeat.

`shifts` carries times to another day, `parts` names what a copy gets besides the event's own row,
`rules` finds the dates, `drafts` makes them, `following` carries an edit on to later ones.
"""

from .copies import copy_event
from .drafts import AlreadyRepeats, due, go_on, make_ahead, repeat, stop
from .rules import Rule

__all__ = [
    "AlreadyRepeats",
    "Rule",
    "copy_event",
    "due",
    "go_on",
    "make_ahead",
    "repeat",
    "stop",
]
