import pytest
from pytest_django.fixtures import Settings

from tests.neos_backend.sandbox.flow import CLIENT_ID, CLIENT_SECRET, REDIRECT_URI


@pytest.fixture(autouse=True)
def sandbox_site(settings: Settings) -> None:
    """A site that has nothing but the sandbox, registered there as its one client."""
    settings.SOCIAL_AUTH_NEOS_KEY = CLIENT_ID
    settings.SOCIAL_AUTH_NEOS_SECRET = CLIENT_SECRET
    settings.SOCIAL_AUTH_NEOS_REDIRECT_URI = REDIRECT_URI
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
