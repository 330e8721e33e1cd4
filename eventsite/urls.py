"""Map all addresses of the site to the views of its parts."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", include("events.urls")),
    path("accounts/", include("events.accounts.urls")),
    path("auth/", include("events.accounts.neos_urls", namespace="social")),
    path("admin/", admin.site.urls),
    # Browsers request it on pages that name no icon, such as the admin's.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/icon.svg")),
]

# A check in neos_backend already refuses a sandbox without DEBUG; this holds if checks are skipped.
if settings.NEOS_SANDBOX and settings.DEBUG:
    urlpatterns.append(
        path(f"{settings.PLATFORM.sandbox_path[1:]}/", include(settings.PLATFORM.sandbox_urls))
    )

handler400 = "events.http.errors.bad_request"
handler403 = "events.http.errors.permission_denied"
handler404 = "events.http.errors.page_not_found"
handler500 = "events.http.errors.server_error"
