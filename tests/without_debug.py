"""The site as in production, but with the sandbox: its own error pages instead of Django's.

The sandbox is mounted only with DEBUG on, so that is switched off once everything is loaded.
"""

from django.conf import settings
from django.urls import get_resolver

from eventsite.wsgi import application

__all__ = ["application"]

# The addresses are read at the first request otherwise.
assert get_resolver().url_patterns
settings.DEBUG = False
