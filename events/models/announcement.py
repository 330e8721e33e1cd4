"""Messages that organizers write to people of their event: drafts, and what was sent.

Only `events.messages.announcements` writes these rows.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .event import Event
from .workshop import Workshop

if TYPE_CHECKING:
    from datetime import datetime


class Audience(models.TextChoices):
    """Groups of people at an event; `messages/audiences.py` says who is in each."""

    EVERYBODY = "everybody", _("Everybody: with a place, waiting, or still to pay")
    CONFIRMED = "confirmed", _("People with a confirmed place")
    WAITING = "waiting", _("People on the waitlist, or in the draw")
    UNPAID = "unpaid", _("People who still have to pay")
    CHECKED_IN = "checked-in", _("People who were checked in")
    NO_SHOWS = "no-shows", _("People who did not come (once the event is over)")
    WORKSHOP = "workshop", _("People with a confirmed place in one workshop")
    ROLES = "roles", _("People with a role, also those without a place")


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def drafts(self) -> Self:
        return self.filter(sent_at=None)

    def sent(self) -> Self:
        return self.filter(sent_at__isnull=False)

    def unfinished(self) -> Self:
        """Sent ones that somebody may still have to get."""
        return self.sent().filter(done_at=None)


class Announcement(models.Model):
    """A draft until `sent_at`; then each person gets a row of the outbox, until `done_at`.

    `texts` has a subject and a body in Markdown for each language in which it was written:
    `{"en": {"subject": ..., "body": ...}}`. `revision` counts how often the draft was saved, so
    that nobody sends or overwrites what they have not seen.
    """

    Audience: TypeAlias = Audience

    token = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="announcements", verbose_name=_("event")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="announcements",
        verbose_name=_("written by"),
    )
    audience = models.CharField(_("to"), max_length=16, choices=Audience.choices)
    # Nobody can sign up for a workshop that is deleted, so nothing sent ever loses it.
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("workshop"),
    )
    texts = models.JSONField(_("texts"), default=dict)
    includes_later = models.BooleanField(_("also to people who join later"), default=False)
    # Empty: until the event ends.
    later_until = models.DateTimeField(_("until"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["id"],
                condition=Q(sent_at__isnull=False, done_at=None),
                name="announcement_unfinished",
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="announcement_is_sent_before_it_is_done",
                condition=Q(done_at=None) | Q(sent_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_draft(self) -> bool:
        return self.sent_at is None

    @property
    def subject(self) -> str:
        """The subject in the site's main language, as it was typed."""
        return str(self.texts_in(settings.LANGUAGE_CODE)["subject"])

    @property
    def title(self) -> str:
        """The subject as organizers read it in lists: as typed, but with the event's name."""
        return self.subject.replace("{event}", self.event.title)

    @property
    def key(self) -> str:
        """The `subject` of its rows in the outbox: each person has at most one."""
        return f"announcement:{self.pk}"

    @property
    def later_ends_at(self) -> datetime | None:
        """Until when people who join get it, too; None if they do not."""
        return (self.later_until or self.event.ends_at) if self.includes_later else None

    def texts_in(self, language: str) -> dict[str, str]:
        """Return subject and body in a language, or in the site's main one."""
        found: dict[str, str] = self.texts.get(language) or self.texts[settings.LANGUAGE_CODE]
        return found

    def languages(self) -> list[str]:
        """Return the languages in which it is written, the main one first."""
        main = settings.LANGUAGE_CODE
        others = [code for code, _name in settings.LANGUAGES if code != main]
        return [code for code in (main, *others) if code in self.texts]
