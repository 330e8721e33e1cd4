"""The page of answers: what people chose, and what they wrote."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from events.admin import shown
from events.desk.answers import answers_to, questions_in_order, tallies
from events.models import Answer, Event, Question

ROWS_PER_PAGE = 100


@require_safe
def answers_page(request: HttpRequest, event: Event, frame: dict[str, Any]) -> HttpResponse:
    """Show all questions with their numbers; with `question` in the address, its answers."""
    wanted = request.GET.get("question")
    if wanted is None:
        context = frame | {"title": _("Answers"), "tallies": tallies(event, timezone.now())}
        return TemplateResponse(request, "admin/events/event/answers.html", context)
    question = next((q for q in questions_in_order(event) if str(q.pk) == wanted), None)
    if question is None:
        raise Http404
    context = frame | _context(question, request.GET.get("page"))
    return TemplateResponse(request, "admin/events/event/answers_to.html", context)


def _context(question: Question, number: str | None) -> dict[str, Any]:
    page = Paginator(answers_to(question, timezone.now()), ROWS_PER_PAGE).get_page(number)
    return {
        "title": _("Answers"),
        "question": question,
        "page": page,
        "rows": [_row(answer, question) for answer in page],
    }


def _row(answer: Answer, question: Question) -> dict[str, Any]:
    return {
        "person": shown.person(answer.registration.attendee),
        "registration": answer.registration,
        "text": answer.text,
        "when": shown.moment(answer.answered_at, question.event.zone),
        "asked": answer.asked if answer.asked != question.text else "",
    }
