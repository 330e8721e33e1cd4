"""The platforms on which people can have their accounts; a site serves one of them."""

from django.conf import settings
from django.db import models


class Platform(models.TextChoices):
    """Whose an id is. The same id may belong to another person on the other platform."""

    NEOS = "neos", "Neos"
    RESONITE = "resonite", "Resonite"


def this_platform() -> str:
    """Return the key of the platform that this site serves."""
    key: str = settings.PLATFORM.key
    return key


def platform_field() -> "models.CharField[str, str]":
    """Make the column that says whose the id in the same row is.

    The database's own default is for rows of before there was a choice: all were of Neos.
    """
    return models.CharField(
        max_length=16,
        choices=Platform,
        default=this_platform,
        db_default=Platform.NEOS.value,
        editable=False,
    )
