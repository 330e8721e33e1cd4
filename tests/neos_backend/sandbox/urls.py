"""The sandbox alone: the site's own addresses do not hold it outside DEBUG."""

from django.urls import include, path

urlpatterns = [path("sandbox/neos/", include("neos_backend.sandbox.urls"))]
