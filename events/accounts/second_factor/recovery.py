"""Recovery codes: ten, each for one sign-in without the app. Only their digests are stored.

A code has 80 random bits, so a plain digest gives nothing away: there are too many to try. It is
not keyed, because codes on paper have to outlive a new `SECRET_KEY`. The device is in the digest,
and 96 bits of it fill the library's column.
"""

import base64
import hashlib
import re
import secrets

from django.contrib.auth.models import User
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken

NUMBER = 10
FEW = 3
RANDOM_BYTES, DIGEST_BYTES = 10, 12
NAME = "recovery codes"


def is_code(code: str) -> bool:
    return re.fullmatch(r"[a-z2-7]{16}", code) is not None


def digest(device: StaticDevice, code: str) -> str:
    found = hashlib.sha256(f"{device.pk}:{code}".encode()).digest()
    return base64.urlsafe_b64encode(found[:DIGEST_BYTES]).decode()


def renew(user: User) -> tuple[StaticDevice, list[str]]:
    """Replace all codes; return the new ones, which nobody can read again.

    Sessions that an old code has opened have to prove themselves again. Call it in a transaction
    that holds the lock of the person.
    """
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name=NAME)
    made = [_code() for _ in range(NUMBER)]
    rows = [StaticToken(device=device, token=digest(device, code)) for code in made]
    StaticToken.objects.bulk_create(rows)
    return device, [in_fours(code) for code in made]


def count(user: User) -> int:
    """Return how many codes are left."""
    return StaticToken.objects.filter(device__user=user).count()


def in_fours(code: str) -> str:
    return "-".join(re.findall(".{4}", code))


def _code() -> str:
    """Return 16 letters and digits; there is no 0, 1, 8 or 9 among them that could be misread."""
    return base64.b32encode(secrets.token_bytes(RANDOM_BYTES)).decode().lower()
