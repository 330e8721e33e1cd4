"""Keys with which a world asks who may come in."""

import base64
import secrets

from django.conf import settings

from events import places

KEY_BYTES = 20  # 160 bits
#: How a key looks: small letters and digits that people in a headset can type and read out.
LENGTH = KEY_BYTES * 8 // 5


def new_secret() -> str:
    """Return 32 letters and digits (RFC 4648 base32, in small letters)."""
    return base64.b32encode(secrets.token_bytes(KEY_BYTES)).decode().lower()


def address_of(secret: str) -> str:
    """Return where a world asks; the id of a person is added behind it."""
    return f"{settings.SITE_URL}/door/{secret}/"


def digest_of(secret: str) -> str:
    """Return what is stored of a key. Its letters may be large or small: both are one key."""
    return places.digest_of(secret.lower())
