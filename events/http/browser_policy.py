"""Response headers that switch off what the pages never use, and where forms may lead."""

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)

UNUSED_FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope",
    "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "usb",
    "xr-spatial-tracking",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in UNUSED_FEATURES)


class BrowserPolicyMiddleware:
    """Set Permissions-Policy and Cross-Origin-Resource-Policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


def warn_if_stopped(address: str) -> None:
    """Log that browsers will not follow a form to this address, and what the operator can do."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}".lower()
    allowed = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["form-action"]
    if origin not in {settings.SITE_URL, *allowed}:
        text = "Browsers stop at the payment page: add its origin to FORM_ACTION_ORIGINS: %s"
        logger.warning(text, ascii(origin)[:100])
