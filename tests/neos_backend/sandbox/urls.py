"""Both sandboxes alone, side by side: the site's own addresses do not hold them outside DEBUG."""

from django.urls import include, path

urlpatterns = [
    path("sandbox/neos/", include("neos_backend.sandbox.urls")),
    path("sandbox/resonite/", include("neos_backend.sandbox.resonite_urls")),
]
