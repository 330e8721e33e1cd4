import pytest
from pytest_django.fixtures import Settings

from tests.neos_backend.sandbox.flow import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI


@pytest.fixture(autouse=True)
def sandbox_site(settings: Settings) -> None:
    """A site that has nothing but the sandboxes, registered at each with the same client.

    Nothing but the platform itself keeps them apart then.
    """
    for backend in ("NEOS", "RESONITE"):
        setattr(settings, f"SOCIAL_AUTH_{backend}_KEY", CLIENT_ID)
        setattr(settings, f"SOCIAL_AUTH_{backend}_SECRET", CLIENT_SECRET)
        setattr(settings, f"SOCIAL_AUTH_{backend}_REDIRECT_URI", REDIRECT_URI)
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    settings.MIDDLEWARE = [
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ]
    settings.TEMPLATES = [
        {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
    ]
    settings.STORAGES = {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
