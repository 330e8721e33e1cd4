"""Kinds and spoken languages of events, to filter by."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class EventKind(models.TextChoices):
    """The thing that people come for. `events.artwork` draws each in its own way."""

    MEETUP = "meetup", _("Meet-up")
    WORKSHOP = "workshop", _("Workshop")
    MUSIC = "music", _("Music")
    TOUR = "tour", _("Tour of worlds")
    SHOW = "show", _("Show")
    GAME = "game", _("Game")
    TALK = "talk", _("Talk")
    FESTIVAL = "festival", _("Festival")


class SpokenLanguage(models.TextChoices):
    ENGLISH = "en", _("English")
    JAPANESE = "ja", _("Japanese")
    CHINESE = "zh", _("Chinese")
    FRENCH = "fr", _("French")
    GERMAN = "de", _("German")
    ITALIAN = "it", _("Italian")
    KOREAN = "ko", _("Korean")
    PORTUGUESE = "pt", _("Portuguese")
    RUSSIAN = "ru", _("Russian")
    SPANISH = "es", _("Spanish")
