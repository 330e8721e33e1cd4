"""Kinds of mail that somebody does not want; mail about money, places and the account has none."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .attendee import Attendee


class MailTopic(models.TextChoices):
    """Kinds of mail that people can say no to."""

    REMINDERS = "reminders", _("Reminders, a day and an hour before")
    SESSIONS = "sessions", _("The session is open, with the link")
    OPENINGS = "openings", _("Registration opens, if you asked to be told")
    NEW_EVENTS = "new-events", _("New events of hosts that you follow")
    ORGANIZERS = "organizers", _("News from organizers of your events")
    THANKS = "thanks", _("Thanks afterwards, and what comes next")


class MutedTopic(models.Model):
    """A row says no: without one, the mail is sent."""

    attendee = models.ForeignKey(
        Attendee,
        on_delete=models.CASCADE,
        related_name="muted_topics",
        verbose_name=_("attendee"),
    )
    topic = models.CharField(_("kind of mail"), max_length=16, choices=MailTopic.choices)

    class Meta:
        verbose_name = _("unwanted kind of mail")
        verbose_name_plural = _("unwanted kinds of mail")
        constraints = [
            models.UniqueConstraint(fields=["attendee", "topic"], name="topic_is_muted_once")
        ]

    def __str__(self) -> str:
        return f"{self.attendee_id} · {self.topic}"
