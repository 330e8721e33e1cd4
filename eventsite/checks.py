"""Checks of our own for `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core import checks


@checks.register(deploy=True)
def check_contact(**_options: Any) -> list[checks.CheckMessage]:
    """Warn of a site that has its visitors write to the sender of its mails."""
    if settings.SITE_CONTACT:
        return []
    text = "SITE_CONTACT is not set: visitors are told to write to the sender of the site's mails."
    hint = "Set it to an e-mail address that somebody reads, or to an https link."
    return [checks.Warning(text, hint=hint, id="eventsite.W001")]
