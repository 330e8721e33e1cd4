"""The addresses of a sandbox, without a slash at the end, as the platforms have them."""

from django.conf import settings
from django.urls import URLPattern, path, re_path

from neos_backend.configuration import is_sandbox
from neos_backend.sandbox import views
from neos_backend.sandbox.platforms import Sandbox


def addresses(sandbox: Sandbox) -> list[URLPattern]:
    """Return none unless both NEOS_SANDBOX and DEBUG are on: mounted all the same, they answer 404.

    Anybody can be anybody at a sandbox, and servers in production do not run Django's checks. The
    settings are asked once, when the addresses are loaded: a demo may turn DEBUG off later, to
    show its own error pages.
    """
    if not (is_sandbox() and settings.DEBUG):
        return []
    played = {"sandbox": sandbox}
    return [
        path("connect/authorize", views.authorize, played, name="authorize"),
        path("connect/token", views.token, played, name="token"),
        *(
            path(address, views.profile, played, name="profile")
            for address in sandbox.profile_paths
        ),
        re_path(r"^assets/(?P<name>[0-9a-f]{30,64})\Z", views.asset, name="asset"),
    ]
