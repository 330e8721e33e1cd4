"""Questions at sign-up in the form of their event."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.utils.translation import gettext_lazy as _

from events.formatting.fields import LineField, LinesField
from events.models import Event, Question, Workshop

from . import help_texts
from .part_forms import PartForm
from .translations import TranslatedForm, field_of
from .versions import VersionedFormSet

if TYPE_CHECKING:
    from django.db.models import QuerySet

MAX_CHOICES, MAX_CHOICE = 50, 200
#: A consent needs none, and texts have none.
CHOICES_NEEDED = _("Write at least two choices, each on a line of its own.")
FIXED = _(
    "People have answered this already, so its kind and what it is asked for stay. Add another "
    "question instead."
)


class QuestionForm(TranslatedForm, PartForm):
    class Meta:
        field_classes: ClassVar = {"text": LineField, "help": LineField, "choices": LinesField}
        widgets: ClassVar = {"choices": forms.Textarea({"rows": 4})}
        help_texts: ClassVar = help_texts.OF_QUESTION

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get(DELETION_FIELD_NAME):
            return cleaned
        if "choices" in cleaned and "kind" in cleaned:
            self._clean_choices(cleaned)
        if self.instance.pk is not None and self._is_other_question():
            raise ValidationError(FIXED)
        return cleaned

    def _clean_choices(self, cleaned: dict[str, Any]) -> None:
        """Keep each choice once; a question of another kind has none, in no language."""
        if cleaned["kind"] not in {Question.Kind.ONE, Question.Kind.SEVERAL}:
            for name in ("choices", *(field_of("choices", code) for code in self.languages)):
                cleaned[name] = ""
            return
        lines = _lines(cleaned["choices"])
        cleaned["choices"] = "\n".join(lines)
        if error := _wrong_choices(lines):
            self.add_error("choices", error)
        for language in self.languages:
            self._clean_translation(cleaned, field_of("choices", language), len(lines))

    def _clean_translation(self, cleaned: dict[str, Any], name: str, wanted: int) -> None:
        lines = _lines(cleaned.get(name) or "")
        cleaned[name] = "\n".join(lines)
        if lines and len(lines) != wanted:
            text = _("Write one line for each choice, in the same order.")
            self.add_error(name, text)

    def _is_other_question(self) -> bool:
        is_changed = not {"kind", "workshop"}.isdisjoint(self.changed_data)
        return is_changed and self.instance.answers.exists()


def _lines(text: str) -> list[str]:
    return [*dict.fromkeys(line.strip() for line in text.splitlines() if line.strip())]


def _wrong_choices(lines: list[str]) -> Any:
    if len(lines) < 2:
        return CHOICES_NEEDED
    if len(lines) > MAX_CHOICES:
        return ValidationError(_("Write at most %(n)d choices."), params={"n": MAX_CHOICES})
    if any(len(line) > MAX_CHOICE for line in lines):
        text = _("Write at most %(n)d letters on each line.")
        return ValidationError(text, params={"n": MAX_CHOICE})
    return None


class QuestionFormSet(VersionedFormSet):
    """Offer the workshops of the event. `copied_from` is the event whose page makes a copy."""

    copied_from: Event | None = None

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        if "workshop" in form.fields:
            shown = self.copied_from or self.instance
            found = Workshop.objects.filter(event=shown.pk) if shown.pk else Workshop.objects.none()
            form.fields["workshop"].queryset = found
            form.fields["workshop"].empty_label = _("the event itself")

    def clean(self) -> None:
        super().clean()
        going = {*self._deleted_workshops()}
        for form in self.forms:
            if not hasattr(form, "cleaned_data"):
                continue
            form.refuse_main_language(self.instance.written_in)
            workshop = form.cleaned_data.get("workshop")
            is_kept = form.has_changed() and not form.cleaned_data.get(DELETION_FIELD_NAME)
            if is_kept and workshop and str(workshop.pk) in going:
                text = _("You delete this workshop on this page. Please choose another one.")
                form.add_error("workshop", text)

    def _deleted_workshops(self) -> Iterator[str]:
        """Yield the ids of the workshops that the same page deletes; they go first."""
        for name in self.data:
            if name.startswith("workshops-") and name.endswith(f"-{DELETION_FIELD_NAME}"):
                yield str(self.data.get(f"{name.removesuffix(DELETION_FIELD_NAME)}id", ""))

    def save_new(self, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002
        """Ask for the workshop of the copy that the page made of the chosen one."""
        chosen = form.instance.workshop
        if chosen is not None and chosen.event_id != self.instance.pk:
            form.instance.workshop = self._copy_of(chosen)
        return super().save_new(form, commit)

    def _copy_of(self, chosen: Workshop) -> Workshop | None:
        """Find it by the address on the page, or by the title of which that is made."""
        made: QuerySet[Workshop] = self.instance.workshops.all()
        for name, value in self.data.items():
            if name.startswith("workshops-") and name.endswith("-id") and value == str(chosen.pk):
                row = name.removesuffix("id")
                slug, title = self.data.get(f"{row}slug"), self.data.get(f"{row}title") or ""
                same = made.filter(slug=slug) if slug else made.filter(title=title.strip())
                return same.first()
        return made.filter(slug=chosen.slug).first()
