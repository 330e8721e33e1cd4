"""The organizers' side: the stock Django admin, with every action going through the rules."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from social_django.models import Association, Nonce, UserSocialAuth

from . import attendee, event, registration

__all__ = ["attendee", "event", "registration"]

admin.site.site_header = _("Organize events")
admin.site.site_title = _("Events")
admin.site.index_title = _("Your events")

# Internals of the sign-in are nobody's business here; unlinking is done on the account page.
for internal in (Association, Nonce, UserSocialAuth):
    admin.site.unregister(internal)
