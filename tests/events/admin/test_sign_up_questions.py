"""Questions in the form of their event."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events import places
from events.models import Answer, Event, Question, Registration
from tests.factories import (
    make_answer,
    make_attendee,
    make_event,
    make_question,
    make_workshop,
)

from .pages import affected, agreement, effects, errors, fields, page_of, press_save, read, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Kind = Question.Kind
SAME_LINES = "Write one line for each choice, in the same order."
ONE_MORE = {
    "questions-TOTAL_FORMS": "1",
    "questions-0-kind": Kind.SHORT,
    "questions-0-position": "0",
}


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", slug="jam", organizers=[mika])


def test_question_is_added(browser: Client, jam: Event) -> None:
    workshop = make_workshop(jam)
    typed = {
        "questions-0-text": "  Colour? ",
        "questions-0-text_ja": "色は?",
        "questions-0-kind": Kind.ONE,
        "questions-0-choices": "red\r\n\r\nblue \r\nred",
        "questions-0-choices_ja": "赤\r\n青",
        "questions-0-workshop": workshop.pk,
        "questions-0-is_required": "on",
    }
    assert save(browser, page_of(jam), **ONE_MORE | typed).status_code == 302
    made = Question.objects.get()
    assert (made.text, made.choices, made.workshop, made.is_required) == (
        "Colour?", "red\nblue", workshop, True,
    )  # fmt: skip
    assert made.translations == {"ja": {"text": "色は?", "choices": "赤\n青"}}


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"choices": "only one"}, "Write at least two choices, each on a line of its own."),
        ({"choices": "same\nsame"}, "Write at least two choices, each on a line of its own."),
        ({"choices": "\n".join(map(str, range(51)))}, "Write at most 50 choices."),
        ({"choices": f"a\n{'x' * 201}"}, "Write at most 200 letters on each line."),
        ({"choices": "a\nb", "choices_ja": "一"}, SAME_LINES),
        ({"choices": "a\nb", "text": ""}, "This field is required."),
    ],
)  # fmt: skip
def test_choices_that_will_not_do_are_refused(
    browser: Client, jam: Event, typed: dict[str, str], sentence: str
) -> None:
    choice = {"text": "Colour?", "kind": Kind.ONE} | typed
    sent = {f"questions-0-{name}": value for name, value in choice.items()}
    assert errors(press_save(browser, page_of(jam), **ONE_MORE | sent)) == [sentence]
    assert Question.objects.count() == 0


def test_text_has_no_choices(browser: Client, jam: Event) -> None:
    typed = {
        "questions-0-text": "Why?",
        "questions-0-choices": "red",
        "questions-0-choices_ja": "赤",
    }
    save(browser, page_of(jam), **ONE_MORE | typed)
    made = Question.objects.get()
    assert (made.choices, made.translations) == ("", {})


def test_workshop_of_another_event_cannot_be_chosen(
    browser: Client, jam: Event, robin: User
) -> None:
    other = make_workshop(make_event(organizers=[robin]))
    typed = {"questions-0-text": "Why?", "questions-0-workshop": other.pk}
    press_save(browser, page_of(jam), **ONE_MORE | typed)
    assert Question.objects.count() == 0


def test_answered_question_keeps_its_kind(browser: Client, jam: Event) -> None:
    question = make_question(jam, text="Why?")
    held = places.register(user=make_attendee().user, bookable=jam, answers={})
    make_answer(question, held, "because")
    typed = {"questions-0-kind": Kind.CONSENT, "questions-0-text": "I agree"}
    found = errors(press_save(browser, page_of(jam), **typed))
    assert [text[:39] for text in found] == ["People have answered this already, so i"]
    question.refresh_from_db()
    assert (question.kind, question.text) == (Kind.SHORT, "Why?")


def test_deleting_a_question_says_whose_answers_go(browser: Client, jam: Event) -> None:
    question = make_question(jam, text="Why?")
    held = places.register(user=make_attendee().user, bookable=jam, answers={})
    make_answer(question, held, "because")
    asked = press_save(browser, page_of(jam), **{"questions-0-DELETE": "on"})
    assert effects(asked) == ["The question “Why?” is deleted with the answer of 1 person."]
    assert (affected(asked), Answer.objects.count()) == ([], 1)
    browser.post(page_of(jam), fields(asked) | agreement(asked))
    assert (Question.objects.count(), Answer.objects.count()) == (0, 0)


def test_deleting_a_question_that_nobody_answered_asks_nothing(browser: Client, jam: Event) -> None:
    make_question(jam)
    assert press_save(browser, page_of(jam), **{"questions-0-DELETE": "on"}).status_code == 302
    assert Question.objects.count() == 0


def test_copy_takes_the_questions_to_its_own_workshops(browser: Client, jam: Event) -> None:
    workshop = make_workshop(jam, slug="fog")
    make_question(jam, text="At the event?")
    make_question(jam, text="At the workshop?", workshop=workshop, position=1)
    sent = fields(browser.get(page_of(jam)))
    del sent["_save"]
    browser.post(page_of(jam), sent | {"_saveasnew": "1", "title": "Copy"})
    copy = Event.objects.get(title="Copy")
    assert [(q.text, q.workshop) for q in copy.questions.all()] == [
        ("At the event?", None),
        ("At the workshop?", copy.workshops.get()),
    ]
    assert jam.questions.count() == 2


@pytest.mark.parametrize(("typed", "slug"), [("mist", "mist"), ("", "fog-and-mist")])
def test_copy_asks_at_a_workshop_whose_address_was_changed_in_it(
    browser: Client, jam: Event, typed: str, slug: str
) -> None:
    workshop = make_workshop(jam, slug="fog", title="Fog and mist")
    make_question(jam, text="Why?", workshop=workshop)
    sent = fields(browser.get(page_of(jam)))
    del sent["_save"]
    changes = {"_saveasnew": "1", "title": "Copy", "workshops-0-slug": typed}
    browser.post(page_of(jam), sent | changes)
    copy = Event.objects.get(title="Copy")
    assert [q.workshop.slug for q in copy.questions.all()] == [slug]


def test_copy_of_somebody_elses_event_names_none_of_its_workshops(
    browser: Client, jam: Event, robin: User
) -> None:
    ball = make_event(title="Ball", organizers=[robin])
    masks = make_workshop(ball, title="Masks")
    sent = fields(browser.get(page_of(jam))) | {"_saveasnew": "1", "title": "Copy"}
    sent |= ONE_MORE | {"questions-0-text": "Why?", "questions-0-workshop": masks.pk}
    page = browser.post(page_of(ball), sent)
    assert (b"Masks" in page.content, Question.objects.count()) == (False, 0)


def test_workshop_deleted_on_the_same_page_is_named(browser: Client, jam: Event) -> None:
    workshop = make_workshop(jam)
    make_question(jam, text="Why?", workshop=workshop)
    typed = {"workshops-0-DELETE": "on", "questions-0-text": "Changed?"}
    found = errors(press_save(browser, page_of(jam), **typed))
    assert found == ["You delete this workshop on this page. Please choose another one."]
    assert save(browser, page_of(jam), **{"workshops-0-DELETE": "on"}).status_code == 302
    assert Question.objects.count() == 0


def test_page_of_answers_counts_people(browser: Client, jam: Event) -> None:
    colour = make_question(jam, text="Colour?", kind=Kind.ONE, choices="red\nblue")
    consent = make_question(jam, text="I agree.", kind=Kind.CONSENT, position=1)
    for texts in (["red"], ["red"], ["green"], []):
        held = places.register(user=make_attendee().user, bookable=jam, answers={})
        for text in texts:
            make_answer(colour, held, text)
    make_answer(consent, held)
    page = read(browser.get(reverse("admin:events_event_answers", args=[jam.pk])))
    cells = [[cell.text for cell in row.all("th", "td")] for row in page.all("tr")]
    assert cells == [
        ["Answer", "People"], ["red", "2"], ["blue", "0"], ["green", "1"],
        ["Answer", "People"], ["agreed", "1"],
    ]  # fmt: skip
    links = {link.text: link.attributes["href"] for link in page.all("a")}
    for text, people in (("2", 2), ("1 person has not", 1), ("3 people have not", 3)):
        listed = read(browser.get(links[text])).first("table", id="result_list")
        assert len([*next(listed.all("tbody")).all("tr")]) == people


def test_list_of_an_answer_has_those_whom_the_page_counts(browser: Client, jam: Event) -> None:
    """Not who gave the place up, nor who was moved away; and nothing that is typed breaks it."""
    fog, mist = make_workshop(jam), make_workshop(jam)
    colour = make_question(jam, kind=Kind.ONE, choices="red\nblue", workshop=fog)
    users = [make_attendee().user for _ in range(3)]
    for user in users:
        places.register(user=user, bookable=jam)
    held = [places.register(user=user, bookable=fog, answers={}) for user in users]
    for one in held:
        make_answer(colour, one, "red")
    places.cancel(registration=held[0], in_full=False)
    Registration.objects.filter(pk=held[1].pk).update(workshop=mist)
    page = read(browser.get(reverse("admin:events_event_answers", args=[jam.pk])))
    cells = [[cell.text for cell in row.all("th", "td")] for row in page.all("tr")]
    assert cells == [["Answer", "People"], ["red", "1"], ["blue", "0"]]
    assert "have not" not in page.text
    link = next(a.attributes["href"] for a in page.all("a") if a.text == "1")
    listed = read(browser.get(link)).first("table", id="result_list")
    assert len([*next(listed.all("tbody")).all("tr")]) == 1
    assert browser.get(link.replace("red", "%00")).status_code == 400


def test_page_of_one_question_shows_who_wrote_what(browser: Client, jam: Event) -> None:
    question = make_question(jam, text="Why?", kind=Kind.LONG)
    ann = make_attendee(neos_username="Ann")
    held = places.register(user=ann.user, bookable=jam, answers={})
    make_answer(question, held, "<b>one</b>\ntwo")
    Question.objects.update(text="Why not?")
    address = reverse("admin:events_event_answers", args=[jam.pk])
    text = browser.get(f"{address}?question={question.pk}").content.decode()
    assert "&lt;b&gt;one&lt;/b&gt;<br>two" in text
    assert "The question was then: Why?" in text
    assert browser.get(f"{address}?question=999999").status_code == 404
    assert browser.get(f"{address}?question=x").status_code == 404


def test_answers_stand_in_the_file_under_the_words_of_the_question(
    browser: Client, jam: Event
) -> None:
    """A cell that could be a formula is escaped, in the heading too."""
    several = make_question(jam, text="=Days?", kind=Kind.SEVERAL, choices="Fri\nSat")
    held = places.register(user=make_attendee().user, bookable=jam, answers={})
    make_answer(several, held, "Fri")
    Answer.objects.create(
        question=several, registration=held, number=1, text="Sat", asked="=Days?",
        answered_at=held.created_at,
    )  # fmt: skip
    columns = ["status", f"question_{several.pk}"]
    sent = {"list": "registrations", "form": "csv", "columns": columns}
    address = reverse("admin:events_event_exports", args=[jam.pk])
    response = browser.post(address, sent)
    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert lines == ["status,'=Days?", "confirmed,Fri; Sat"]
    boxes = read(browser.get(address)).all("input", type="checkbox", checked="")
    assert {"status", f"question_{several.pk}"} <= {box.attributes["value"] for box in boxes}


def test_page_of_a_registration_shows_the_answers(browser: Client, jam: Event) -> None:
    question = make_question(jam, text="Why?")
    make_question(jam, text="Who?", position=1)
    held = places.register(user=make_attendee().user, bookable=jam, answers={})
    make_answer(question, held, "because")
    page = read(browser.get(reverse("admin:events_registration_change", args=[held.pk])))
    listed = page.first("dl", class_="answers")
    assert [each.text for each in listed.all("dt", "dd")] == [
        "Why?", "because", "Who?", "not answered",
    ]  # fmt: skip
