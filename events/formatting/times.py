"""Times in words, always with the name of their zone: the reader's may be another one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format


def in_words(instant: datetime, zone: ZoneInfo) -> str:
    """Like "Sat 1 June 2030, 20:00 (Europe/Berlin)"."""
    return f"{day_and_time(instant.astimezone(zone))} ({zone})"


def day_and_time(local: datetime) -> str:
    """Like "Sat 1 June 2030, 20:00": a clock of 24 hours cannot be misread."""
    return date_format(local, "D j F Y, H:i")
