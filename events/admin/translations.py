"""Texts of events and workshops in further languages, as organizers edit them.

Which languages a form has is decided for the whole page: all of the site but that of the main
texts. A language in which something was typed stays on the page, so that nothing is lost.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from types import new_class
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.text import format_lazy
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from events.formatting.fields import LineField, LinesField
from events.formatting.markdown import is_too_long_a_page
from events.models import Event, Question
from events.models.translated import Translated

from .markdown_field import ALLOWED, MarkdownWidget
from .versions import VersionedForm

Languages = tuple[str, ...]
LABELS: dict[str, Any] = {
    "title": _("Title ({language})"),
    "summary": _("Summary ({language})"),
    "description": _("Description ({language})"),
    "text": _("Question ({language})"),
    "help": _("Explanation ({language})"),
    "choices": _("Choices ({language})"),
    "page_title": _("Title ({language})"),
    "page_text": _("Text ({language})"),
}
OF_EVENT, OF_WORKSHOP = ("title", "summary", "description"), ("title", "summary")
OF_QUESTION = ("text", "help", "choices")
OF_REQUEST = "languages_of_texts"  # where a request keeps its languages


def field_of(name: str, language: str) -> str:
    """Return the name of a field of the forms, like "title_ja"."""
    return f"{name}_{language.replace('-', '_')}"


def languages_of(request: HttpRequest, event: Event | None) -> Languages:
    """Return the languages of the page besides that of the main texts.

    The page of an event has those that it had when it was loaded, whatever is chosen in it. So the
    first answer of a request holds: later the row has what was chosen.
    """
    known: Languages | None = getattr(request, OF_REQUEST, None)
    if known is None:
        known = _other_languages(request, event)
        setattr(request, OF_REQUEST, known)
    return known


def _other_languages(request: HttpRequest, event: Event | None) -> Languages:
    typed = request.POST.get("written_in") or get_language()
    main = (event.written_in if event else typed) or settings.LANGUAGE_CODE
    codes = [code for code, _name in settings.LANGUAGES]
    return tuple(code for code in codes if code != main or _is_typed(request, code))


def _is_typed(request: HttpRequest, language: str) -> bool:
    ends = tuple(field_of(name, language) for name in (*OF_EVENT, *OF_QUESTION))
    return any(str(text).strip() for name, text in request.POST.items() if name.endswith(ends))


def fieldsets_of(names: Iterable[str], languages: Languages) -> list[tuple[Any, dict[str, Any]]]:
    """Return a folded part of the form for each language."""
    return [
        (
            format_lazy(_("Texts in {language}"), language=_own_name(language)),
            {
                "classes": ["collapse"],
                "fields": [field_of(name, language) for name in names],
                "description": _(
                    "People who read the site in this language see these texts. A text that you "
                    "leave empty is shown to them as it is above."
                ),
            },
        )
        for language in languages
    ]


def _own_name(language: str) -> str:
    return str(dict(settings.LANGUAGES)[language])


class TranslatedForm(VersionedForm):
    """A form with fields for texts in further languages; see `translated`."""

    languages: Languages = ()
    names: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance = kwargs.get("instance")
        if instance is not None and instance.pk is not None:
            kwargs["initial"] = self._stored(instance) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def _stored(self, row: Translated) -> dict[str, str]:
        return {
            field_of(name, language): row.translated(name).get(language, "")
            for name, language in self._texts()
        }

    def _texts(self) -> Iterator[tuple[str, str]]:
        for language in self.languages:
            for name in self.names:
                yield name, language

    @property
    def optional_texts(self) -> set[str]:
        return {field_of(name, language) for name, language in self._texts()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for language in self.languages:
            field = field_of("description", language)
            if is_too_long_a_page(cleaned.get(field) or ""):
                self.add_error(field, _("This becomes too long a page. Make its tables smaller."))
        return cleaned

    def refuse_main_language(self, language: str) -> None:
        """Refuse texts in the language of the main ones, which would be shown nowhere."""
        text = _(
            "The main texts are in this language. Write it there and leave this empty, or choose "
            "another language for the main texts."
        )
        for name in self.names if language in self.languages else ():
            if self.cleaned_data.get(field_of(name, language)):
                self.add_error(field_of(name, language), ValidationError(text))

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - as Django calls it
        for name, language in self._texts():
            self._write(name, language, self.cleaned_data.get(field_of(name, language)) or "")
        return super().save(commit)

    def _write(self, name: str, language: str, words: str) -> None:
        """Write one text into its column, and nothing where there is none."""
        if name == "description":
            column: dict[str, Any] = self.instance.descriptions
            column.pop(language, None)
            column |= {language: words} if words else {}
            return
        texts = {**self.instance.translations.pop(language, {}), name: words}
        if kept := {key: text for key, text in texts.items() if text}:
            self.instance.translations[language] = kept


@cache
def translated(
    form: type[TranslatedForm], names: tuple[str, ...], languages: Languages
) -> type[TranslatedForm]:
    """Return the same form with a field for each of these texts in each of the languages."""
    fields: dict[str, Any] = {"languages": languages, "names": names}
    for language in languages:
        fields |= {field_of(name, language): _field(name, language) for name in names}
    return new_class(f"Translated{form.__name__}", (form,), {}, lambda body: body.update(fields))


def _field(name: str, language: str) -> forms.CharField:
    """Make a field with the limits of that of the main text."""
    label: Any = format_lazy(LABELS[name], language=_own_name(language))
    model = Question if name in OF_QUESTION else Event
    limit = getattr(model._meta.get_field(name), "max_length", None)  # noqa: SLF001 - documented
    attributes = {"lang": language}
    if name == "choices":
        return LinesField(
            label=label, max_length=limit, required=False, widget=AdminTextareaWidget(attributes)
        )
    if name == "description":
        return LinesField(
            label=label,
            max_length=limit,
            required=False,
            widget=MarkdownWidget(attributes),
            help_text=ALLOWED,
        )
    return LineField(
        label=label, max_length=limit, required=False, widget=AdminTextInputWidget(attributes)
    )
