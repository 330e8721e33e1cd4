"""Demo content: the same on every machine, and loading it again changes nothing."""

from .load import load
from .people import ORGANIZERS, PASSWORD, STAFF

__all__ = ["ORGANIZERS", "PASSWORD", "STAFF", "load"]
