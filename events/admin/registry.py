"""Register the organizers' pages, and take out pages of other apps that nobody needs.

Import this after the `admin` modules of all other apps: only what they registered can be taken out.
"""

from django.contrib import admin
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice
from social_django.models import Association, Nonce, UserSocialAuth

from . import (
    attendee,
    block,
    event,
    group,
    host,
    notification,
    payment,
    provider_event,
    registration,
    site_page,
    user,
    waitlist_log,
)

__all__ = [
    "attendee",
    "block",
    "event",
    "group",
    "host",
    "notification",
    "payment",
    "provider_event",
    "registration",
    "site_page",
    "user",
    "waitlist_log",
]

# People unlink their Neos account themselves, on the account page.
admin.site.unregister([Association, Nonce, UserSocialAuth])
# The library's pages show the keys; people see to their second factor on the account page.
admin.site.unregister([StaticDevice, TOTPDevice])
