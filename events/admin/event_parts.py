"""Workshops, perks and questions in the form of their event."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin import options
from django.db import models
from django.http import HttpRequest

from events.models import Event, PatronPerk, Question, Workshop

from . import layout
from .error_words import OF_NUMBER
from .initial import MAX_ID_DIGITS
from .length import SAVE_AS_NEW, LengthShown
from .part_forms import PartForm, PerkForm, WorkshopForm, WorkshopFormSet
from .price_field import MAX_INTEGER
from .price_forms import PerkFormSet
from .question_forms import QuestionForm, QuestionFormSet
from .time_field import EventTimeField
from .translations import OF_QUESTION, OF_WORKSHOP, fieldsets_of, languages_of, translated
from .versioned_admin import with_version
from .versions import VersionedFormSet

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FORMFIELDS: dict[Any, Any] = {
    models.IntegerField: {"max_value": MAX_INTEGER, "error_messages": OF_NUMBER},
    models.DateTimeField: {"form_class": EventTimeField},
}


class PartInline(options.InlineModelAdmin[Any, Event]):
    """Base of the inlines. Twice 40 rows keep the form under DATA_UPLOAD_MAX_NUMBER_FIELDS, and
    `absolute_max` stops a forged TOTAL_FORMS.
    """

    form = PartForm
    formset = VersionedFormSet
    formfield_overrides = FORMFIELDS
    extra = 0
    max_num = 40

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        made = super().get_formset(request, obj, absolute_max=self.max_num, **kwargs)
        formset = cast("type[VersionedFormSet]", made)
        formset.is_editable = self.has_change_permission(request, obj)
        return formset

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Carry the version of each row, unless the rows are only shown."""
        fieldsets = super().get_fieldsets(request, obj)
        may_change = self.has_change_permission(request, obj)
        return with_version(fieldsets) if may_change else fieldsets


class WorkshopInline(PartInline, LengthShown, admin.StackedInline[Workshop, Event]):
    model = Workshop
    form = WorkshopForm
    formset = WorkshopFormSet
    view_on_site = False
    fieldsets = layout.OF_WORKSHOP

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = translated(WorkshopForm, OF_WORKSHOP, languages_of(request, obj))
        return super().get_formset(request, obj, **kwargs, form=form)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, *fieldsets_of(OF_WORKSHOP, languages_of(request, obj))]


class PerkInline(PartInline, admin.StackedInline[PatronPerk, Event]):
    model = PatronPerk
    form = PerkForm
    fields = [("min_cents", "early_hours", "discount_percent", "label")]
    formset = PerkFormSet


class QuestionInline(PartInline, admin.StackedInline[Question, Event]):
    """Twenty of them keep the form under the limit of fields, see `PartInline`."""

    model = Question
    form = QuestionForm
    formset = QuestionFormSet
    fieldsets = layout.OF_QUESTION
    max_num = 20

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        form = translated(QuestionForm, OF_QUESTION, languages_of(request, obj))
        formset = super().get_formset(request, obj, **kwargs, form=form)
        formset.copied_from = _copied(request)
        return formset

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if not self.has_change_permission(request, obj):
            return fieldsets
        return [*fieldsets, *fieldsets_of(OF_QUESTION, languages_of(request, obj))]


def _copied(request: HttpRequest) -> Event | None:
    """Return the event of the page if it is saved as a new one, and is the organizer's own."""
    match = request.resolver_match
    if SAVE_AS_NEW not in request.POST or match is None:
        return None
    pk = str(match.kwargs.get("object_id", ""))
    if not (pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS):
        return None
    return Event.objects.organized_by(cast("User", request.user)).filter(pk=pk).first()
