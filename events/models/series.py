"""Events that repeat: the rule by which their dates are found, and how far drafts are made."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .event import Event

LAST = -1  # of `week`: the last such weekday of a month


class Frequency(models.TextChoices):
    WEEKLY = "weekly", _("weekly")
    MONTHLY = "monthly-by-weekday", _("monthly, on a day of the week")


class Series(models.Model):
    """A rule, and what was made of it. Only `events.series` writes these rows.

    Occurrence 0 is on `starts_on`, as the calendar of the events' zone has it; an event keeps the
    number of its own in `series_index`. Each is made once: `next_index` only grows, so one that is
    moved or deleted does not come again.
    """

    title = models.CharField(_("title"), max_length=120)
    slug = models.SlugField(_("web address"), max_length=80, unique=True)
    frequency = models.CharField(_("repeats"), max_length=24, choices=Frequency.choices)
    interval = models.PositiveIntegerField(
        _("every so many"), default=1, validators=[MinValueValidator(1), MaxValueValidator(52)]
    )
    # Of a month, 1 to 4 or `LAST`; the day of the week is that of `starts_on`.
    week = models.SmallIntegerField(null=True, blank=True)
    starts_on = models.DateField(_("first day"))
    # What the clock shows at the start, and how many days after the rule's day that is: both change
    # when an organizer moves an event and all that follow it.
    clock = models.TimeField(_("time of day"))
    shift_days = models.SmallIntegerField(default=0)
    # At most one of the two. The first event counts; `until` may be one of the days.
    count = models.PositiveIntegerField(_("number of events"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)
    # Empty: all drafts were made at once.
    days_ahead = models.PositiveIntegerField(_("made ahead (days)"), null=True, blank=True)
    next_index = models.PositiveIntegerField(default=1)
    # When housekeeping makes the next draft. Empty: never.
    due_at = models.DateTimeField(null=True, blank=True, db_index=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    # New drafts are copies of it, as it is then.
    template = models.ForeignKey(
        Event, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("made"))

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="series_frequency_is_known", condition=Q(frequency__in=Frequency.values)
            ),
            models.CheckConstraint(name="series_steps_forward", condition=Q(interval__gte=1)),
            models.CheckConstraint(
                name="series_ends_in_one_way", condition=Q(count=None) | Q(until=None)
            ),
            models.CheckConstraint(
                name="series_of_months_has_a_week",
                condition=Q(frequency=Frequency.WEEKLY, week=None)
                | Q(frequency=Frequency.MONTHLY, week__in=[1, 2, 3, 4, LAST]),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("events:series", kwargs={"slug": self.slug})
