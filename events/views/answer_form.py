"""The form of the questions at sign-up. It cleans what people type, and asks nothing else."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from events.access.questions import AGREED, MAX_LINE, MAX_LINES, Asked, Problem
from events.formatting.fields import LineField, LinesField
from events.models import Question

Kind = Question.Kind
#: The page sends it along, so that boxes which nobody ticked are answers too.
SENT = "answers"
#: The language of the page that asks. Somebody may choose another one before they send it.
READ_IN = "read_in"
WORDS: dict[Problem, Any] = {
    Problem.MISSING: _("Please answer this."),
    Problem.UNKNOWN: _("This can be chosen no more. Please choose again."),
    Problem.TOO_LONG: _("Please write less."),
}
CONSENT_MISSING = _("Please tick this box: without it you cannot have the place.")
NOTHING = _("I do not want to answer")


class AnswersForm(forms.Form):
    """A field for each question, named `q` and the question's id; one for each page of the site to
    agree to, named `p` and the id of its version.
    """

    def __init__(self, asked: Asked, typed: Mapping[str, Any] | None = None) -> None:
        self.asked = asked
        super().__init__(typed, initial=_initial(asked))
        for question in asked.questions:
            field = _field(question)
            field.error_messages["required"] = _missing(question)
            field.question = question  # type: ignore[attr-defined]
            self.fields[name_of(question)] = field
        for page in asked.pages:
            box = forms.BooleanField(label=page.shown_title)
            box.error_messages["required"] = CONSENT_MISSING
            box.page = page  # type: ignore[attr-defined]
            self.fields[f"p{page.pk}"] = box

    @property
    def agreed(self) -> frozenset[int]:
        """Return the ids of the versions that the person agreed to, once the form is valid."""
        return frozenset(page.pk for page in self.asked.pages)

    @property
    def read_in(self) -> str:
        """Return the language of the page on which this was read; "" if it did not say a known one.

        A page that was loaded before an upgrade says none.
        """
        language = str(self.data.get(READ_IN, ""))
        return language if language in dict(settings.LANGUAGES) else ""

    @property
    def answers(self) -> dict[int, list[str]]:
        """Return the texts by question, once the form is valid."""
        values = {q.pk: self.cleaned_data.get(name_of(q)) for q in self.asked.questions}
        return {pk: _texts(value) for pk, value in values.items()}

    def complain(self, found: Mapping[int, Problem]) -> None:
        """Say what the site found wrong after the form was sent."""
        self.full_clean()
        for question in self.asked.questions:
            problem, name = found.get(question.pk), name_of(question)
            if problem and name not in self.errors:
                self.add_error(name, WORDS[problem])


def name_of(question: Question) -> str:
    return f"q{question.pk}"


def _texts(value: Any) -> list[str]:
    if isinstance(value, bool):
        return [AGREED] if value else []
    if isinstance(value, list):
        return value
    return [value] if value else []


def _missing(question: Question) -> Any:
    return CONSENT_MISSING if question.is_consent else WORDS[Problem.MISSING]


def _initial(asked: Asked) -> dict[str, Any]:
    """Start from what the person answered before."""
    found: dict[str, Any] = {}
    for question in asked.questions:
        if texts := asked.former.get(question.pk):
            is_list = question.kind == Kind.SEVERAL
            found[name_of(question)] = list(texts) if is_list else texts[0]
    return found


def _field(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": question.shown_text, "required": question.is_required}
    if question.kind == Kind.CONSENT:
        return forms.BooleanField(**common)
    if question.kind == Kind.LONG:
        return LinesField(max_length=MAX_LINES, widget=forms.Textarea({"rows": 4}), **common)
    if question.kind == Kind.SHORT:
        return LineField(max_length=MAX_LINE, **common)
    choices = [(choice.value, choice.label) for choice in question.offered]
    if question.kind == Kind.SEVERAL:
        widget = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(choices=choices, widget=widget, **common)
    if not question.is_required:
        choices.append(("", NOTHING))  # type: ignore[arg-type]
    return forms.ChoiceField(choices=choices, widget=forms.RadioSelect, **common)
