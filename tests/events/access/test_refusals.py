"""Words of a refusal: made when somebody reads them."""

import pytest
from django.utils import translation

from events.access.hints import MailHint, MailHintCode
from events.access.refusals import SENTENCES, Code, Refusal
from tests.factories import make_attendee, make_event
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_sentence_is_in_the_language_of_its_reader() -> None:
    refusal = Refusal(Code.PATREON_REQUIRED, make_event(patron_cents=1000))
    with translation.override("de"):
        german = refusal.sentence

    assert "from 10,00\xa0$ a month" in german
    assert "from $10.00 a month" in refusal.sentence


def test_every_code_has_a_sentence() -> None:
    assert set(SENTENCES) == set(Code)


def test_step_without_one_of_its_own_leads_to_the_events() -> None:
    step = Refusal(Code.FULL, make_event()).step

    assert (step.label, step.address) == ("See other events", "/")


@pytest.mark.parametrize(
    ("code", "beginning", "label", "part"),
    [
        (
            MailHintCode.NO_ADDRESS,
            "We have no e-mail address of yours",
            "Add an address",
            "profile",
        ),
        (
            MailHintCode.ADDRESS_UNCONFIRMED,
            "Your e-mail address is not confirmed",
            "Confirm it",
            "to-prove",
        ),
    ],
)
def test_hint_about_mail_says_what_is_missing(
    code: MailHintCode, beginning: str, label: str, part: str
) -> None:
    hint = MailHint(code)
    assert hint.sentence.split(",")[0] == beginning
    assert (hint.step.label, hint.step.address) == (label, f"/account/#{part}")


def test_step_to_the_place_at_the_event_says_whether_there_is_one() -> None:
    event = make_event(capacity=0)
    waiting = register(make_attendee(), event)
    found = [Refusal(Code.EVENT_PLACE_REQUIRED, event, held=held) for held in (waiting, None)]
    labels = [refusal.step.label for refusal in found]
    assert labels == ["See your place at the event", "Take a place first"]
