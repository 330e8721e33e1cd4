"""Addresses that lead into a world."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

#: Schemes of addresses that lead into a world; `javascript:` would run in the visitor's page.
SESSION_SCHEMES = ("http", "https", "neos", "neos-session", "resonite", "ressession")


def validate_session_url(address: str) -> None:
    if address.partition(":")[0].lower() not in SESSION_SCHEMES:
        raise ValidationError(_("A session address starts with neos-session:, http: or https:."))
