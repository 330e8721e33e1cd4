"""The base of events and workshops: texts, times, places and a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from .translated import Translated

if TYPE_CHECKING:
    from datetime import datetime

    from .event import Event
    from .texts import Text


class Bookable(Translated):
    """Anything with places. Prices are integers in the minor unit of the event's currency.

    Besides these fields each has `event`, and `workshop` and `workshop_id`, which are None for the
    event itself: a registration for it has the same values in its own columns of these names.
    """

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveIntegerField(
        _("capacity"), null=True, blank=True, help_text=_("Leave empty for no limit.")
    )
    has_waitlist = models.BooleanField(_("waitlist"), default=True)
    price = models.PositiveIntegerField(
        _("price"),
        default=0,
        help_text=_(
            "In the currency of the event, like 15.00. Empty or 0: free. A price above zero always "
            "needs a verified Neos account."
        ),
    )

    # Lowering cancels nobody's place: from then on there may be more people than places.
    capacity_lowered_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> Text:
        """Return the title in the language of the page, or else the main one."""
        return self.text_around("title")

    @property
    def shown_summary(self) -> Text:
        return self.text_around("summary")

    def overlaps(self, other: Bookable) -> bool:
        """One may start at the instant the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    if TYPE_CHECKING:

        @property
        def event(self) -> Event:
            """Return the event itself, or that of the workshop."""

        @property
        def registration_ends_at(self) -> datetime:
            """Return the close. An event and a workshop each have their own."""

    @property
    def waitlist_ends_at(self) -> datetime:
        """Until then people who wait move up: also after the close, as long as it has not started.

        A place that is given up or not paid for between the two would stay empty otherwise.
        """
        return max(self.registration_ends_at, self.starts_at)

    def has_ended(self, now: datetime) -> bool:
        return now >= self.ends_at
