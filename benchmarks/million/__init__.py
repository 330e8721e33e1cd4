"""Compare a site of a million registrations and 1,000 events a day with one of a thousand.

Rows are copied inside of PostgreSQL, so that filling takes minutes. Then pages, sign-ups and
periodic work are measured on both, and the sizes of tables and indexes. A statement of more than a
tenth of a second is printed with the tables that it reads whole.

    TEST_DATABASE=postgresql python -m benchmarks.million [registrations]
"""

import logging
import os

import django

import tests.environment  # noqa: F401 - the settings, and a database of this run's own

os.environ["DJANGO_SETTINGS_MODULE"] = "eventsite.settings"
django.setup()
logging.disable(logging.WARNING)
