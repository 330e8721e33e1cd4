"""The form of a page of the site: its words in all languages, and whether to publish them."""

from types import new_class
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.admin.widgets import AdminTextareaWidget, AdminTextInputWidget
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.formatting import lists
from events.formatting.fields import LineField, LinesField
from events.formatting.markdown import is_too_long_a_page
from events.models import SitePage
from events.models.site_page import OTHER_LANGUAGES
from events.site_pages import open_marks

from .markdown_field import ALLOWED, MarkdownWidget
from .translations import LABELS, field_of
from .versions import VersionedForm

NAMES = ("title", "text")
TOO_LONG = _("The page would become too long. Use smaller tables.")


def field_in(name: str, language: str) -> str:
    """Return the name of a field of the form, like "page_text_ja"."""
    return field_of(f"page_{name}", language)


class SitePageForm(VersionedForm):
    publish = forms.BooleanField(
        label=_("Publish"),
        required=False,
        help_text=_(
            "People see these words from then on, as a new version. The footer of every page links "
            "to it within a minute. Without this they are saved as a draft, and people go on "
            "seeing what was published last."
        ),
    )
    asks_again = forms.BooleanField(
        label=_("Ask again"),
        required=False,
        help_text=_(
            "People who agreed to an earlier version are asked to agree to this one, when they "
            "sign up for something the next time."
        ),
    )

    class Meta:
        field_classes: ClassVar = {"text": LinesField, "title": LineField}
        widgets: ClassVar = {"text": MarkdownWidget, "title": AdminTextInputWidget}
        help_texts: ClassVar = {
            "text": ALLOWED,
            "name": _(
                "imprint, privacy, terms or conduct for the pages with these titles; or another "
                "word, for a page of your own below /pages/."
            ),
            "title": _("Of a page of your own."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        page = kwargs.get("instance")
        if page is not None and page.pk is not None:
            kwargs["initial"] = _stored(page) | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._write(cleaned)
        for name in ("text", *(field_in("text", language) for language in OTHER_LANGUAGES)):
            if is_too_long_a_page(cleaned.get(name) or ""):
                self.add_error(name, TOO_LONG)
        name = cleaned.get("name", self.instance.name)
        if name and name not in SitePage.Name.values and not cleaned.get("title"):
            self.add_error("title", _("A page of your own needs a title."))
        self._check_publishing(cleaned)
        return cleaned

    def _check_publishing(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("asks_again") and not cleaned.get("publish"):
            self.add_error("asks_again", _("Tick “Publish” too: only a new version asks again."))
        page = SitePage(text=cleaned.get("text") or "", translations=self.instance.translations)
        if cleaned.get("publish") and (marks := open_marks(page)):
            words = gettext("Before you publish, write what belongs in place of these: {marks}.")
            self.add_error("publish", ValidationError(words.format(marks=lists.joined(marks))))

    def _write(self, cleaned: dict[str, Any]) -> None:
        """Put the texts in further languages into their column, and nothing where there is none."""
        found: dict[str, dict[str, str]] = {}
        for language in OTHER_LANGUAGES:
            texts = {name: cleaned.get(field_in(name, language)) or "" for name in NAMES}
            if kept := {name: text for name, text in texts.items() if text}:
                found[language] = kept
        self.instance.translations = found


def _stored(page: SitePage) -> dict[str, Any]:
    """Return what the form begins with. The boxes are named, so that the history tells of them."""
    boxes = {"publish": False, "asks_again": False}
    return boxes | {
        field_in(name, language): page.translated(name, language)
        for language in OTHER_LANGUAGES
        for name in NAMES
    }


def _field(name: str, language: str) -> forms.CharField:
    own_name = str(dict(settings.LANGUAGES)[language])
    label: Any = format_lazy(LABELS[f"page_{name}"], language=own_name)
    attributes = {"lang": language}
    limit = getattr(SitePage._meta.get_field(name), "max_length", None)  # noqa: SLF001 - documented
    if name == "title":
        widget: AdminTextInputWidget | AdminTextareaWidget = AdminTextInputWidget(attributes)
        return LineField(label=label, max_length=limit, required=False, widget=widget)
    return LinesField(
        label=label, max_length=limit, required=False, widget=MarkdownWidget(attributes)
    )


FIELDS = {
    field_in(name, language): _field(name, language)
    for language in OTHER_LANGUAGES
    for name in NAMES
}
#: The form with fields for all languages of the site.
SitePageForms: type[SitePageForm] = new_class(
    "SitePageForms", (SitePageForm,), {}, lambda body: body.update(FIELDS)
)
