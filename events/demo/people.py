"""The people of the demo: staff, organizers and thirty attendees."""

from datetime import timedelta
from hashlib import sha256
from string import ascii_letters, digits

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils import timezone

from events import permissions
from events.models import Attendee

PASSWORD = "demo"  # noqa: S105 - printed on the terminal by the demo, which runs only with DEBUG
STAFF = "staff"
ORGANIZERS = ("mika", "robin")

NAMES = (
    "Aster", "Birch", "Cobalt", "Dune", "Ember", "Fathom", "Gale", "Hazel", "Indigo", "Juniper",
    "Kestrel", "Lumen", "Marlow", "Nimbus", "Onyx", "Pixel", "Quill", "Rook", "Sable", "Tundra",
    "Umber", "Vesper", "Willow", "Xenon", "Yarrow", "Zephyr", "みかん 猫",
    "白い 狐", "Łucja", "Ömer",
)  # fmt: skip

LETTERS = ascii_letters + digits
#: Monthly pledges in US cents, by position in `NAMES`; everybody else supports with nothing.
PLEDGES = {2: 100, 5: 600, 9: 1200, 14: 2400, 17: 600, 20: 7200, 23: 1200, 26: 600, 28: 1200}


@transaction.atomic
def make_staff() -> list[User]:
    """Make one superuser and two organizers; return the organizers."""
    if not User.objects.filter(username=STAFF).exists():
        User.objects.create_superuser(STAFF, password=PASSWORD)
    group: Group = permissions.ensure_group()
    return [_organizer(name, group) for name in ORGANIZERS]


def _organizer(name: str, group: Group) -> User:
    user, is_new = User.objects.get_or_create(username=name, defaults={"is_staff": True})
    if is_new:
        user.set_password(PASSWORD)
        user.save()
        user.groups.add(group)
    return user


@transaction.atomic
def make_attendees() -> list[User]:
    return [_attendee(number, name) for number, name in enumerate(NAMES)]


def id_of(number: int) -> str:
    """Return the id of the person at this position of `NAMES`, as their platform gives them out.

    Neos makes ids from names; Resonite counts, and writes the number with letters.
    """
    name = f"demo-{number + 1:02}"
    if settings.PLATFORM.key == "neos":
        return f"U-{name}"
    return "U-1" + "".join(
        LETTERS[byte % len(LETTERS)] for byte in sha256(name.encode()).digest()[:10]
    )


def _attendee(number: int, name: str) -> User:
    neos_id = id_of(number)
    user, is_new = User.objects.get_or_create(username=neos_id)
    if is_new:
        user.set_unusable_password()
        user.save()
        pledge = PLEDGES.get(number, 0)
        now = timezone.now()
        Attendee.objects.create(
            user=user,
            neos_id=neos_id,
            neos_username=name,
            neos_email_verified=True,
            neos_registered_at=now - timedelta(days=400 + 31 * number),
            verified_at=now,
            patreon_known=True,
            patreon_supporter=pledge > 0,
            patreon_cents=pledge,
            patreon_total_cents=pledge * 7,
            patreon_until=now + timedelta(days=30) if pledge else None,
        )
    return user
