"""Answers to the questions at sign-up, and agreements: written with the place, or not at all."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from django.utils import timezone

from events.access.questions import (
    Asked,
    Problem,
    Typed,
    answers_of,
    may_answer,
    problems,
    questions_of,
    read_asked,
)
from events.access.refusals import TooLate
from events.models import (
    Agreement,
    Answer,
    Attendee,
    Bookable,
    PageVersion,
    Question,
    Registration,
)
from events.models.texts import language_around

from .lock import current, lock_person, locked_event


class AnswersNeeded(Exception):
    """The person has to answer first, or otherwise; nothing was done."""

    def __init__(self, asked: Asked, found: dict[int, Problem]) -> None:
        super().__init__(f"{len(asked.questions)} questions")
        self.asked, self.problems = asked, found


class Sent(TypedDict, total=False):
    """Fields that came with the button: answers, None if nothing was asked yet; ids of versions of
    pages that the person agreed to; and the language of the page on which all of it was asked.
    """

    answers: Typed | None
    agreed: Collection[int]
    read_in: str


@dataclass(frozen=True, slots=True)
class Given:
    """Rows to write with a new place: answers, and pages of the site that the person agreed to.

    `read_in` is the language of the page on which all of it was asked.
    """

    answers: Sequence[Answer]
    pages: Sequence[PageVersion]
    read_in: str


def answers_for(
    attendee: Attendee,
    bookable: Bookable,
    typed: Typed | None,
    agreed: Collection[int],
    read_in: str,
    now: datetime,
) -> Given:
    """Return what to write with a new place. `typed` is None if the person was not asked yet.

    `agreed` are ids of versions of pages; `read_in` is the language of the page that asked, or ""
    for the one around: somebody may have chosen another one since, in another tab. The caller holds
    the lock of the event, so that no question is deleted meanwhile. Raises `AnswersNeeded` if
    somebody has to be asked or to agree, or if an answer will not do.
    """
    asked = read_asked(attendee, bookable, now)
    found = problems(asked.questions, typed or {})
    is_agreed = {page.pk for page in asked.pages} <= {*agreed}
    if found or (asked.questions and typed is None) or not is_agreed:
        raise AnswersNeeded(asked, found)
    again = [_again(question, before) for question, before in asked.agreed]
    language = read_in or language_around()
    rows = _rows(asked.questions, typed or {}, language, now)
    return Given([*rows, *again], asked.pages, language)


def write_given(registration: Registration, given: Given, now: datetime) -> None:
    _write(registration, given.answers)
    agreements = [
        Agreement(
            attendee_id=registration.attendee_id,
            version=page,
            registration=registration,
            language=page.language_on(given.read_in),
            agreed_at=now,
        )
        for page in given.pages
    ]
    if agreements:
        Agreement.objects.bulk_create(agreements)


def _write(registration: Registration, answers: Iterable[Answer]) -> None:
    rows = list(answers)
    for row in rows:
        row.registration = registration
    if rows:
        Answer.objects.bulk_create(rows)


def change_answers(*, registration: Registration, typed: Typed, read_in: str = "") -> None:
    """Replace the person's answers by these, as far as they differ; `read_in` as `answers_for`.

    Raises `TooLate` if they cannot be changed any more, and `AnswersNeeded` as `answers_for`.
    """
    with locked_event(registration.event_id) as event:
        lock_person(registration.attendee.user)
        own = current(registration, event)
        own.event = event
        now, questions = timezone.now(), questions_of(own.bookable)
        before = answers_of(own)
        open_ones = [q for q in questions if may_answer(own, now, is_missing=q.pk not in before)]
        if not open_ones or own.attendee.erased_at is not None:
            raise TooLate
        if found := problems(open_ones, typed):
            raise AnswersNeeded(Asked(tuple(open_ones), before), found)
        changed = [q for q in open_ones if [*typed.get(q.pk, ())] != before.get(q.pk, [])]
        own.answers.filter(question__in=changed).delete()
        _take_back(own.attendee, [q for q in changed if q.is_consent and not typed.get(q.pk)])
        _write(own, _rows(changed, typed, read_in or language_around(), now))


def _take_back(attendee: Attendee, consents: Iterable[Question]) -> None:
    """Let a consent that was taken back count for nothing that follows: it is asked for again."""
    own = Answer.objects.filter(registration__attendee=attendee)
    own.filter(agreed_digest__in=[one.consent_digest for one in consents]).update(agreed_digest="")


def forget_answers(*, attendee: Attendee) -> None:
    """Delete all that this person answered and agreed to: they are erased."""
    Answer.objects.filter(registration__attendee=attendee).delete()
    attendee.agreements.all().delete()


def _rows(
    questions: Sequence[Question], typed: Typed, language: str, now: datetime
) -> Iterator[Answer]:
    for question in questions:
        texts = [text for text in typed.get(question.pk, ()) if text]
        for number, text in enumerate(texts):
            yield Answer(
                question=question,
                number=number,
                text=text,
                asked=question.text_in("text", language),
                agreed_digest=question.consent_digest,
                answered_at=now,
            )


def _again(question: Question, before: Answer) -> Answer:
    """Carry a consent along: it was given to these words, at that time."""
    return Answer(
        question=question,
        text=before.text,
        asked=before.asked,
        agreed_digest=before.agreed_digest,
        answered_at=before.answered_at,
    )
