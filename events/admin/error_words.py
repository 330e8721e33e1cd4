"""Errors of fields that say how to write it, by the codes of Django."""

from typing import Any

from django.utils.translation import gettext_lazy as _

Words = dict[str, Any]

WRONG_DATE = _("Write a date, like 2030-06-01.")
WRONG_TIME = _("Write a time of day from 00:00 to 23:59, like 19:30.")
OF_DATE: Words = {"invalid": WRONG_DATE}
OF_INSTANT: Words = {"invalid_date": WRONG_DATE, "invalid_time": WRONG_TIME}
OF_NUMBER: Words = {
    "invalid": _("Write a whole number in digits, like 20."),
    "min_value": _("Write a number that is not below %(limit_value)s."),
    "max_value": _("Write a number that is not above %(limit_value)s."),
}
OF_ADDRESS: Words = {
    "invalid": _("Write letters from a to z, digits, hyphens and underscores, like open-stage."),
}
