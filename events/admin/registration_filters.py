"""Filters of the list of registrations. The desk links to them, and counts by the same rules."""

from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.access.questions import AGREED
from events.desk import holders
from events.desk.answers import NO_ANSWER, answer_key
from events.models import Answer, Event, Question, Registration
from events.models.attendance import came

from .initial import MAX_ID_DIGITS
from .state_filter import StateFilter

if TYPE_CHECKING:
    from django.contrib.auth.models import User


#: So many events or workshops stand beside a list.
MOST_CHOICES = 200


class OwnFilter(admin.RelatedOnlyFieldListFilter):
    """Filter by the events (or workshops) of own rows, also if there is only one.

    With one choice Django's filter does nothing, so the link from an event without registrations
    would list the people of another event. It offers the newest only, because a big site has
    thousands; a link may choose any other.
    """

    def has_output(self) -> bool:
        return True

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Any:
        own = model_admin.get_queryset(request).exclude(**{field.name: None}).order_by()
        newest = own.values_list(field.attname, flat=True).distinct().order_by(f"-{field.attname}")
        return field.get_choices(
            include_blank=False,
            limit_choices_to={"pk__in": newest[:MOST_CHOICES]},
            ordering=self.field_admin_ordering(field, request, model_admin),
        )


class NeedFilter(StateFilter):
    title = _("what to look at")
    parameter_name = "need"
    states: ClassVar[dict[str, Any]] = {
        "refused": (
            _("May not have their place any more"),
            lambda: holders.ineligible(timezone.now()),
        ),
        "clash": (_("Two workshops at once"), lambda: holders.clashing(timezone.now())),
        "pay": (_("Have to pay within a day"), lambda: holders.pays_within_a_day(timezone.now())),
    }


class MailFilter(StateFilter):
    title = _("mail")
    parameter_name = "mail"
    states: ClassVar[dict[str, Any]] = {
        "unreachable": (
            _("No message reaches them"),
            lambda: holders.unreachable(timezone.now()),
        ),
        "dead": (_("A message was not delivered"), lambda: holders.undelivered(timezone.now())),
    }


class CameFilter(StateFilter):
    title = _("checked in")
    parameter_name = "came"
    states: ClassVar[dict[str, Any]] = {
        "yes": (_("Yes"), came()),
        "no": (_("No"), ~came()),
    }


class AnswerFilter(admin.SimpleListFilter):
    """Filter the list of one event by what people chose, or did not answer."""

    title = _("answer")
    parameter_name = "answer"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = []
        for question in _questions(request):
            values = [(one.value, str(one.label)) for one in question.offered]
            values += [(AGREED, gettext("agreed"))] if question.is_consent else []
            values.append((NO_ANSWER, gettext("not answered")))
            found += [(answer_key(question, value), f"{question}: {say}") for value, say in values]
        return found

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or ""
        if "\0" in value:
            return queryset.none()
        now = timezone.now()
        lapsed = Q(status=Registration.Status.AWAITING_PAYMENT, hold_until__lte=now)
        there = queryset.filter(status__in=Registration.ACTIVE).exclude(lapsed)
        for question in _questions(request) if value else ():
            own = Answer.objects.filter(registration=OuterRef("pk"), question=question)
            if value == answer_key(question, NO_ANSWER):
                return there.filter(~Exists(own), workshop=question.workshop)
            pk, _colon, text = value.partition(":")
            if pk == str(question.pk):
                return there.filter(Exists(own.filter(text=text)), workshop=question.workshop)
        return queryset


def _questions(request: HttpRequest) -> list[Question]:
    """Return the questions of the event whose list is shown, if it is the organizer's own."""
    pk = request.GET.get("event__id__exact", "")
    if not (pk.isascii() and pk.isdigit() and len(pk) <= MAX_ID_DIGITS):
        return []
    own = Event.objects.organized_by(cast("User", request.user)).filter(pk=pk)
    return list(Question.objects.filter(event__in=own).select_related("event", "workshop"))
