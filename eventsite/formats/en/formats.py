"""Dates and times as `events.formatting.times` writes them.

Django shows an instant in whatever zone is active. The offset says which of two equal times it is
where the clocks are set back, and that a list is not in the event's zone.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = r"D j F Y, H:i (\U\T\CO)"
SHORT_DATE_FORMAT = DATE_FORMAT
SHORT_DATETIME_FORMAT = DATETIME_FORMAT
