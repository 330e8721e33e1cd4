"""The site as in production, with one view more that does nothing, to compare with."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import get_resolver, path

from eventsite.wsgi import application

__all__ = ["application"]


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("ALLOW guest", content_type="text/plain; charset=utf-8")


get_resolver().url_patterns.append(path("bare/", bare))
settings.DEBUG = False
