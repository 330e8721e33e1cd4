"""Ask what organizers want to know, before a place is taken."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from events.access.questions import read_asked
from events.access.viewers import viewer_of
from events.http.requests import SignedInRequest
from events.models import Bookable
from events.places import AnswersNeeded, Sent

from .answer_form import SENT, AnswersForm


class NotAnswered(Exception):
    """The page of the questions has to be shown, with this form."""

    def __init__(self, form: AnswersForm, status: HTTPStatus) -> None:
        super().__init__(str(status))
        self.form, self.status = form, status


def typed_answers(request: SignedInRequest, bookable: Bookable) -> Sent:
    """Return what was answered and agreed to; no answers if nothing was asked yet.

    Raises `NotAnswered`.
    """
    if SENT not in request.POST:
        return {"answers": None, "agreed": ()}
    form = AnswersForm(read_asked(viewer_of(request.user), bookable, timezone.now()), request.POST)
    if not form.is_valid():
        raise NotAnswered(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return {"answers": form.answers, "agreed": form.agreed, "read_in": form.read_in}


def ask(request: HttpRequest, needed: AnswersNeeded) -> NotAnswered:
    """Return the form of what is needed: empty at first, with what is wrong in it else."""
    if SENT not in request.POST:
        return NotAnswered(AnswersForm(needed.asked), HTTPStatus.OK)
    form = AnswersForm(needed.asked, request.POST)
    form.complain(needed.problems)
    return NotAnswered(form, HTTPStatus.UNPROCESSABLE_ENTITY)


def question_page(request: HttpRequest, bookable: Bookable, found: NotAnswered) -> HttpResponse:
    """Show the questions. They are sent to the address that has asked, with what was sent to it."""
    context = {
        "bookable": bookable,
        "event": bookable.event,
        "form": found.form,
        "address": request.path,
        "leaving": request.POST.getlist("leaving"),
        "viewer": viewer_of(request.user),
    }
    return render(request, "events/questions.html", context, status=found.status)
