"""Change what one answered, until registration closes."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from events import places
from events.access.questions import Asked, answers_of, may_answer, questions_of
from events.access.refusals import TooLate
from events.http.errors import conflict
from events.http.requests import SignedInRequest
from events.models import Registration
from events.places import AnswersNeeded

from .addresses import missing_is_404
from .answer_form import AnswersForm
from .questions import NotAnswered, ask
from .registrations import own_or_404


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@missing_is_404
def change_answers(request: SignedInRequest, code: UUID) -> HttpResponse:
    """Change one's answers, as long as that is possible."""
    registration = own_or_404(request, code)
    asked = _open_questions(registration)
    if not asked.questions:
        return _too_late(request) if request.method == "POST" else redirect("events:place", code)
    if request.method != "POST":
        return _edit_page(request, registration, NotAnswered(AnswersForm(asked), HTTPStatus.OK))
    form = AnswersForm(asked, request.POST)
    try:
        if not form.is_valid():
            raise NotAnswered(form, HTTPStatus.UNPROCESSABLE_ENTITY)
        places.change_answers(registration=registration, typed=form.answers, read_in=form.read_in)
    except NotAnswered as found:
        return _edit_page(request, registration, found)
    except AnswersNeeded as needed:
        return _edit_page(request, registration, ask(request, needed))
    except TooLate:
        return _too_late(request)
    messages.success(request, gettext("Your answers are saved."))
    return redirect("events:place", code)


def _open_questions(registration: Registration) -> Asked:
    now, before = timezone.now(), answers_of(registration)
    questions = questions_of(registration.bookable)
    is_open = [q for q in questions if may_answer(registration, now, is_missing=q.pk not in before)]
    return Asked(tuple(is_open), before)


def _too_late(request: HttpRequest) -> HttpResponse:
    text = gettext("Your answers cannot be changed any more.")
    return conflict(request, text)


def _edit_page(
    request: HttpRequest, registration: Registration, found: NotAnswered
) -> HttpResponse:
    context = {
        "registration": registration,
        "bookable": registration.bookable,
        "event": registration.event,
        "form": found.form,
        "viewer": registration.attendee,
    }
    return render(request, "events/answers.html", context, status=found.status)
