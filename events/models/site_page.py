"""Pages that staff write, like imprint and terms; their versions; and who agreed to which."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .attendee import Attendee
from .registration import Registration
from .texts import Text, language_around

if TYPE_CHECKING:
    from datetime import datetime

OTHER_LANGUAGES = tuple(
    code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE
)


class Written(models.Model):
    """Title and text in the main language of the site, and in others beside."""

    title = models.CharField(_("title"), max_length=80, blank=True, default="", db_default="")
    text = models.TextField(_("text"), max_length=50_000)
    # `{"ja": {"title": "…", "text": "…"}}`. Empty texts are left out.
    translations = models.JSONField(
        default=dict, db_default=Value({}, models.JSONField()), blank=True, editable=False
    )

    class Meta:
        abstract = True

    def text_in(self, name: str, language: str) -> Text:
        """Return one text in this language, or in the main one if it lacks it."""
        words = self.translated(name, language)
        return Text(words, language) if words else Text(getattr(self, name), settings.LANGUAGE_CODE)

    def translated(self, name: str, language: str) -> str:
        """Return one text in a further language, or nothing."""
        return str(self.translations.get(language, {}).get(name, ""))

    @property
    def shown_text(self) -> Text:
        return self.text_in("text", language_around())

    def language_on(self, language: str) -> str:
        """Return the language in which a page in `language` shows the text."""
        return language if self.translated("text", language) else settings.LANGUAGE_CODE


class SitePageName(models.TextChoices):
    IMPRINT = "imprint", _("Imprint")
    PRIVACY = "privacy", _("Privacy")
    TERMS = "terms", _("Terms")
    CONDUCT = "conduct", _("Rules of conduct")


class SitePage(Written):
    """A page as staff are writing it. People see its newest version, if there is one.

    The four known pages have a title of ours; others are named by staff and live under `/pages/`.
    """

    Name = SitePageName

    name = models.SlugField(_("address"), max_length=50, unique=True)
    is_shown = models.BooleanField(
        _("on the site"),
        default=True,
        db_default=True,
        help_text=_("Without this nobody finds the page. Its versions are kept."),
    )
    is_agreed_to = models.BooleanField(
        _("people agree to it"),
        default=False,
        db_default=False,
        help_text=_("Before they sign up for an event, once."),
    )
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("page of the site")
        verbose_name_plural = _("pages of the site")
        ordering = ["name"]

    def __str__(self) -> str:
        return str(self.shown_title)

    def get_absolute_url(self) -> str:
        if self.is_known:
            return reverse(f"events:{self.name}")
        return reverse("events:free-page", args=[self.name])

    @property
    def is_known(self) -> bool:
        return self.name in SitePageName.values

    @property
    def shown_title(self) -> str:
        if self.is_known:
            return str(SitePageName(self.name).label)
        return self.text_in("title", language_around())


class PageVersion(Written):
    """A page as it was published. It is never changed or deleted: people agreed to these words, and
    may read what stood there on any day.
    """

    page = models.ForeignKey(
        SitePage, on_delete=models.PROTECT, related_name="versions", verbose_name=_("page")
    )
    number = models.PositiveIntegerField(_("version"))
    asks_again = models.BooleanField(_("asks people again"), default=False)
    published_at = models.DateTimeField(_("published"))
    digest = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = _("version of a page")
        verbose_name_plural = _("versions of pages")
        ordering = ["page", "number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="one_page_version_of_a_number"),
            models.CheckConstraint(
                name="page_version_has_a_number", condition=Q(number__gte=1) & ~Q(digest="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_title} {self.number}"

    def get_absolute_url(self) -> str:
        if self.page.is_known:
            return reverse(f"events:{self.page.name}-version", args=[self.number])
        return reverse("events:free-page-version", args=[self.page.name, self.number])

    @property
    def shown_title(self) -> str:
        """Return the title of a known page, or the one under which this version was published."""
        return (
            self.page.shown_title
            if self.page.is_known
            else self.text_in("title", language_around())
        )

    @classmethod
    def of(
        cls, page: SitePage, *, number: int, asks_again: bool, published_at: datetime
    ) -> PageVersion:
        """Return the page as it is now as a version, not saved."""
        words = {"title": page.title, "text": page.text, "translations": page.translations}
        return cls(
            page=page,
            number=number,
            asks_again=asks_again,
            published_at=published_at,
            digest=digest_of(words),
            **words,
        )


def digest_of(words: dict[str, object]) -> str:
    """Return SHA-256 of title and text in all languages: what somebody agreed to."""
    return hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()


class Agreement(models.Model):
    """Somebody agreed to a version of a page, when they signed up for something."""

    attendee = models.ForeignKey(
        Attendee, on_delete=models.CASCADE, related_name="agreements", verbose_name=_("attendee")
    )
    version = models.ForeignKey(
        PageVersion, on_delete=models.PROTECT, related_name="agreements", verbose_name=_("version")
    )
    registration = models.ForeignKey(
        Registration,
        on_delete=models.SET_NULL,
        null=True,
        related_name="agreements",
        verbose_name=_("registration"),
    )
    # In which language the person read it.
    language = models.CharField(_("language"), max_length=16)
    agreed_at = models.DateTimeField(_("agreed"))

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["agreed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["attendee", "version"], name="one_agreement_per_page_version"
            ),
        ]

    def __str__(self) -> str:
        return str(self.version)
