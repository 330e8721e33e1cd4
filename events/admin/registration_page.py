"""The page of one registration: its story, and a button or link for all that can be done now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from events.desk.answers import answers_at
from events.desk.story import story
from events.models import Registration

from . import shown
from .agreed import lines_of_agreements
from .registration_actions import RegistrationActions
from .registration_blocks import lines_of_blocks
from .registration_ways import ways_of

#: Posted by a button of the page: what follows leads back to it, and not to the list.
BACK = "back"
Status = Registration.Status


@dataclass(frozen=True, slots=True)
class Button:
    """An action of the list, for one registration of which it `fits`."""

    action: str
    label: StrPromise
    fits: Callable[[Registration, datetime], bool]


def _is_coming(one: Registration, _now: datetime) -> bool:
    return one.status == Status.CONFIRMED and one.checked_in_at is None


def _waits(one: Registration, now: datetime) -> bool:
    is_promoted = one.promoted_at is not None
    return one.status == Status.WAITLISTED and not is_promoted and one.may_be_cancelled(now)


BUTTONS = (
    Button("check_in", _("Check in"), _is_coming),
    Button("mark_paid", _("Mark as paid"), lambda one, _now: one.status == Status.AWAITING_PAYMENT),
    Button("promote", _("Let move up before everybody else"), _waits),
    Button("cancel", _("Cancel this registration"), Registration.may_be_cancelled),
)


class RegistrationPage(RegistrationActions):
    change_form_template = "admin/events/registration/change_form.html"

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if one := kwargs.get("obj"):
            now, offered = timezone.now(), self.get_actions(request)
            context |= {
                "story": [(shown.moment(e.at, one.event.zone), e) for e in story(one, now)],
                "blocks": lines_of_blocks(request, one),
                "answers": answers_at(one),
                "agreements": lines_of_agreements(one),
                "buttons": [b for b in BUTTONS if b.action in offered and b.fits(one, now)],
                "ways": ways_of(request, one, now),
                "list_address": reverse("admin:events_registration_changelist"),
                "checkbox_name": ACTION_CHECKBOX_NAME,
                "back_name": BACK,
            }
        return super().render_change_form(request, context, *args, **kwargs)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        """Lead back to the page from which the button was pressed, also from the question."""
        response: HttpResponse | None = super().response_action(request, queryset, *args)
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        if BACK not in request.POST or len(chosen) != 1:
            return response
        if not queryset.filter(pk=chosen[0]).exists():
            return response
        page = reverse("admin:events_registration_change", args=chosen)
        if isinstance(response, TemplateResponse) and response.context_data is not None:
            response.context_data |= {"back": page, "back_name": BACK}
        return redirect(page) if isinstance(response, HttpResponseRedirect) else response
