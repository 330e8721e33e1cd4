"""Compare what costs by the crowd: 10,000 people against 10, in one run on one database.

Every scene prepares an event with so many people, and is then measured: seconds, seconds of this
process' own CPU, statements. What holds the event's lock has its limit in seconds, a newcomer's
place has one as a ratio. The answer ends with 1 if a limit is not kept.

    TEST_DATABASE=postgresql python -m benchmarks.growth [part of a scene's name ...]
"""

import logging
import os

import django

import tests.environment  # noqa: F401 - the settings, and a database of this run's own

os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
django.setup()
logging.disable(logging.WARNING)
