"""The pages that ask the questions at sign-up, and show and change the answers."""

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from time_machine import Traveller

from events import places
from events.models import Agreement, Answer, Attendee, Event, PageVersion, Question
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_question,
    make_workshop,
    statuses,
    write_page,
)
from tests.markup import TreeBuilder, fill_in
from tests.pages import heading_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

Kind = Question.Kind
JA = {"ja": {"text": "好きな色は?", "choices": "赤\n青"}}


@pytest.fixture
def ada(client: Client) -> Attendee:
    """Somebody signed in."""
    attendee = make_attendee()
    client.force_login(attendee.user)
    return attendee


@pytest.fixture
def jam() -> Event:
    """Asks one question of each kind; the consent and the line of text must be answered."""
    event = make_event(slug="jam")
    make_question(event, text="Your world?", is_required=True, position=1)
    make_question(event, text="More?", kind=Kind.LONG, position=2)
    choices = {"choices": "red\nblue", "translations": JA}
    make_question(event, text="Colour?", kind=Kind.ONE, position=3, **choices)
    make_question(event, text="Days?", kind=Kind.SEVERAL, choices="Fri\nSat", position=4)
    make_question(event, text="I agree.", kind=Kind.CONSENT, is_required=True, position=5)
    return event


def name_of(text: str) -> str:
    return f"q{Question.objects.get(text=text).pk}"


def send(client: Client, page: HttpResponse, **typed: object) -> HttpResponse:
    """Fill in the form of the questions as a browser does, and press its button."""
    form = TreeBuilder(page.content.decode()).root.first("form", class_="panel")
    fields: dict[str, object] = {}
    for name, value in fill_in(form, form.first("button"), {}):
        fields.setdefault(name, []).append(value)  # type: ignore[attr-defined]
    address = form.attributes.get("action") or page.wsgi_request.path  # type: ignore[attr-defined]
    return client.post(address, fields | typed)


def errors(page: HttpResponse) -> list[str]:
    root = TreeBuilder(page.content.decode()).root
    return [
        item.text for block in root.all("div", class_="field-errors") for item in block.all("p")
    ]


def answers() -> list[tuple[str, str]]:
    return list(Answer.objects.order_by("question", "number").values_list("asked", "text"))


REGISTER = "/events/jam/register/"


def test_questions_are_asked_and_the_place_taken_when_they_are_sent(
    client: Client, ada: Attendee, jam: Event
) -> None:
    page = client.post(REGISTER)
    assert (page.status_code, statuses(jam), heading_of(page)) == (200, [], jam.title)
    assert "You are not signed up yet" in page.content.decode()

    typed = {
        name_of("Your world?"): "Fog",
        name_of("More?"): "one\r\ntwo",
        name_of("Colour?"): "blue",
        name_of("Days?"): ["Fri", "Sat"],
        name_of("I agree."): "on",
    }
    done = send(client, page, **typed)
    assert (done.status_code, statuses(jam)) == (302, ["confirmed"])
    assert answers() == [
        ("Your world?", "Fog"),
        ("More?", "one\ntwo"),
        ("Colour?", "blue"),
        ("Days?", "Fri"),
        ("Days?", "Sat"),
        ("I agree.", "yes"),
    ]


def test_missing_answers_are_named_and_nothing_typed_is_lost(
    client: Client, ada: Attendee, jam: Event
) -> None:
    typed = {name_of("More?"): "<b>still here</b>", name_of("Days?"): ["Sat"]}
    page = send(client, client.post(REGISTER), **typed)
    assert (page.status_code, statuses(jam)) == (422, [])
    assert errors(page) == [
        "Please answer this.",
        "Please tick this box: without it you cannot have the place.",
    ]
    text = page.content.decode()
    assert "&lt;b&gt;still here&lt;/b&gt;" in text
    assert re.findall(r'value="(\w+)"[^>]* checked', text) == ["Sat"]
    links = TreeBuilder(text).root.first("div", role="alert").all("a")
    ids = set(re.findall(r'\bid="([^"]+)"', text))
    assert {link.attributes["href"].removeprefix("#") for link in links} <= ids


def test_forged_choice_is_refused(client: Client, ada: Attendee, jam: Event) -> None:
    typed = {name_of("Your world?"): "Fog", name_of("I agree."): "on", name_of("Colour?"): "black"}
    page = send(client, client.post(REGISTER), **typed)
    assert (page.status_code, len(errors(page)), statuses(jam)) == (422, 1, [])


