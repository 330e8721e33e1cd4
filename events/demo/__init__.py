"""Demo content: the same on every machine, and loading it again changes nothing."""

from .door import GUEST, SECRET
from .load import load
from .people import ORGANIZERS, PASSWORD, STAFF

__all__ = ["GUEST", "ORGANIZERS", "PASSWORD", "SECRET", "STAFF", "load"]
