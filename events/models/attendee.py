"""A person who signs up, and what Neos vouched for about them."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .block import Block
from .former_neos_id import FormerNeosId
from .picture import Picture
from .platform import platform_field
from .zone_field import ZoneField

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from .event import Event


def new_calendar_token() -> str:
    return secrets.token_urlsafe(32)


def name_of(display_name: str, neos_username: str, username: str) -> str:
    """Return the name to call somebody by: their own, that at Neos, or that of the account."""
    return display_name or neos_username or username


def is_kept_out(event: Event, *, person: str = "") -> models.Exists:
    """Build the question whether the person is kept out of this event or of the whole site.

    `person` leads from the row to the attendee, like `attendee__`.
    """
    return _has_one_of(Block.objects.at(event), person)


def is_kept_out_there(*, person: str = "") -> models.Exists:
    """Build `is_kept_out` for rows that name their event themselves, each another one."""
    there = models.Q(event=models.OuterRef("event")) | models.Q(event__isnull=True)
    return _has_one_of(Block.objects.filter(there), person)


def _has_one_of(blocks: models.QuerySet[Block], person: str = "") -> models.Exists:
    """Build the question whether a block is on the Neos id of the person, or on a former one."""
    former = FormerNeosId.objects.filter(attendee=models.OuterRef(models.OuterRef(f"{person}pk")))
    is_theirs = models.Q(neos_id=models.OuterRef(f"{person}neos_id"))
    is_theirs |= models.Q(neos_id__in=former.values("neos_id"))
    return models.Exists(blocks.filter(is_theirs))


def _has_a_role(**at: object) -> models.Exists:
    """Build the question whether the person has a role, with `event` at that one."""
    roles = apps.get_model("events", "Role")._default_manager  # noqa: SLF001 - documented
    return models.Exists(roles.filter(attendee=models.OuterRef("pk"), **at))


class AttendeeQuerySet(models.QuerySet["Attendee"]):
    def reachable(self) -> Self:
        """People with a proved address: the rule of `mail_address`, for many rows."""
        there = self.filter(user__is_active=True, erased_at=None)
        return there.filter(email_confirmed_at__isnull=False).exclude(user__email="")

    def with_public_name(self) -> Self:
        """People whom others may know by a name: the rule of `public_name`, for many rows."""
        return self.exclude(display_name="", neos_username="")

    def lock_present(self, pk: int) -> bool:
        """Lock a person, whom somebody may be erasing at this moment; False if they are erased."""
        locked = self.select_for_update(no_key=True).filter(pk=pk, erased_at=None)
        return locked.values_list("pk").first() is not None

    def facing(self, event: Event) -> Self:
        """Annotate `is_blocked`: the person is kept out of this event or of the whole site, and
        `has_roles`: they have one at this event.
        """
        return self.annotate(is_blocked=is_kept_out(event), has_roles=_has_a_role(event=event))

    def with_rare_things(self) -> Self:
        """Annotate `has_blocks` and `has_roles`: the person is kept out of something, or has a role
        at some event, as few people are and do.
        """
        return self.annotate(has_blocks=_has_one_of(Block.objects.all()), has_roles=_has_a_role())

    def kept_out_of(self, event: Event) -> Self:
        return self.facing(event).filter(models.Q(is_blocked=True))

    def known_as(self, neos_ids: Iterable[str]) -> Self:
        """Return the people who have one of these Neos ids, or had it before they unlinked it."""
        wanted = set(neos_ids)
        former = FormerNeosId.objects.filter(neos_id__in=wanted)
        return self.filter(
            models.Q(neos_id__in=wanted) | models.Q(pk__in=former.values("attendee"))
        )


class Attendee(models.Model):
    """One for each user. Only `platform` and `neos_id` link a person to an account there, because
    names change.

    We keep only these fields of the provider's answer: no raw profile, token or Patreon address.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="attendee"
    )
    display_name = models.CharField(_("display name"), max_length=64, blank=True)
    # Both are empty until the person chooses; see `chosen_zone` and `chosen_language`.
    time_zone = ZoneField(_("time zone"), default="", blank=True, use_pytz=False)
    language = models.CharField(_("language"), max_length=16, default="", blank=True)
    calendar_token = models.CharField(
        max_length=64, unique=True, default=new_calendar_token, editable=False
    )
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed"), null=True, blank=True)
    # A new address, until the link that was mailed to it is followed. Mail goes to the user's.
    pending_email = models.EmailField(
        _("new e-mail, not confirmed yet"), max_length=254, blank=True, default=""
    )
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # Decides about money once a closed account gives up its places.
    left_by_choice = models.BooleanField(
        _("deleted their own account"), default=False, editable=False
    )

    # The account: both together. Another platform may have given the same id to somebody else.
    platform = platform_field()
    neos_id = models.CharField(_("Neos id"), max_length=128, null=True, blank=True)
    neos_username = models.CharField(_("Neos name"), max_length=64, blank=True)
    neos_icon = models.CharField(max_length=64, blank=True)
    # The picture behind `neos_icon`, and the icon that it was fetched for; see `events.pictures`.
    picture = models.ForeignKey(
        Picture, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    picture_of = models.CharField(max_length=64, blank=True, default="", editable=False)
    picture_tried_at = models.DateTimeField(null=True, blank=True, editable=False)
    neos_registered_at = models.DateTimeField(_("on Neos since"), null=True, blank=True)
    neos_email_verified = models.BooleanField(_("e-mail verified by Neos"), default=False)
    neos_locked = models.BooleanField(_("locked by Neos"), default=False)
    neos_banned_until = models.DateTimeField(_("banned until"), null=True, blank=True)
    neos_tags = models.JSONField(_("badges"), default=list, blank=True)
    verified_at = models.DateTimeField(_("last verified"), null=True, blank=True)

    patreon_known = models.BooleanField(_("shares Patreon status"), default=False)
    patreon_supporter = models.BooleanField(_("Patreon supporter"), default=False)
    patreon_cents = models.PositiveIntegerField(_("monthly pledge (US cents)"), default=0)
    patreon_total_cents = models.PositiveIntegerField(_("all pledges (US cents)"), default=0)
    patreon_until = models.DateTimeField(_("pledge counts until"), null=True, blank=True)

    objects = AttendeeQuerySet.as_manager()

    if TYPE_CHECKING:
        is_blocked: bool  # only on rows loaded with `facing`, so that forgetting it is an error
        has_blocks: bool  # only on rows loaded with `with_rare_things`
        has_roles: bool  # the same, or with `facing`

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        # A world may write an id in other letters than Neos does; see `events.doors`.
        indexes = [models.Index(Lower("neos_id"), name="attendee_by_folded_neos_id")]
        constraints = [
            models.UniqueConstraint(
                name="one_attendee_per_neos_id", fields=["neos_id", "platform"]
            ),
            models.CheckConstraint(
                name="attendee_neos_id_is_not_empty", condition=~models.Q(neos_id="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.neos_id or '–'})"

    def get_absolute_url(self) -> str:
        return reverse("events:account")

    @property
    def name(self) -> str:
        """A name to call this person by. It identifies nobody: names change and repeat."""
        if self.display_name or self.neos_username:  # then the user need not be read
            return name_of(self.display_name, self.neos_username, "")
        return name_of("", "", self.user.get_username())

    @property
    def public_name(self) -> str:
        """The name that others may see, if its owner agrees; "" if there is none.

        Never that of the account, with which somebody signs in: only organizers see it.
        """
        return name_of(self.display_name, self.neos_username, "")

    @property
    def zone(self) -> ZoneInfo:
        """Return the chosen zone, or UTC. Where there is an event, its zone is better than UTC."""
        return self.chosen_zone or ZoneInfo("UTC")

    @property
    def chosen_zone(self) -> ZoneInfo | None:
        return ZoneInfo(str(self.time_zone)) if self.time_zone else None

    @property
    def chosen_language(self) -> str:
        """Return "" also for a language that the site had once."""
        return self.language if self.language in dict(settings.LANGUAGES) else ""

    @property
    def mail_language(self) -> str:
        """The language to write to this person in: the chosen one, or the site's."""
        return self.chosen_language or settings.LANGUAGE_CODE

    @property
    def mail_address(self) -> str:
        """The proved address that messages go to; "" if none can reach this person."""
        is_there = self.user.is_active and self.erased_at is None
        return self.user.email if is_there and self.email_confirmed_at is not None else ""

    @property
    def address_to_prove(self) -> str:
        """The address whose link is still to be followed; "" if there is none."""
        if self.pending_email:
            return self.pending_email
        return self.user.email if self.email_confirmed_at is None else ""

    @property
    def identity(self) -> tuple[str, str] | None:
        """Return the platform and the id there; None without a linked account."""
        return None if self.neos_id is None else (self.platform, self.neos_id)

    @property
    def is_linked(self) -> bool:
        return self.neos_id is not None

    @property
    def face_url(self) -> str:
        """Return the address of the person's picture, or of one that is drawn for them."""
        if self.picture is not None:
            return self.picture.get_absolute_url()
        return drawn_face(str(self.pk))

    @property
    def icon_url(self) -> str:
        return f"{settings.ASSETS_URL}{self.neos_icon}" if self.neos_icon else ""

    @classmethod
    def neos_fields(cls) -> list[str]:
        """Return the fields that Neos fills. A sign-in overwrites only these."""
        names = (field.name for field in cls._meta.concrete_fields)
        also = ("platform", "verified_at")
        return [n for n in names if n.startswith(("neos_", "patreon_")) or n in also]

    #: What follows from `neos_icon`, and is not there when that is not.
    PICTURE_FIELDS = ("picture", "picture_of", "picture_tried_at")

    def forget_neos(self) -> None:
        """Reset all fields that Neos filled, and the picture; the caller saves them."""
        blank = Attendee()
        for name in (*self.neos_fields(), *self.PICTURE_FIELDS):
            setattr(self, name, getattr(blank, name))

    def is_banned(self, now: datetime) -> bool:
        return self.neos_banned_until is not None and now < self.neos_banned_until

    def is_stale(self, now: datetime) -> bool:
        if self.verified_at is None:
            return True
        return now - self.verified_at > settings.NEOS_VERIFICATION_MAX_AGE

    def pledge(self, now: datetime) -> int:
        """Return the monthly pledge in US cents; 0 once `patreon_until` has passed."""
        return 0 if self._has_run_out(now) else self.patreon_cents

    def supports_without_amount(self, now: datetime) -> bool:
        """Return whether the platform calls the person a supporter, and has told no amount."""
        return self.patreon_supporter and not (self.patreon_cents or self._has_run_out(now))

    def _has_run_out(self, now: datetime) -> bool:
        return self.patreon_until is not None and now >= self.patreon_until

    @property
    def is_verified(self) -> bool:
        """A linked Neos account with a verified address, not locked, banned or stale now."""
        now = timezone.now()
        is_in_good_standing = not (self.neos_locked or self.is_banned(now) or self.is_stale(now))
        return self.is_linked and self.neos_email_verified and is_in_good_standing


def drawn_face(name: str) -> str:
    """Return the address of the face that is drawn for this name, which it does not give away."""
    seed = hashlib.sha256(f"face/{name}/{settings.SECRET_KEY}".encode()).hexdigest()[:16]
    return reverse("events:face", kwargs={"seed": seed})
