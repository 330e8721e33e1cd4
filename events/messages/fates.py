"""Say whether a message is still sent, at the moment in which it would be."""

from enum import Enum, auto


class Fate(Enum):
    """It goes out, may go out later, or has nobody to go to any more."""

    GOES = auto()
    LATER = auto()
    NEVER = auto()
