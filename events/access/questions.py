"""Which questions somebody is asked when they sign up, and which answers will do. Reads only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from django.db.models import Q

from events.models import Answer, Attendee, Bookable, PageVersion, Question, Registration

from .agreements import pages_to_agree_to

AGREED = "yes"  # the answer to a consent
MAX_LINE, MAX_LINES = 300, 4_000
#: Texts by the id of their question. A question without an answer may be left out.
Typed = Mapping[int, Sequence[str]]


class Problem(StrEnum):
    MISSING = "missing"
    UNKNOWN = "unknown"  # no choice of the question
    TOO_LONG = "too-long"


@dataclass(frozen=True, slots=True)
class Asked:
    """The questions for one person at one bookable. `former` has texts of theirs to start from;
    `agreed` are consents to the same words, which count again without being asked. `pages` are the
    pages of the site to agree to.
    """

    questions: tuple[Question, ...] = ()
    former: Typed = field(default_factory=dict)
    agreed: tuple[tuple[Question, Answer], ...] = ()
    pages: tuple[PageVersion, ...] = ()


def questions_of(bookable: Bookable) -> list[Question]:
    q = bookable.event.questions.filter(workshop=bookable.workshop)
    return [_at(question, bookable) for question in q]


def _at(question: Question, bookable: Bookable) -> Question:
    """Share the rows that are read already: a question asks its event for the language."""
    question.event, question.workshop = bookable.event, bookable.workshop
    return question


def read_asked(attendee: Attendee | None, bookable: Bookable, now: datetime) -> Asked:
    """Return what to ask, in one query if there are no questions and two else, and those of
    `pages_to_agree_to`.

    Answered is what a place or spot of theirs here has answers to: not one that lapsed, nor one
    from which they were moved to another workshop.
    """
    found = questions_of(bookable)
    pages = pages_to_agree_to(attendee) if attendee is not None else ()
    if not found or attendee is None or attendee.pk is None:
        return Asked(tuple(found), pages=pages)
    digests = {question.consent_digest for question in found} - {""}
    own = Answer.objects.filter(registration__attendee=attendee)
    about = own.filter(Q(question__in=found) | Q(agreed_digest__in=digests))
    answers = list(about.select_related("registration").order_by("answered_at", "pk"))
    here = (one for one in answers if one.registration.workshop_id == bookable.workshop_id)
    held = {one.question_id for one in here if _is_held(one.registration, now)}
    agreed = {one.agreed_digest: one for one in answers if one.agreed_digest}
    is_open = [question for question in found if question.pk not in held]
    return Asked(
        questions=tuple(q for q in is_open if q.consent_digest not in agreed),
        former=_newest(answers),
        agreed=tuple((q, agreed[q.consent_digest]) for q in is_open if q.consent_digest in agreed),
        pages=pages,
    )


def _is_held(registration: Registration, now: datetime) -> bool:
    return registration.is_active and not registration.has_lapsed(now)


def _newest(answers: Sequence[Answer]) -> Typed:
    """Return the texts of the last registration that answered each question."""
    last = {one.question_id: one.registration_id for one in answers}
    texts: dict[int, list[str]] = {}
    for one in sorted(answers, key=lambda answer: answer.number):
        if last[one.question_id] == one.registration_id:
            texts.setdefault(one.question_id, []).append(one.text)
    return texts


def answers_of(registration: Registration) -> dict[int, list[str]]:
    """Return the texts that the person gave, by question."""
    texts: dict[int, list[str]] = {}
    for answer in registration.answers.order_by("question", "number"):
        texts.setdefault(answer.question_id, []).append(answer.text)
    return texts


def shown_answers(question: Question, texts: Sequence[str]) -> list[str]:
    """Return the texts as somebody reads them: choices in the language of the page."""
    labels = {choice.value: choice.label for choice in question.offered}
    return [labels.get(text, text) for text in texts]


def problems(questions: Sequence[Question], typed: Typed) -> dict[int, Problem]:
    """Return what is wrong with the answers, by question; nothing if they will do."""
    found = {question.pk: _problem(question, typed.get(question.pk, ())) for question in questions}
    return {pk: problem for pk, problem in found.items() if problem is not None}


def _problem(question: Question, texts: Sequence[str]) -> Problem | None:
    if not texts or not any(texts):
        return Problem.MISSING if question.is_required else None
    if question.has_choices:
        return None if {*texts} <= {one.value for one in question.offered} else Problem.UNKNOWN
    if question.is_consent:
        return None if list(texts) == [AGREED] else Problem.UNKNOWN
    longest = MAX_LINE if question.kind == Question.Kind.SHORT else MAX_LINES
    return Problem.TOO_LONG if len(texts[0]) > longest else None


def may_answer(registration: Registration, now: datetime, *, is_missing: bool) -> bool:
    """Answers can be changed until registration closes; missing ones be given until it is over.

    Organizers give places after the close too, and add questions late.
    """
    bookable = registration.bookable
    if not registration.is_active or registration.event.is_cancelled:
        return False
    return now < bookable.registration_ends_at or (is_missing and not bookable.has_ended(now))
