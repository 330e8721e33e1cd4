"""Count the answers to questions at sign-up, and list them. Places that ended do not count."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from events.access.questions import AGREED, questions_of
from events.models import Answer, Event, Question, Registration
from events.models.registration import RegistrationQuerySet

#: Instead of a text, in the address of a list: they have not answered.
NO_ANSWER = "-"


def answer_key(question: Question, text: str) -> str:
    """Return how the address of the list of registrations names an answer."""
    return f"{question.pk}{text}" if text == NO_ANSWER else f"{question.pk}:{text}"


@dataclass(frozen=True, slots=True)
class Line:
    """A choice, how many people have made it, and the address of their list."""

    text: str
    people: int
    address: str


@dataclass(frozen=True, slots=True)
class Tally:
    """One question: `answered` people of `people` who signed up. Texts have no `lines`."""

    question: Question
    people: int
    answered: int
    lines: list[Line]

    @property
    def missing(self) -> Line:
        return _line(self.question, NO_ANSWER, self.people - self.answered)


def tallies(event: Event, now: datetime) -> list[Tally]:
    """Count in three statements, however many questions and people there are."""
    questions = questions_in_order(event)
    if not questions:
        return []
    people = dict(_active(event, now).order_by().values_list("workshop").annotate(Count("pk")))
    texts: dict[int, dict[str, int]] = defaultdict(dict)
    chosen = _answers(event, now).filter(question__kind__in=["one", "several", "consent"])
    for pk, text, count in _counted(chosen, "question", "text"):
        texts[pk][text] = count
    answered: dict[int, int] = dict(_counted(_answers(event, now), "question"))
    return [
        Tally(
            question=question,
            people=people.get(question.workshop_id, 0),
            answered=answered.get(question.pk, 0),
            lines=_lines(question, texts[question.pk]),
        )
        for question in questions
    ]


def questions_in_order(event: Event) -> list[Question]:
    """Return those of the event first, then those of its workshops."""
    found = list(event.questions.select_related("workshop"))
    for question in found:
        question.event = event
    return sorted(found, key=lambda one: (one.workshop_id is not None, one.workshop_id or 0))


def answers_to(question: Question, now: datetime) -> QuerySet[Answer]:
    """Return the answers with their people, the oldest first."""
    q = _answers(question.event, now).filter(question=question)
    return q.select_related("registration__attendee__user").order_by("answered_at", "pk")


def answers_at(registration: Registration) -> list[tuple[Question, list[Answer]]]:
    """Return the questions of the place, and what its person answered; questions of a workshop that
    they had before stand last.
    """
    given: dict[Question, list[Answer]] = {q: [] for q in questions_of(registration.bookable)}
    for answer in registration.answers.select_related("question").order_by("question", "number"):
        given.setdefault(answer.question, []).append(answer)
    return list(given.items())


def _active(event: Event, now: datetime) -> RegistrationQuerySet:
    return event.registrations.active().not_lapsed(now)


def _answers(event: Event, now: datetime) -> QuerySet[Answer]:
    """Leave out what somebody answered for a workshop from which they were moved."""
    here = Q(question__workshop=F("registration__workshop"))
    here |= Q(question__workshop=None, registration__workshop=None)
    return Answer.objects.filter(here, registration__in=_active(event, now))


def _counted(answers: QuerySet[Answer], *names: str) -> QuerySet[Answer, Any]:
    people = Count("registration", distinct=True)
    return answers.order_by().values_list(*names).annotate(people=people)


def _lines(question: Question, counts: dict[str, int]) -> list[Line]:
    """Return a line for each choice, and for each that was taken away after people chose it."""
    offered = [AGREED] if question.is_consent else [one.value for one in question.offered]
    gone = [text for text in counts if text not in offered]
    return [_line(question, text, counts.get(text, 0)) for text in [*offered, *gone]]


def _line(question: Question, text: str, people: int) -> Line:
    query = {"event__id__exact": question.event_id, "answer": answer_key(question, text)}
    address = reverse("admin:events_registration_changelist")
    return Line(text, people, f"{address}?{urlencode(query)}")
