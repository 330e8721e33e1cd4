"""Rows whose short texts may be given in several languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Value

from .texts import Text, language_around

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .event import Event


class Translated(models.Model):
    """A row of an event. Its texts are in the main language of that event, and in others beside."""

    # Texts in further languages: `{"ja": {"title": "…"}}`. Empty texts are left out.
    translations = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False
    )

    class Meta:
        abstract = True

    def text_in(self, name: str, language: str) -> Text:
        """Return one text in this language. Each falls back to the main one by itself."""
        main_language = self.event.written_in
        words = self.translated(name).get(language) if language != main_language else None
        return Text(words, language) if words else Text(getattr(self, name), main_language)

    def text_around(self, name: str) -> Text:
        """Return one text in the language of the page, or else the main one."""
        return self.text_in(name, language_around())

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

    if TYPE_CHECKING:

        @property
        def event(self) -> Event:
            """Return the event to which the row belongs."""
