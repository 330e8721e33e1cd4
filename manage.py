#!/usr/bin/env python
"""Django's command-line entry point. Commands that work on rows do not run without tables."""

import os
import sys

import django
from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "eventsite.settings")
    from eventsite import readiness

    if readiness.works_on_rows(sys.argv):
        django.setup()
        readiness.require_database()
    execute_from_command_line(sys.argv)
