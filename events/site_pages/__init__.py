"""Publish the pages that staff write, find older versions, and offer texts to begin with."""

from .open_marks import open_marks
from .publish import is_published, publish
from .starters import starter
from .versions import newest_versions, version_at, versions_of

__all__ = [
    "is_published",
    "newest_versions",
    "open_marks",
    "publish",
    "starter",
    "version_at",
    "versions_of",
]