@pytest.mark.parametrize("text", ["\0", "x" * 301, "\ud800"])
def test_odd_text_is_no_error_page(client: Client, ada: Attendee, jam: Event, text: str) -> None:
    typed = {"answers": "1", name_of("Your world?"): text.encode("utf-8", "surrogatepass")}
    assert client.post(REGISTER, typed).status_code == 422
    assert statuses(jam) == []


def test_questions_are_in_the_language_of_the_page(
    client: Client, ada: Attendee, jam: Event
) -> None:
    """The stored choice is the one of the main language, so that all count together."""
    client.post("/language/", {"language": "ja"})
    Attendee.objects.filter(pk=ada.pk).update(language="ja")
    page = client.post(REGISTER)
    assert "好きな色は?" in page.content.decode()
    assert "青" in page.content.decode()
    typed = {name_of("Your world?"): "霧", name_of("I agree."): "on", name_of("Colour?"): "blue"}
    assert send(client, page, **typed).status_code == 302
    asked = Answer.objects.get(question__text="Colour?")
    assert (asked.text, asked.asked) == ("blue", "好きな色は?")
    place = client.get(f"/registrations/{ada.registrations.get().code}/").content.decode()
    assert "青" in place


@pytest.mark.parametrize(
    ("changed", "language", "asked"),
    [
        ({}, "ja", "好きな色は?"),
        ({"read_in": "en"}, "en", "Colour?"),
        ({"read_in": "xx"}, "en", "Colour?"),  # no language of the site: that of the request
        ({"read_in": ""}, "en", "Colour?"),
    ],
)
def test_words_that_were_read_count_if_the_language_is_changed_meanwhile(
    client: Client, ada: Attendee, jam: Event, changed: dict[str, str], language: str, asked: str
) -> None:
    """The form was read in Japanese; English was chosen in another tab before it was sent."""
    write_page("terms", "Terms", is_agreed_to=True, translations={"ja": {"text": "規約"}})
    Attendee.objects.update(language="ja")
    page = client.post(REGISTER)
    assert "規約" in page.content.decode()
    Attendee.objects.update(language="en")
    terms = f"p{PageVersion.objects.get().pk}"
    typed = {name_of("Your world?"): "霧", name_of("I agree."): "on", name_of("Colour?"): "blue"}
    assert send(client, page, **typed, **{terms: "on"}, **changed).status_code == 302

    agreement = Agreement.objects.get()
    answer = Answer.objects.get(question__text="Colour?")
    assert (agreement.attendee, agreement.language, answer.asked) == (ada, language, asked)


def test_form_that_is_shown_again_says_the_language_in_which_it_is_then(
    client: Client, ada: Attendee, jam: Event
) -> None:
    Attendee.objects.update(language="ja")
    page = client.post(REGISTER)
    Attendee.objects.update(language="en")
    again = send(client, page)

    assert (again.status_code, 'name="read_in" value="en"' in again.content.decode()) == (422, True)


def test_answer_that_is_changed_keeps_the_words_that_were_read(
    client: Client, ada: Attendee, jam: Event
) -> None:
    typed = {name_of("Your world?"): "Fog", name_of("I agree."): "on", name_of("Colour?"): "red"}
    send(client, client.post(REGISTER), **typed)
    Attendee.objects.update(language="ja")
    page = client.get(f"/registrations/{ada.registrations.get().code}/answers/")
    Attendee.objects.update(language="en")
    send(client, page, **{name_of("Colour?"): "blue"})

    answer = Answer.objects.get(question__text="Colour?")
    assert (answer.text, answer.asked) == ("blue", "好きな色は?")


def test_help_is_text_whose_links_work(client: Client, ada: Attendee) -> None:
    event = make_event(slug="jam")
    make_question(event, help="See https://example.org/rules <script>")
    text = client.post(REGISTER).content.decode()
    assert 'href="https://example.org/rules"' in text
    assert "<script>" not in text.partition("https://example.org/rules")[2].partition("</div>")[0]
    assert statuses(event) == []


def test_workshop_asks_at_its_own_address_and_keeps_what_to_leave(
    client: Client, ada: Attendee
) -> None:
    event = make_event(slug="jam")
    places.register(user=ada.user, bookable=event)
    full, free = make_workshop(event, capacity=0), make_workshop(event, slug="free")
    spot = places.register(user=ada.user, bookable=full)
    make_question(event, workshop=free, text="Why?", is_required=True)
    page = client.post("/events/jam/workshops/free/register/", {"leaving": str(spot.code)})
    done = send(client, page, **{name_of("Why?"): "because"})
    spot.refresh_from_db()
    assert (done.status_code, spot.status) == (302, "cancelled")
    assert answers() == [("Why?", "because")]


