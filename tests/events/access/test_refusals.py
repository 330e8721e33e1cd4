"""Words of a refusal: made when somebody reads them."""

from typing import Any

import pytest
from django.utils import translation

from events.access import rules
from events.access.facts import read_facts
from events.access.hints import MailHint, MailHintCode
from events.access.refusals import SENTENCES, Code, Refusal
from events.models import Attendee, Event
from tests.factories import NOON, make_attendee, make_event
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
SUPPORTER: dict[str, Any] = {"patreon_supporter": True}
UNKNOWN: dict[str, Any] = {"patreon_known": False}


def test_sentence_is_in_the_language_of_its_reader() -> None:
    refusal = Refusal(Code.PATREON_REQUIRED, make_event(patron_cents=1000))
    with translation.override("de"):
        german = refusal.sentence

    assert "from 10,00\xa0$ a month" in german
    assert "from $10.00 a month" in refusal.sentence


def test_supporter_whose_amount_is_not_told_reads_that_this_is_the_reason() -> None:
    event = make_event(patron_cents=1000)
    told = "Neos says that you are a supporter, but has told us no amount that counts now."
    gives_less, was_one = SUPPORTER | {"patreon_cents": 900}, SUPPORTER | {"patreon_until": NOON}
    people: tuple[dict[str, Any], ...] = (SUPPORTER, gives_less, was_one, {}, UNKNOWN)
    assert [told in sentence_for(make_attendee(**facts), event) for facts in people] == [
        True,
        *[False] * 4,
    ]
    assert sentence_for(make_attendee(**SUPPORTER), event).startswith(
        "This event is for Patreon supporters of Neos from $10.00 a month. "
    )


@pytest.mark.usefixtures("resonite")
@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "Resonite says that you are a supporter, but has told us no amount."),
        ("ja", "Resoniteによるとサポーターですが、支援額が伝えられていません。"),
    ],
)
def test_site_of_resonite_says_so_in_its_words(language: str, told: str) -> None:
    sentence = Refusal(Code.PATREON_REQUIRED, make_event(patron_cents=1000), without_amount=True)
    with translation.override(language):
        assert sentence.sentence.endswith(told)


def sentence_for(person: Attendee, event: Event) -> str:
    """Return the one reason against a place."""
    faced = Attendee.objects.facing(event).get(pk=person.pk)
    (refusal,) = rules.refusals(read_facts(event, faced, NOON), event)
    return refusal.sentence


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
