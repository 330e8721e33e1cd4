"""The addresses of a sandbox, without a slash at the end, as the platforms have them."""

from django.urls import URLPattern, path, re_path

from neos_backend.sandbox import views
from neos_backend.sandbox.platforms import Sandbox


def addresses(sandbox: Sandbox) -> list[URLPattern]:
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
