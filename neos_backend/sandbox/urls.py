"""Addresses of the sandbox, without a slash at the end, as Neos has them."""

from django.urls import path, re_path

from neos_backend.sandbox import views

app_name = "neos_sandbox"

urlpatterns = [
    path("connect/authorize", views.authorize, name="authorize"),
    path("connect/token", views.token, name="token"),
    path("api/user/profiles", views.profile, name="profiles"),
    # The wiki names the first; every known client used the second.
    path("api/user/profile", views.profile, name="profile"),
    re_path(r"^assets/(?P<name>[0-9a-f]{30,64})\Z", views.asset, name="asset"),
]
