"""Texts of events and workshops, which organizers may give in several languages."""

from typing import Self

from django.conf import settings
from django.utils.translation import get_language


def language_around() -> str:
    """Return the language of the page or mail that is being made."""
    return get_language() or settings.LANGUAGE_CODE


class Text(str):
    """Words that know their language. What is made of them, like a part, is an ordinary string."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, words: str, language: str) -> Self:
        text = super().__new__(cls, words)
        text.language = language
        return text

    @property
    def lang(self) -> str:
        """Return the language if it is not the one around; "" else. English is that of en-GB."""
        around = language_around()
        is_same = around == self.language or around.startswith(f"{self.language}-")
        return "" if is_same else self.language
