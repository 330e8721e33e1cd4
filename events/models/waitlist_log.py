"""Log of waitlist runs: who moved up, or why nobody did."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .event import Event
from .workshop import Workshop


class FillingPass(models.Model):
    """One attempt to give free places of one bookable to its waitlist.

    `passed_over` counts, by refusal code, why people before the last one who moved were refused.
    Registrations of people who moved up refer to this row.
    """

    class Outcome(models.TextChoices):
        MOVED = "moved", pgettext_lazy("outcome", "moved up")
        NOBODY_ELIGIBLE = "nobody_eligible", _("nobody who waits may have the place")
        CLOSED = "closed", _("registration is closed")
        CANCELLED = "cancelled", _("the event is cancelled")
        DRAFT = "draft", _("the event is not published")

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="filling_passes", verbose_name=_("event")
    )
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="filling_passes",
        verbose_name=_("workshop"),
    )
    at = models.DateTimeField(_("when"))
    free = models.PositiveIntegerField(_("free places"), null=True, blank=True)
    waiting = models.PositiveIntegerField(pgettext_lazy("people", "waiting"))
    moved = models.PositiveIntegerField(pgettext_lazy("people", "moved up"), default=0)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome.choices)
    people_passed_over = models.PositiveIntegerField(_("people passed over"), default=0)
    passed_over = models.JSONField(pgettext_lazy("people", "passed over"), default=dict, blank=True)

    class Meta:
        verbose_name = _("waitlist log entry")
        verbose_name_plural = _("waitlist log entries")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["event", "workshop", "-at"], name="filling_pass_by_place")]

    def __str__(self) -> str:
        return f"{self.workshop or self.event} · {self.get_outcome_display()}"
