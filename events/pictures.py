"""People's pictures: fetched from their platform by housekeeping, made anew by us, and kept here.

Pages load ours only, so the platform never learns who looks at whom. What came is decoded and
written again as a small WebP: nothing is served as it came.
"""

import hashlib
import io
import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Exists, F, OuterRef, Q
from PIL import Image, ImageOps

from events.messages.rounds import go_on_or_raise
from events.models import Attendee, Picture
from neos_backend import http

logger = logging.getLogger(__name__)

#: How many pictures one round fetches and drops at most, and how long each fetch may take.
AT_ONCE = 10
MOST_DROPPED = 100
SECONDS = 4.0
#: Of what is fetched, and of what it says to be when it is unpacked.
MAX_BYTES = 1024 * 1024
MAX_PIXELS = 8 * 1024 * 1024
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
SIZE = (128, 128)
AGAIN_AFTER = timedelta(days=1)


class NoPicture(Exception):
    """The platform gave nothing that can be shown."""


def fetch_some(now: datetime) -> int:
    """Fetch pictures that people have changed; return how many were stored.

    One that fails is tried again after a day, and keeps nobody else waiting.
    """
    stored = sum(_fetch_or_go_on(attendee, now) for attendee in _outdated(now))
    _drop_orphans()
    return stored


def drop(attendee: Attendee) -> None:
    """Delete the person's picture, unless somebody else has the same. The attendee is locked."""
    if attendee.picture_id is None:
        return
    pk, attendee.picture = attendee.picture_id, None
    Attendee.objects.filter(pk=attendee.pk).update(picture=None)
    _drop_orphan(pk)


def _outdated(now: datetime) -> list[Attendee]:
    is_time = Q(picture_tried_at=None) | Q(picture_tried_at__lte=now - AGAIN_AFTER)
    q = Attendee.objects.filter(is_time, erased_at=None).exclude(neos_icon=F("picture_of"))
    return list(q.order_by(F("picture_tried_at").asc(nulls_first=True), "pk")[:AT_ONCE])


def _fetch_or_go_on(attendee: Attendee, now: datetime) -> int:
    try:
        return _fetch(attendee, now)
    except DatabaseError:
        go_on_or_raise(attendee)
        return 0


def _fetch(attendee: Attendee, now: datetime) -> int:
    """Note the try before it is made: what kills the process is not tried again at once."""
    Attendee.objects.filter(pk=attendee.pk).update(picture_tried_at=now)
    try:
        picture = shrink(_download(attendee.icon_url)) if attendee.neos_icon else b""
        return int(_store(attendee, picture))
    except DatabaseError:
        raise
    except Exception as error:  # noqa: BLE001 - a picture may break anything that reads it
        kind = type(error).__name__
        logger.warning("The picture of attendee %s is tried again: %s", attendee.pk, kind)
        return 0


# --- From the platform to bytes of ours ----------------------------------------------------------


def _download(address: str) -> bytes:
    """Return the body of a plain 200. Redirects are not followed."""
    if not _is_at_platform(address):
        raise NoPicture("not an address of the platform")
    request = requests.Request("GET", address, headers={"Accept": "image/*"}).prepare()
    answer = http.send(request, http.Deadline(SECONDS), at_most=MAX_BYTES)
    if answer.status_code != requests.codes.ok or not answer.content:
        raise NoPicture(f"status {answer.status_code}, {len(answer.content)} bytes")
    return answer.content


def _is_at_platform(address: str) -> bool:
    """Take https only, but from the sandbox, which is this site itself."""
    asked, ours = urlsplit(address), urlsplit(settings.ASSETS_URL)
    is_safe = asked.scheme == "https" or (settings.NEOS_SANDBOX and asked.scheme == "http")
    return is_safe and (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc)


def shrink(original: bytes) -> bytes:
    """Return the picture as a WebP of `SIZE`, cut to a square, without what was hidden in it.

    Raises `NoPicture` for one that is too large to be unpacked; Pillow raises all sorts of errors.
    """
    with Image.open(io.BytesIO(original), formats=FORMATS) as image:
        if image.width * image.height > MAX_PIXELS:  # nothing is unpacked yet
            raise NoPicture("too many pixels")
        upright = ImageOps.exif_transpose(image)
        small = ImageOps.fit(upright.convert("RGBA"), SIZE)
    made = io.BytesIO()
    small.save(made, "WEBP", quality=80)
    return made.getvalue()


# --- Rows ----------------------------------------------------------------------------------------


def _store(attendee: Attendee, content: bytes) -> bool:
    """Keep the picture, unless the person has unlinked, left or changed it meanwhile.

    The one before is dropped after the commit, by `_drop_orphans`: a transaction that locked both
    would wait for another one that has them the other way round.
    """
    with transaction.atomic():
        same = Attendee.objects.select_for_update(no_key=True).filter(
            pk=attendee.pk, neos_icon=attendee.neos_icon, erased_at=None
        )
        if same.first() is None:
            return False
        picture = _picture(content) if content else None
        same.update(picture=picture, picture_of=attendee.neos_icon, picture_tried_at=None)
    return True


def _picture(content: bytes) -> Picture:
    """Return the row of these bytes, locked: it must not be dropped before it is referred to."""
    digest = hashlib.sha256(content).hexdigest()
    fields = {"content": content, "content_type": "image/webp"}
    locked = Picture.objects.select_for_update()
    picture, _created = locked.get_or_create(digest=digest, defaults=fields)
    return picture


def _drop_orphans() -> None:
    """Drop pictures that nobody has any more, each in a transaction of its own."""
    is_somebodys = Exists(Attendee.objects.filter(picture=OuterRef("pk")))
    orphans = Picture.objects.exclude(is_somebodys).order_by("pk")
    for pk in list(orphans.values_list("pk", flat=True)[:MOST_DROPPED]):
        try:
            _drop_orphan(pk)
        except DatabaseError:
            go_on_or_raise(Picture(pk=pk))


@transaction.atomic
def _drop_orphan(pk: int) -> None:
    orphan = Picture.objects.select_for_update().filter(pk=pk).first()
    if orphan is not None and not Attendee.objects.filter(picture=orphan).exists():
        orphan.delete()
