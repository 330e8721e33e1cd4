"""The reader's language, as Babel calls it."""

from babel.core import Locale, UnknownLocaleError
from django.utils.translation import get_language, to_locale


def locale() -> Locale:
    """Return the locale of the active language, or English for one that Babel does not know."""
    try:
        return Locale.parse(to_locale(get_language() or "en"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
