"""Perks of Patreon supporters."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .event import Event


class PatronPerk(models.Model):
    """Advantages at one event for a monthly pledge of at least `min_cents` US cents."""

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="perks", verbose_name=_("event")
    )
    min_cents = models.PositiveIntegerField(_("pledge of at least (US dollars a month)"))
    early_hours = models.PositiveIntegerField(
        _("registers earlier (hours)"), default=0, validators=[MaxValueValidator(8_760)]
    )
    discount_percent = models.PositiveIntegerField(
        _("discount (percent)"), default=0, validators=[MaxValueValidator(100)]
    )
    label = models.CharField(_("label"), max_length=60)

    class Meta:
        verbose_name = _("patron perk")
        verbose_name_plural = _("patron perks")
        ordering = ["min_cents"]
        constraints = [
            models.UniqueConstraint(fields=["event", "min_cents"], name="perk_once_per_pledge"),
            models.CheckConstraint(
                name="perk_discount_is_a_percentage", condition=Q(discount_percent__lte=100)
            ),
        ]

    def __str__(self) -> str:
        return self.label
