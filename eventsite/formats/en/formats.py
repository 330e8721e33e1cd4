"""Dates and times as `events.formatting.times` writes them.

Django shows an instant in the zone that is active, so the format names that zone. Only pages in UTC
use it, like the history: no clock is set back there, so no time comes twice.
"""

from django.utils import timezone
from django.utils.functional import lazystr


class ZonedFormat:
    def __str__(self) -> str:
        zone = "".join(f"\\{letter}" for letter in timezone.get_current_timezone_name())
        return f"D j F Y, H:i ({zone})"


DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = lazystr(ZonedFormat())
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