def test_invitation_asks_too(client: Client, ada: Attendee) -> None:
    event = make_event(capacity=0, has_waitlist=False)
    make_question(event, text="Why?", is_required=True)
    until = NOON + timedelta(days=1)
    by = make_organizer()
    _link, token = places.invite(bookable=event, by=by, because="friend", until=until)
    client.get(f"/invitations/{token}/")
    page = client.post("/invitation/")
    assert (page.status_code, statuses(event)) == (200, [])
    done = send(client, page, **{name_of("Why?"): "because"})
    assert (done.status_code, statuses(event), answers()) == (
        302, ["confirmed"], [("Why?", "because")],
    )  # fmt: skip


def test_stranger_sees_no_questions_by_this_address(client: Client, jam: Event) -> None:
    page = client.post(REGISTER, {"answers": "1"})
    assert (page.status_code, statuses(jam)) == (403, [])
    assert "Your world?" not in page.content.decode()


# --- Afterwards -----------------------------------------------------------------------------------


def answered(person: Attendee, event: Event) -> str:
    """Sign up with answers, and return the address of them."""
    pks = {text: Question.objects.get(text=text).pk for text in ("Your world?", "I agree.")}
    typed = {pks["Your world?"]: ["Fog"], pks["I agree."]: ["yes"]}
    held = places.register(user=person.user, bookable=event, answers=typed)
    return f"/registrations/{held.code}/answers/"


def test_place_shows_the_answers_and_leads_to_changing_them(
    client: Client, ada: Attendee, jam: Event
) -> None:
    address = answered(ada, jam)
    page = TreeBuilder(client.get(address.removesuffix("answers/")).content.decode()).root
    listed = page.first("section", id="answers")
    assert [item.text for item in listed.all("dd")] == [
        "Fog", "No answer.", "No answer.", "No answer.", "You agreed.",
    ]  # fmt: skip
    assert [link.attributes["href"] for link in listed.all("a")] == [address]


def test_answers_are_changed_on_their_page(client: Client, ada: Attendee, jam: Event) -> None:
    address = answered(ada, jam)
    page = client.get(address)
    done = send(client, page, **{name_of("Your world?"): "Rain"})
    assert (done.status_code, done["Location"]) == (302, address.removesuffix("answers/"))
    assert answers() == [("Your world?", "Rain"), ("I agree.", "yes")]


def test_wrong_change_changes_nothing(client: Client, ada: Attendee, jam: Event) -> None:
    address = answered(ada, jam)
    page = send(client, client.get(address), **{name_of("Your world?"): ""})
    assert (page.status_code, errors(page)) == (422, ["Please answer this."])
    assert answers() == [("Your world?", "Fog"), ("I agree.", "yes")]


def test_answers_after_the_close_stay(
    client: Client, ada: Attendee, jam: Event, clock: Traveller
) -> None:
    address = answered(ada, jam)
    Question.objects.exclude(text__in=["Your world?", "I agree."]).delete()
    Event.objects.filter(pk=jam.pk).update(closes_at=NOON + timedelta(hours=1))
    clock.shift(timedelta(hours=2))
    assert client.get(address).status_code == 302
    page = client.post(address, {name_of("Your world?"): "Rain", name_of("I agree."): "on"})
    assert page.status_code == 409
    assert "Your answers cannot be changed any more." in page.content.decode()
    assert answers() == [("Your world?", "Fog"), ("I agree.", "yes")]
    place = client.get(address.removesuffix("answers/")).content.decode()
    assert address not in place


def test_question_that_is_new_is_asked_for_on_the_place(
    client: Client, ada: Attendee, jam: Event
) -> None:
    address = answered(ada, jam)
    make_question(jam, text="Late?", is_required=True, position=9)
    place = client.get(address.removesuffix("answers/")).content.decode()
    assert "The organizers need an answer to 1 question." in place


@pytest.mark.parametrize("method", ["get", "post"])
def test_answers_of_others_do_not_exist(
    client: Client, jam: Event, ada: Attendee, method: str
) -> None:
    address = answered(make_attendee(), jam)
    assert getattr(client, method)(address).status_code == 404
    client.logout()
    assert getattr(client, method)(address).status_code == 302
    assert answers() == [("Your world?", "Fog"), ("I agree.", "yes")]


def test_place_without_questions_has_no_answers(client: Client, ada: Attendee) -> None:
    held = places.register(user=ada.user, bookable=make_event())
    page = client.get(f"/registrations/{held.code}/").content.decode()
    assert 'id="answers"' not in page
    assert client.get(f"/registrations/{held.code}/answers/").status_code == 302
