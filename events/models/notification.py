"""What somebody is owed a message about."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from post_office.models import Email

from .attendee import Attendee


class Notification(models.Model):
    """Written in the transaction that owes the message, delivered afterwards, once per key.

    `subject` names what it is about (`registration:<code>`), `kind` the reason for telling. The
    words wait in `email`, in the mail queue; it is empty for somebody without an address to write
    to, and again once the sent message was purged.
    """

    attendee = models.ForeignKey(
        Attendee,
        on_delete=models.CASCADE,
        related_name="notifications",
        verbose_name=_("attendee"),
    )
    kind = models.CharField(_("reason"), max_length=32)
    subject = models.CharField(_("subject"), max_length=255)
    email = models.OneToOneField(
        Email,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="notification",
        verbose_name=_("message"),
    )
    created_at = models.DateTimeField(_("written"))
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                name="one_notification_per_reason", fields=["attendee", "subject", "kind"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.subject}"
