"""Dates and times as `events.formatting.times` writes them.

Django shows an instant in the zone that is active, and `e` names it: "UTC". Only pages in UTC use
it, like the history: no clock is set back there, so no time comes twice.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "D j F Y, H:i (e)"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
