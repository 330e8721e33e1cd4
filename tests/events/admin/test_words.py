"""Words for codes, as organizers read them."""

import pytest

from events.access.refusal_words import REASONS, reason_of
from events.access.refusals import Code
from events.admin.money_words import outcome_in_words, provider_name
from events.models import Notice


def test_every_refusal_has_words_and_an_old_one_its_code() -> None:
    assert set(REASONS) == set(Code)
    assert (reason_of("neos-locked"), reason_of("of-old")) == ("locked at Neos", "of-old")


@pytest.mark.parametrize(
    ("kind", "outcome", "words"),
    [
        ("paid", "", ""),
        ("paid", "paid", "paid"),
        ("paid", "refund_due late", "refund due · it came too late for the place"),
        ("paid", "unmatched", "matches no payment of ours"),
        ("pending", "pending", "on its way"),
        ("failed", "failed", "failed"),
        ("refunded", "unmatched", "matches no payment of ours"),
        ("refund_pending", "open", "under way"),
        ("dispute_asked", "asked", "the bank asks about it"),
        ("disputed", "open", "the bank has taken the money for now"),
        ("paid", "of_old", "of_old"),
    ],
)
def test_outcome_of_a_notice_is_said_in_words(kind: str, outcome: str, words: str) -> None:
    assert outcome_in_words(Notice(kind=kind, outcome=outcome)) == words


def test_provider_has_a_name() -> None:
    assert [*map(provider_name, ["manual", "stripe", "other"])] == ["by hand", "Stripe", "other"]
