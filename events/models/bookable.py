"""The base of events and workshops: texts, times, places and a price."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Value
from django.utils.translation import gettext_lazy as _

from .texts import Text, language_around

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from .event import Event


class Bookable(models.Model):
    """Anything with places. Prices are integers in the minor unit of the event's currency.

    Besides these fields each has `event`, and `workshop` and `workshop_id`, which are None for the
    event itself: a registration for it has the same values in its own columns of these names.
    """

    title = models.CharField(_("title"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    # Titles and summaries in further languages: `{"ja": {"title": "…"}}`. Empty texts are left out.
    translations = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False
    )
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

    def text_in(self, name: str, language: str) -> Text:
        """Return one text in this language. Each falls back to the main one by itself."""
        main_language = self.event.written_in
        words = self.translated(name).get(language) if language != main_language else None
        return Text(words, language) if words else Text(getattr(self, name), main_language)

    def translated(self, name: str) -> dict[str, str]:
        """Return one text in all further languages that have it."""
        return {code: texts[name] for code, texts in self._translations() if texts.get(name)}

    def _translations(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the texts of each language. What a hand left there in another shape is no text: one
        row must not stop a whole page.
        """
        stored = self.translations if isinstance(self.translations, dict) else {}
        for code, texts in stored.items():
            if isinstance(texts, dict):
                yield code, {name: text for name, text in texts.items() if isinstance(text, str)}

    @property
    def shown_title(self) -> Text:
        """Return the title in the language of the page, or else the main one."""
        return self.text_in("title", language_around())

    @property
    def shown_summary(self) -> Text:
        return self.text_in("summary", language_around())

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
