"""Addresses of the stand-in, spelled as Neos spells them: without a slash at the end."""

from django.urls import path, re_path

from neos_backend.sandbox import views

app_name = "neos_sandbox"

urlpatterns = [
    path("connect/authorize", views.authorize, name="authorize"),
    path("connect/token", views.token, name="token"),
    path("api/user/profiles", views.profile, name="profiles"),
    # The wiki says the first, every client that was seen used the second.
    path("api/user/profile", views.profile, name="profile"),
    re_path(r"^assets/(?P<name>[0-9a-f]{30,64})\Z", views.asset, name="asset"),
]
