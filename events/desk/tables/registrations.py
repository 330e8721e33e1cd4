"""Every place and every spot on a waitlist of an event, also those that have ended."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from events.models import Answer, Event, Question, Registration
from events.models.attendee import name_of

from .table import ROWS_IN_MEMORY, Column, Money, Row, Table, batched, plain

NAMES = ("attendee__display_name", "attendee__neos_username", "attendee__user__username")
QUESTION = "question_"  # begins the name of a column of answers
TITLES = ("workshop__title", "event__title")

#: Of what somebody pledges on Patreon, only the perk that it gave them.
COLUMNS = (
    Column("registration", _("registration code"), ("code",), lambda row: str(row["code"])),
    Column("name", _("attendee"), NAMES, lambda row: name_of(*(row[name] for name in NAMES))),
    plain("neos_id", _("Neos id"), "attendee__neos_id"),
    plain("neos_name", _("Neos name"), "attendee__neos_username"),
    Column(
        "for",
        _("event or workshop"),
        TITLES,
        lambda row: row["workshop__title"] or row["event__title"],
    ),
    plain("status", _("status"), "status"),
    Column(
        *("amount", _("amount"), ("amount", "currency")),
        lambda row: Money(row["amount"], row["currency"]),
    ),
    plain("currency", _("currency"), "currency"),
    plain("perk", _("perk"), "perk_label"),
    plain("registered", _("registered"), "created_at"),
    plain("waitlisted", _("on the waitlist since"), "waitlisted_at"),
    plain("draw_number", _("number in the draw"), "draw_rank"),
    plain("promoted", _("promoted"), "promoted_at"),
    plain("taken", _("place taken"), "taken_at"),
    plain("held_until", _("place held until"), "hold_until"),
    plain("confirmed", _("confirmed"), "confirmed_at"),
    plain("refund_until", _("refund until"), "refund_until"),
    plain("checked_in", _("checked in"), "checked_in_at"),
    plain("checked_in_by", _("checked in by"), "checked_in_by__username"),
    plain("left", pgettext_lazy("time", "went out"), "left_at"),
    plain("ended", _("ended"), "ended_at"),
)


ANSWERS = "answers"  # a source that is no field: texts by question


def read(event: Event, sources: Sequence[str]) -> Iterable[Row]:
    q = Registration.objects.filter(event=event).order_by("created_at", "pk")
    if ANSWERS not in sources:
        rows: Iterable[Row] = q.values(*sources).iterator(ROWS_IN_MEMORY)
        return rows
    fields = {*sources, "pk"} - {ANSWERS}
    return _with_answers(q.values(*fields).iterator(ROWS_IN_MEMORY))


def _with_answers(rows: Iterable[Row]) -> Iterator[Row]:
    """Read the answers of a batch of rows at a time."""
    for batch in batched(rows, ROWS_IN_MEMORY):
        pks = [row["pk"] for row in batch]
        texts: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
        answers = Answer.objects.filter(registration__in=pks).order_by("number")
        for pk, question, text in answers.values_list("registration", "question", "text"):
            texts[pk][question].append(text)
        yield from (row | {ANSWERS: texts[row["pk"]]} for row in batch)


def columns_of_questions(event: Event) -> tuple[Column, ...]:
    return tuple(map(_column, event.questions.select_related("workshop")))


def _column(question: Question) -> Column:
    def cell(row: Row) -> str:
        return "; ".join(row[ANSWERS].get(question.pk, ()))

    name, text = f"{QUESTION}{question.pk}", question.text
    return Column(name, text, (ANSWERS,), cell, head=text, is_remembered=False)


REGISTRATIONS = Table(
    "registrations",
    _("Registrations"),
    "events.view_registration",
    COLUMNS,
    read,
    columns_of_questions,
)
