"""The site as in `without_debug`, with all its texts in the language of `tests.pseudo`."""

import os
from pathlib import Path

from django.conf import settings

from tests import pseudo

settings.LANGUAGES = [(pseudo.CODE, "Ëñgļîšĥ")]
settings.LANGUAGE_CODE = pseudo.CODE
settings.LOCALE_PATHS = [Path(os.environ["PSEUDO_LOCALE"])]

from tests.without_debug import application  # noqa: E402 - the settings come first

__all__ = ["application"]
