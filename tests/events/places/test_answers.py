"""Questions at sign-up: answered before there is a place, carried along, changed, forgotten."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone
from time_machine import Traveller

from events import places
from events.access.questions import Problem, read_asked
from events.access.refusals import PlaceRefused, TooLate
from events.accounts import closing
from events.models import Answer, Attendee, Event, Notification, Question, Registration
from events.places import Act, AnswersNeeded
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_question,
    make_workshop,
    statuses,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Kind = Question.Kind
RECORDING = "I agree that the session is recorded."


@pytest.fixture
def ada() -> Attendee:
    return make_attendee()


def sign_up(person: Attendee, bookable: object, **answers: Sequence[str]) -> Registration:
    """Answer by the letter of each question: `a` is the first that was made."""
    questions = Question.objects.order_by("pk")
    typed = {questions[ord(letter) - ord("a")].pk: text for letter, text in answers.items()}
    return places.register(user=person.user, bookable=bookable, answers=typed)  # type: ignore[arg-type]


def texts(registration: Registration) -> list[str]:
    q = registration.answers.order_by("question", "number")
    return list(q.values_list("text", flat=True))


def needed(person: Attendee, bookable: object, **answers: Sequence[str]) -> dict[str, str]:
    """Return what is wrong with the answers, by question."""
    with pytest.raises(AnswersNeeded) as caught:
        sign_up(person, bookable, **answers)
    asked = {question.pk: question.text for question in caught.value.asked.questions}
    return {asked[pk]: problem.value for pk, problem in caught.value.problems.items()}


# --- Before there is a place ----------------------------------------------------------------------


def test_nobody_has_a_place_before_the_questions_were_shown(ada: Attendee) -> None:
    """Also if all of them may be left open."""
    event = make_event()
    make_question(event, text="Colour?")
    with pytest.raises(AnswersNeeded) as caught:
        places.register(user=ada.user, bookable=event)

    assert [question.text for question in caught.value.asked.questions] == ["Colour?"]
    assert (caught.value.problems, statuses(event)) == ({}, [])


def test_answers_are_written_with_the_place_and_the_words_of_the_question(ada: Attendee) -> None:
    event = make_event()
    make_question(event, text="Colour?")
    registration = sign_up(ada, event, a=["green"])

    assert registration.status == "confirmed"
    assert list(Answer.objects.values_list("text", "asked", "answered_at")) == [
        ("green", "Colour?", NOON)
    ]


def test_open_answers_are_no_rows(ada: Attendee) -> None:
    event = make_event()
    make_question(event)
    assert texts(sign_up(ada, event)) == []
    assert statuses(event) == ["confirmed"]


@pytest.mark.parametrize(
    ("fields", "typed", "problem"),
    [
        ({"kind": Kind.SHORT}, [], Problem.MISSING),
        ({"kind": Kind.SHORT}, [""], Problem.MISSING),
        ({"kind": Kind.LONG}, [""], Problem.MISSING),
        ({"kind": Kind.ONE, "choices": "red\nblue"}, [], Problem.MISSING),
        ({"kind": Kind.ONE, "choices": "red\nblue"}, ["green"], Problem.UNKNOWN),
        ({"kind": Kind.SEVERAL, "choices": "red\nblue"}, ["red", "green"], Problem.UNKNOWN),
        ({"kind": Kind.CONSENT}, [], Problem.MISSING),
        ({"kind": Kind.CONSENT}, ["no"], Problem.UNKNOWN),
        ({"kind": Kind.SHORT}, ["x" * 301], Problem.TOO_LONG),
        ({"kind": Kind.LONG}, ["x" * 4_001], Problem.TOO_LONG),
    ],
)
def test_answers_that_will_not_do_take_no_place(
    ada: Attendee, fields: dict[str, str], typed: list[str], problem: Problem
) -> None:
    event = make_event()
    make_question(event, text="Q", is_required=True, **fields)
    assert needed(ada, event, a=typed) == {"Q": problem}
    assert (statuses(event), Answer.objects.count()) == ([], 0)


def test_choices_are_a_row_each_in_their_order(ada: Attendee) -> None:
    event = make_event()
    make_question(event, kind=Kind.SEVERAL, choices="red\nblue\ngreen", is_required=True)
    assert texts(sign_up(ada, event, a=["blue", "red"])) == ["blue", "red"]


def test_workshops_ask_their_own_questions(ada: Attendee) -> None:
    event = make_event()
    workshop = make_workshop(event)
    make_question(event, text="At the event?", is_required=True)
    make_question(event, text="At the workshop?", is_required=True, workshop=workshop)
    assert needed(ada, event, b=["x"]) == {"At the event?": "missing"}
    sign_up(ada, event, a=["x"])
    assert needed(ada, workshop, a=["x"]) == {"At the workshop?": "missing"}
    assert texts(sign_up(ada, workshop, b=["y"])) == ["y"]


def test_refusals_come_before_questions(ada: Attendee) -> None:
    """Nobody fills in a form in vain."""
    event = make_event(capacity=0, has_waitlist=False)
    make_question(event, is_required=True)
    with pytest.raises(PlaceRefused):
        places.register(user=ada.user, bookable=event)


def test_who_has_a_place_is_not_asked_by_a_second_call(ada: Attendee) -> None:
    event = make_event()
    make_question(event, is_required=True)
    first = sign_up(ada, event, a=["x"])
    assert places.register(user=ada.user, bookable=event) == first
    assert texts(first) == ["x"]


def test_question_added_meanwhile_is_asked_before_there_is_a_place(ada: Attendee) -> None:
    event = make_event()
    make_question(event, text="Old?", is_required=True)
    make_question(event, text="New?", is_required=True)
    assert needed(ada, event, a=["x"]) == {"New?": "missing"}


def test_waitlist_carries_the_answers_to_the_place(ada: Attendee) -> None:
    event = make_event(capacity=1)
    first = places.register(user=make_attendee().user, bookable=event)
    make_question(event, is_required=True)
    waiting = sign_up(ada, event, a=["x"])
    assert waiting.status == "waitlisted"
    places.cancel(registration=first, in_full=False)
    waiting.refresh_from_db()
    assert (waiting.status, texts(waiting)) == ("confirmed", ["x"])


def test_leaving_waitlists_waits_for_the_answers(ada: Attendee) -> None:
    """The spot in the way is kept until the place is taken."""
    event = make_event()
    full, free = make_workshop(event, capacity=0), make_workshop(event)
    places.register(user=ada.user, bookable=event)
    spot = places.register(user=ada.user, bookable=full)
    question = make_question(event, workshop=free, is_required=True)
    with pytest.raises(AnswersNeeded):
        places.swap(user=ada.user, bookable=free, leaving=[spot])
    spot.refresh_from_db()
    assert spot.status == "waitlisted"

    typed = {question.pk: ["x"]}
    taken = places.swap(user=ada.user, bookable=free, leaving=[spot], answers=typed)
    assert (taken.status, texts(taken)) == ("confirmed", ["x"])


def test_invitation_asks_and_is_not_used_up_by_asking(ada: Attendee) -> None:
    event, organizer = make_event(capacity=0), make_organizer()
    question = make_question(event, is_required=True)
    until = NOON + timedelta(days=1)
    link, _token = places.invite(bookable=event, by=organizer, because="friend", until=until)
    with pytest.raises(AnswersNeeded):
        places.take_invited(invitation=link, attendee=ada)
    taken = places.take_invited(invitation=link, attendee=ada, answers={question.pk: ["x"]})
    assert (taken.status, texts(taken)) == ("confirmed", ["x"])


def test_invitation_of_somebody_who_waits_asks_nothing_again(ada: Attendee) -> None:
    event, organizer = make_event(capacity=0), make_organizer()
    make_question(event, is_required=True)
    waiting = sign_up(ada, event, a=["x"])
    until = NOON + timedelta(days=1)
    link, _token = places.invite(bookable=event, by=organizer, because="friend", until=until)
    assert places.take_invited(invitation=link, attendee=ada) == waiting
    assert texts(waiting) == ["x"]


def test_place_given_by_hand_has_open_questions(ada: Attendee) -> None:
    event = make_event()
    make_question(event, is_required=True)
    act = Act(make_organizer(), "friend")
    assert texts(places.let_in(attendee=ada, bookable=event, act=act)) == []


# --- Consent --------------------------------------------------------------------------------------


def consent(event: Event, **fields: object) -> Question:
    return make_question(event, kind=Kind.CONSENT, is_required=True, text=RECORDING, **fields)


def test_same_consent_is_not_asked_again_and_keeps_its_time(
    ada: Attendee, clock: Traveller
) -> None:
    first, second = make_event(), make_event()
    consent(first)
    sign_up(ada, first, a=["yes"])
    clock.shift(timedelta(hours=3))
    consent(second)
    again = places.register(user=ada.user, bookable=second)

    assert [(one.text, one.asked, one.answered_at) for one in again.answers.all()] == [
        ("yes", RECORDING, NOON)
    ]


@pytest.mark.parametrize("fields", [{"text": f"{RECORDING} And sold."}, {"help": "Also sold."}])
def test_other_words_are_asked(ada: Attendee, fields: dict[str, str]) -> None:
    first, second = make_event(), make_event()
    consent(first)
    sign_up(ada, first, a=["yes"])
    make_question(second, **{"kind": Kind.CONSENT, "is_required": True, "text": RECORDING} | fields)
    with pytest.raises(AnswersNeeded):
        places.register(user=ada.user, bookable=second)


def test_consent_of_somebody_else_counts_for_nobody(ada: Attendee) -> None:
    first, second = make_event(), make_event()
    consent(first)
    sign_up(make_attendee(), first, a=["yes"])
    consent(second)
    with pytest.raises(AnswersNeeded):
        places.register(user=ada.user, bookable=second)


def test_consent_that_was_taken_back_is_asked_again(ada: Attendee) -> None:
    first, second = make_event(), make_event()
    make_question(first, kind=Kind.CONSENT, text=RECORDING)
    held = sign_up(ada, first, a=["yes"])
    places.change_answers(registration=held, typed={})
    make_question(second, kind=Kind.CONSENT, text=RECORDING)
    with pytest.raises(AnswersNeeded):
        places.register(user=ada.user, bookable=second)


def test_consent_that_was_carried_along_and_taken_back_is_asked_again(ada: Attendee) -> None:
    first, second, third = make_event(), make_event(), make_event()
    consents = [
        make_question(event, kind=Kind.CONSENT, text=RECORDING) for event in (first, second, third)
    ]
    sign_up(ada, first, a=["yes"])
    held = places.register(user=ada.user, bookable=second)
    assert texts(held) == ["yes"]
    places.change_answers(registration=held, typed={})
    with pytest.raises(AnswersNeeded) as caught:
        places.register(user=ada.user, bookable=third)
    assert list(caught.value.asked.questions) == consents[2:]


def test_place_at_a_workshop_from_which_one_was_moved_is_asked_about(ada: Attendee) -> None:
    """The row of the move keeps its answers, and answers nothing for a new place there."""
    event = make_event()
    fog = make_workshop(event)
    mist = make_workshop(event, starts_at=event.starts_at + timedelta(hours=1))
    make_question(event, workshop=fog, text="Why?", is_required=True)
    places.register(user=ada.user, bookable=event)
    held = sign_up(ada, fog, a=["x"])
    places.move(registration=held, to=mist, act=Act(make_organizer(), "full"))
    assert needed(ada, fog, a=[]) == {"Why?": "missing"}
    again = sign_up(ada, fog, a=["y"])
    assert texts(again) == ["y"]


def test_lapsed_hold_has_answered_nothing(ada: Attendee, clock: Traveller) -> None:
    event = make_event(price=500)
    question = make_question(event, is_required=True)
    sign_up(ada, event, a=["x"])
    clock.shift(timedelta(days=1))
    with pytest.raises(AnswersNeeded) as caught:
        places.register(user=ada.user, bookable=event)
    assert [one.pk for one in caught.value.asked.questions] == [question.pk]
    assert read_asked(ada, event, timezone.now()).questions == (question,)
    assert texts(sign_up(ada, event, a=["y"])) == ["y"]


def test_who_comes_back_starts_from_the_former_answers(ada: Attendee) -> None:
    event = make_event()
    question = make_question(event, is_required=True)
    places.cancel(registration=sign_up(ada, event, a=["x"]), in_full=False)
    with pytest.raises(AnswersNeeded) as caught:
        places.register(user=ada.user, bookable=event)
    assert caught.value.asked.former == {question.pk: ["x"]}


# --- Afterwards -----------------------------------------------------------------------------------


def test_answers_are_changed_until_the_close(ada: Attendee, clock: Traveller) -> None:
    event = make_event(closes_at=NOON + timedelta(days=1))
    one, other = make_question(event), make_question(event)
    held = sign_up(ada, event, a=["x"], b=["same"])
    clock.shift(timedelta(hours=1))
    places.change_answers(registration=held, typed={one.pk: ["y"], other.pk: ["same"]})
    assert [(a.text, a.answered_at) for a in held.answers.order_by("question")] == [
        ("y", NOON + timedelta(hours=1)),
        ("same", NOON),
    ]
    clock.shift(timedelta(days=1))
    with pytest.raises(TooLate):
        places.change_answers(registration=held, typed={one.pk: ["z"]})
    assert texts(held) == ["y", "same"]


def test_missing_answers_are_given_after_the_close_too(ada: Attendee, clock: Traveller) -> None:
    """An organizer gave the place by hand, or asked later; what was answered stays."""
    event = make_event(closes_at=NOON + timedelta(days=1))
    old = make_question(event)
    held = sign_up(ada, event, a=["x"])
    new = make_question(event, is_required=True)
    clock.shift(timedelta(days=2))
    places.change_answers(registration=held, typed={old.pk: ["other"], new.pk: ["y"]})
    assert texts(held) == ["x", "y"]
    clock.shift(timedelta(days=30))
    with pytest.raises(TooLate):
        places.change_answers(registration=held, typed={new.pk: ["z"]})


def test_required_answer_cannot_be_taken_back(ada: Attendee) -> None:
    event = make_event()
    consent(event)
    held = sign_up(ada, event, a=["yes"])
    with pytest.raises(AnswersNeeded):
        places.change_answers(registration=held, typed={})
    assert texts(held) == ["yes"]


def test_place_that_was_given_up_takes_no_answers(ada: Attendee) -> None:
    event = make_event()
    question = make_question(event)
    held = sign_up(ada, event, a=["x"])
    places.cancel(registration=held, in_full=False)
    with pytest.raises(TooLate):
        places.change_answers(registration=held, typed={question.pk: ["y"]})


def test_answers_go_with_their_person_and_no_others(ada: Attendee) -> None:
    event = make_event()
    consent(event)
    mine, other = sign_up(ada, event, a=["yes"]), sign_up(make_attendee(), event, a=["yes"])
    closing.erase(ada.user)

    assert (texts(mine), texts(other)) == ([], ["yes"])
    assert Registration.objects.filter(pk=mine.pk).exists()


def test_who_was_erased_answers_nothing_more(ada: Attendee) -> None:
    event = make_event()
    question = make_question(event)
    held = sign_up(ada, event, a=["x"])
    closing.erase(ada.user)
    with pytest.raises(TooLate):
        places.change_answers(registration=held, typed={question.pk: ["y"]})
    assert Answer.objects.count() == 0


def test_no_message_has_an_answer_in_it(ada: Attendee) -> None:
    """So nothing has to be taken out of queued mail when a person is erased."""
    event = make_event()
    make_question(event, text="Secret question?")
    sign_up(ada, event, a=["secret answer"])
    rows = [str(row) for row in Notification.objects.values()]
    assert [row for row in rows if "ecret" in row] == []
    assert len(rows) == 1
