"""Agreements to pages of the site: written with the place, or there is no place."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from events import places
from events.accounts import closing
from events.models import Agreement, Attendee, PageVersion, Registration
from events.places import Act, AnswersNeeded
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_question,
    make_workshop,
    write_page,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def terms() -> PageVersion:
    return write_page("terms", "Be on time", is_agreed_to=True)


@pytest.fixture
def ada() -> Attendee:
    return make_attendee()


def agreed(person: Attendee) -> list[tuple[str, int, str]]:
    q = person.agreements.values_list("version__page__name", "version__number", "language")
    return list(q)


def asked(caught: pytest.ExceptionInfo[AnswersNeeded]) -> list[int]:
    return [page.pk for page in caught.value.asked.pages]


def test_place_is_taken_with_an_agreement_or_not_at_all(ada: Attendee, terms: PageVersion) -> None:
    event = make_event()
    with pytest.raises(AnswersNeeded) as caught:
        places.register(user=ada.user, bookable=event)
    assert (asked(caught), Registration.objects.count()) == ([terms.pk], 0)

    place = places.register(user=ada.user, bookable=event, agreed={terms.pk})
    assert agreed(ada) == [("terms", 1, "en")]
    found = Agreement.objects.get()
    assert (found.registration, found.agreed_at, found.version) == (place, NOON, terms)


def test_agreement_to_an_older_version_does_not_do(ada: Attendee, terms: PageVersion) -> None:
    newer = write_page("terms", "Be early", is_agreed_to=True)
    with pytest.raises(AnswersNeeded) as caught:
        places.register(user=ada.user, bookable=make_event(), agreed={terms.pk, 10**6})

    assert (asked(caught), agreed(ada)) == ([newer.pk], [])


def test_person_is_asked_once_and_again_at_the_next_place_after_a_version_that_asks(
    ada: Attendee, terms: PageVersion
) -> None:
    event = make_event()
    first = places.register(user=ada.user, bookable=event, agreed={terms.pk})
    places.register(user=ada.user, bookable=make_event())
    newer = write_page("terms", "Be early", is_agreed_to=True, asks_again=True)

    assert places.register(user=ada.user, bookable=event) == first  # what one has is kept
    with pytest.raises(AnswersNeeded):
        places.register(user=ada.user, bookable=make_event())
    places.register(user=ada.user, bookable=make_event(), agreed={newer.pk})
    assert agreed(ada) == [("terms", 1, "en"), ("terms", 2, "en")]


def test_answers_and_agreements_are_needed_together(ada: Attendee, terms: PageVersion) -> None:
    event = make_event()
    question = make_question(event, text="Why?", is_required=True)
    for given in ({"agreed": {terms.pk}}, {"answers": {question.pk: ["So"]}}):
        with pytest.raises(AnswersNeeded):
            places.register(user=ada.user, bookable=event, **given)  # type: ignore[arg-type]
    assert (agreed(ada), Registration.objects.count()) == ([], 0)

    answers = {question.pk: ["So"]}
    places.register(user=ada.user, bookable=event, answers=answers, agreed={terms.pk})
    assert agreed(ada) == [("terms", 1, "en")]


def test_language_of_an_agreement_is_that_of_the_words_that_were_read(ada: Attendee) -> None:
    both = write_page("terms", "x", is_agreed_to=True, translations={"ja": {"text": "規約"}})
    one = write_page("conduct", "x", is_agreed_to=True)
    with override("ja"):
        places.register(user=ada.user, bookable=make_event(), agreed={both.pk, one.pk})

    assert sorted(agreed(ada)) == [("conduct", 1, "en"), ("terms", 1, "ja")]


def test_language_of_the_page_that_asked_wins(ada: Attendee, terms: PageVersion) -> None:
    both = write_page("conduct", "x", is_agreed_to=True, translations={"ja": {"text": "規約"}})
    pages = {terms.pk, both.pk}
    places.register(user=ada.user, bookable=make_event(), agreed=pages, read_in="ja")

    assert sorted(agreed(ada)) == [("conduct", 1, "ja"), ("terms", 1, "en")]


def test_spot_on_the_waitlist_asks_and_moving_up_does_not(
    ada: Attendee, terms: PageVersion
) -> None:
    event = make_event(capacity=1)
    first = places.register(user=make_attendee().user, bookable=event, agreed={terms.pk})
    spot = places.register(user=ada.user, bookable=event, agreed={terms.pk})
    write_page("terms", "Be early", is_agreed_to=True, asks_again=True)
    places.cancel(registration=first, in_full=False)

    assert Registration.objects.get(pk=spot.pk).status == "confirmed"
    assert agreed(ada) == [("terms", 1, "en")]


def test_person_who_swaps_or_comes_by_a_link_is_asked(ada: Attendee, terms: PageVersion) -> None:
    event = make_event()
    by = make_organizer()
    until = NOON + timedelta(days=1)
    link, _token = places.invite(bookable=event, by=by, because="", until=until)
    with pytest.raises(AnswersNeeded):
        places.take_invited(invitation=link, attendee=ada)
    places.take_invited(invitation=link, attendee=ada, agreed={terms.pk})
    newer = write_page("terms", "Be early", is_agreed_to=True, asks_again=True)
    part = make_workshop(event)
    with pytest.raises(AnswersNeeded):
        places.swap(user=ada.user, bookable=part, leaving=())
    places.swap(user=ada.user, bookable=part, leaving=(), agreed={newer.pk})

    assert agreed(ada) == [("terms", 1, "en"), ("terms", 2, "en")]


def test_person_whom_an_organizer_lets_in_is_not_asked(ada: Attendee, terms: PageVersion) -> None:
    event = make_event()
    act = Act(make_organizer(), "a guest")
    places.let_in(attendee=ada, bookable=event, act=act)

    assert (agreed(ada), Registration.objects.count()) == ([], 1)


def test_agreements_are_deleted_with_the_account(ada: Attendee, terms: PageVersion) -> None:
    stranger, event = make_attendee(), make_event()
    for person in (ada, stranger):
        places.register(user=person.user, bookable=event, agreed={terms.pk})
    closing.erase(ada.user, by_choice=True)

    assert list(Agreement.objects.values_list("attendee", flat=True)) == [stranger.pk]
