"""Events: when, for whom, at what price, and who runs them."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .bookable import Bookable
from .event_kind import EventKind, SpokenLanguage
from .event_set import EventQuerySet
from .host import Host
from .occurrence import Occurrence
from .session import Session
from .zone_field import ZoneField

if TYPE_CHECKING:
    from .texts import Text
    from .workshop import Workshop


def languages_of_site() -> list[tuple[str, str]]:
    return list(settings.LANGUAGES)


def new_draw_seed() -> str:
    return secrets.token_hex(32)


class Event(Bookable, Occurrence, Session):
    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")
        CANCELLED = "cancelled", pgettext_lazy("event", "cancelled")

    Kind: TypeAlias = EventKind
    Language: TypeAlias = SpokenLanguage

    slug = models.SlugField(_("web address"), max_length=80, unique=True)
    kind = models.CharField(
        _("kind"),
        max_length=16,
        choices=Kind.choices,
        default=Kind.MEETUP,
        help_text=_("People can filter by it, and the picture is drawn for it."),
    )
    language = models.CharField(
        _("spoken language"),
        max_length=8,
        choices=Language.choices,
        blank=True,
        help_text=_("Empty: several, or none."),
    )
    hosts = models.ManyToManyField(Host, verbose_name=_("hosts"), related_name="events", blank=True)
    # All that a search looks at, folded: see `events.search`.
    search_text = models.TextField(default="", blank=True, editable=False)
    # When an organizer saved it last: feeds say so, and readers then show it again.
    changed_at = models.DateTimeField(auto_now=True)
    description = models.TextField(
        _("description"), max_length=20_000, blank=True, help_text=_("You can use Markdown.")
    )
    # Descriptions in further languages, by language. Lists read neither these nor the main one.
    descriptions = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False
    )
    # The language of title, summary and description, and of those of the workshops.
    written_in = models.CharField(
        _("language of these texts"),
        max_length=16,
        choices=languages_of_site,
        default=settings.LANGUAGE_CODE,
        db_default=settings.LANGUAGE_CODE,
    )
    time_zone = ZoneField(_("time zone"), default="UTC", use_pytz=False)
    status = models.CharField(
        _("status"), max_length=16, choices=Status.choices, default=Status.DRAFT
    )
    listed = models.BooleanField(
        _("listed"), default=True, help_text=_("Shown in the public list of events.")
    )
    opens_at = models.DateTimeField(
        _("registration opens"), null=True, blank=True, help_text=_("Empty: at once.")
    )
    closes_at = models.DateTimeField(
        _("registration closes"), null=True, blank=True, help_text=_("Empty: when the event ends.")
    )
    currency = models.CharField(_("currency"), max_length=3, default="EUR")
    payment_instructions = models.TextField(
        _("how to pay"), max_length=2_000, blank=True, help_text=_("Shown to people who must pay.")
    )
    payment_days = models.PositiveIntegerField(
        _("time to pay (days)"),
        default=7,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_(
            "For how many days a place is kept for somebody who has to pay, if payments are noted "
            "by hand. Never past the start. A payment provider keeps it for 30 minutes, or for 24 "
            "hours for people who move up from the waitlist."
        ),
    )
    refund_days = models.PositiveIntegerField(
        _("refund until (days before the start)"),
        null=True,
        blank=True,
        default=0,
        validators=[MaxValueValidator(365)],
        help_text=_(
            "People who cancel before this time get all their money back; later they get nothing. "
            "0: until the start. Empty: no refunds. If you cancel, everybody gets all of it back. "
            "If you move it, everybody has at least three days to get it back, but not past the "
            "new start."
        ),
    )
    neos_required = models.BooleanField(_("needs a verified Neos account"), default=False)
    patron_cents = models.PositiveIntegerField(
        _("needs a Patreon pledge of"),
        default=0,
        help_text=_("In US dollars a month, like 5.00. Empty or 0: no pledge is needed."),
    )
    contact = models.CharField(
        _("contact"),
        max_length=200,
        blank=True,
        help_text=_(
            "Where people can ask about this event, shown to everybody: an e-mail address or an "
            "https link, with a name before it if you like. Empty: the contact of this site."
        ),
    )
    organizers = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("organizers"),
        related_name="organized_events",
        blank=True,
    )
    # For people who had a place and did not come, twice or more; see `events.access.no_shows`.
    no_show_hours = models.PositiveIntegerField(
        _("opens later for people who did not come (hours)"),
        default=0,
        db_default=0,
        validators=[MaxValueValidator(720)],
        help_text=_(
            "For people who had a place at two or more events within half a year and did not come, "
            "registration opens so many hours later. They read why. 0: the same for everybody."
        ),
    )
    sequence = models.PositiveIntegerField(default=0, editable=False)
    # When the followers of its hosts were told of it; that happens once.
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    draw_at = models.DateTimeField(
        _("lottery: draw at"),
        null=True,
        blank=True,
        help_text=_(
            "Leave empty for first come, first served. With a time, everybody who registers before "
            "it takes part in a draw, and nobody has a place before the draw."
        ),
    )
    draw_seed = models.CharField(max_length=64, default=new_draw_seed, editable=False)
    drawn_at = models.DateTimeField(_("drawn"), null=True, blank=True, editable=False)

    objects = EventQuerySet.as_manager()

    if TYPE_CHECKING:
        taken: int  # there, as `waiting` is, only after `with_occupancy`
        waiting: int

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["starts_at", "pk"]
        indexes = [models.Index(fields=["status", "ends_at"], name="event_by_end")]
        constraints = [
            models.UniqueConstraint(
                fields=["series", "series_index"], name="event_is_one_occurrence"
            ),
            models.CheckConstraint(
                name="event_ends_after_start",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("The event must end after it starts."),
            ),
            models.CheckConstraint(
                name="event_closes_after_opening",
                condition=Q(closes_at__gt=F("opens_at")),
                violation_error_message=_("Registration must close after it opens."),
            ),
            models.CheckConstraint(
                name="event_draw_after_opening",
                condition=Q(draw_at__gt=F("opens_at")),
                violation_error_message=_("The draw must come after registration opens."),
            ),
            models.CheckConstraint(
                name="event_no_show_hours_are_a_month_at_most",
                condition=Q(no_show_hours__lte=720),
            ),
            models.CheckConstraint(
                name="event_kind_is_known", condition=Q(kind__in=EventKind.values)
            ),
            models.CheckConstraint(
                name="event_status_is_known",
                condition=Q(status__in=["draft", "published", "cancelled"]),
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("events:event", kwargs={"slug": self.slug})

    def translated(self, name: str) -> dict[str, str]:
        """Return one text in all further languages; descriptions have a column of their own."""
        if name != "description":
            return super().translated(name)
        return self.descriptions if isinstance(self.descriptions, dict) else {}

    @property
    def shown_description(self) -> Text:
        return self.text_around("description")

    @property
    def art_url(self) -> str:
        return reverse("events:art", kwargs={"kind": self.kind, "slug": self.slug})

    @property
    def event(self) -> Event:
        return self

    @property
    def workshop(self) -> None:
        return None

    @property
    def workshop_id(self) -> None:
        return None

    def bookables(self) -> list[Event | Workshop]:
        return [self, *self.workshops.all()]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(str(self.time_zone))

    @property
    def requires_neos(self) -> bool:
        """A price or a pledge always asks for a verified Neos account, even if the form did not."""
        return self.neos_required or self.price > 0 or self.patron_cents > 0

    @property
    def registration_ends_at(self) -> datetime:
        return min(self.closes_at or self.ends_at, self.ends_at)

    def refund_until(self, bookable: Event | Workshop) -> datetime | None:
        """Return until when cancelling gives the money back; None if it never does."""
        if self.refund_days is None:
            return None
        return bookable.starts_at - timedelta(days=self.refund_days)

    @property
    def session_opens_at(self) -> datetime:
        return self.starts_at - timedelta(minutes=self.session_opens_minutes)

    @property
    def is_cancelled(self) -> bool:
        return self.status == Event.Status.CANCELLED

    @property
    def is_draft(self) -> bool:
        return self.status == Event.Status.DRAFT

    @property
    def is_published(self) -> bool:
        return self.status == Event.Status.PUBLISHED

    @property
    def is_awaiting_draw(self) -> bool:
        """People who wait are entries of a lottery that has not been held; they have no order."""
        return self.draw_at is not None and self.drawn_at is None

    @property
    def draw_commitment(self) -> str:
        """SHA-256 of the seed in hex. The page shows it from the start, to prove later that the
        seed was not changed.
        """
        return hashlib.sha256(self.draw_seed.encode()).hexdigest()
