"""Times in words. They always name their zone, because the reader may be in another one."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format


def in_words(instant: datetime, zone: ZoneInfo) -> str:
    """Format like "Sat 1 June 2030, 20:00 (Europe/Berlin)"."""
    return f"{day_and_time(instant.astimezone(zone))} ({zone})"


def day_and_time(local: datetime) -> str:
    """Format like "Sat 1 June 2030, 20:00", on a clock of 24 hours."""
    return date_format(local, "D j F Y, H:i")
