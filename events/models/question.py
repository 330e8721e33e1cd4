"""Questions that people answer when they sign up, and their answers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TypeAlias

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .event import Event
from .registration import Registration
from .texts import Text
from .translated import Translated
from .workshop import Workshop


class QuestionKind(models.TextChoices):
    SHORT = "short", _("one line of text")
    LONG = "long", _("a longer text")
    ONE = "one", _("one of several choices")
    SEVERAL = "several", _("any of several choices")
    CONSENT = "consent", _("a box to agree")


@dataclass(frozen=True, slots=True)
class Choice:
    """`value` is stored: the choice in the main language. `label` is what somebody reads."""

    value: str
    label: Text


class Question(Translated):
    """Asked of everybody who signs up for the event, or for `workshop` if that is set."""

    Kind: TypeAlias = QuestionKind

    event = models.ForeignKey(
        Event, on_delete=models.CASCADE, related_name="questions", verbose_name=_("event")
    )
    workshop = models.ForeignKey(
        Workshop,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="questions",
        verbose_name=_("workshop"),
    )
    kind = models.CharField(
        _("kind of answer"), max_length=16, choices=Kind.choices, default=Kind.SHORT
    )
    text = models.CharField(_("question"), max_length=300)
    help = models.CharField(_("explanation"), max_length=300, blank=True)
    choices = models.TextField(_("choices"), max_length=4_000, blank=True)
    is_required = models.BooleanField(_("must be answered"), default=False)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions at sign-up")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                name="question_kind_is_known", condition=Q(kind__in=QuestionKind.values)
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def bookable(self) -> Event | Workshop:
        if self.workshop is None:
            return self.event
        self.workshop.event = self.event
        return self.workshop

    @property
    def has_choices(self) -> bool:
        return self.kind in {QuestionKind.ONE, QuestionKind.SEVERAL}

    @property
    def is_consent(self) -> bool:
        return self.kind == QuestionKind.CONSENT

    @property
    def shown_text(self) -> Text:
        return self.text_around("text")

    @property
    def shown_help(self) -> Text:
        return self.text_around("help")

    @property
    def offered(self) -> list[Choice]:
        """Return the choices in the language of the page: a translation has a line for each."""
        values, labels = self.choices.splitlines(), self.text_around("choices")
        lines = labels.splitlines()
        if len(lines) != len(values):
            lines, language = values, self.event.written_in
        else:
            language = labels.language
        pairs = zip(values, lines, strict=True)
        return [Choice(value, Text(line, language)) for value, line in pairs]

    @property
    def consent_digest(self) -> str:
        """Return the SHA-256 of the wording in hex, "" for a question of another kind.

        Who has agreed to the same words before is not asked again.
        """
        words = " ".join(f"{self.text}\n{self.help}".split())
        return hashlib.sha256(words.encode()).hexdigest() if self.is_consent else ""


class Answer(models.Model):
    """One answer of somebody who signed up. Of several choices each is a row, by `number`.

    It belongs to the registration, so a spot on the waitlist takes it along to the place.
    """

    registration = models.ForeignKey(
        Registration,
        on_delete=models.CASCADE,
        related_name="answers",
        verbose_name=_("registration"),
    )
    question = models.ForeignKey(
        Question, on_delete=models.CASCADE, related_name="answers", verbose_name=_("question")
    )
    number = models.PositiveSmallIntegerField(default=0)
    text = models.TextField(_("answer"), max_length=4_000)  # of a consent: "yes"
    # The question as the person read it: organizers may change it later.
    asked = models.CharField(_("question as it was"), max_length=300)
    agreed_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__position", "question", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "question", "number"], name="one_answer_per_question"
            ),
        ]

    def __str__(self) -> str:
        return self.text
