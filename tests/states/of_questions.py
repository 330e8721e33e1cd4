"""The pages that ask questions at sign-up, and show and change the answers."""

from collections.abc import Iterator

from events import places
from tests.factories import make_attendee, make_event, make_organizer, make_question

from .state import State, place_of

SEND = "Send and sign up"


def of_questions() -> Iterator[State]:
    """An event that asks a question of each kind, which nobody has answered yet."""
    robin = make_organizer(username="asks")
    event = make_event(title="Ask", slug="ask", organizers=[robin])
    line = make_question(event, text="Your world?", is_required=True, help="See /conduct/")
    make_question(event, text="More?", kind="long", position=1)
    make_question(event, text="Colour?", kind="one", choices="red\nblue", position=2)
    make_question(event, text="Days?", kind="several", choices="Fri\nSat", position=3)
    consent = make_question(event, text="I agree.", kind="consent", is_required=True, position=4)
    ada, bob = make_attendee(), make_attendee()
    page, button = event.get_absolute_url(), "Take a place"
    yield State("questions", page, "You are not signed up yet", ada.user, button)
    typed = {line.pk: ["Fog"], consent.pk: ["yes"]}
    held = places.register(user=bob.user, bookable=event, answers=typed)
    late = places.register(user=make_attendee().user, bookable=event, answers=typed)
    yield State("place-answers", place_of(held), "Change your answers", bob.user)
    address = place_of(held, "answers/")
    yield State("answers", address, "Only the organizers and you", bob.user)
    wrong = {f"q{line.pk}": ""}
    yield State("answers-errors", address, "Please answer this.", bob.user, "Save", wrong, 422)
    late.answers.all().delete()
    yield State("place-answers-missing", place_of(late), "Answer now", late.attendee.user)
    desk = f"/admin/events/event/{event.pk}/answers/"
    yield State("desk-answers", desk, "1 person has answered", robin)
    yield State("desk-answers-to", f"{desk}?question={line.pk}", "Fog", robin)
