"""Why money goes back: a sentence of its own, in every language."""

from events.messages.money_reasons import REASONS, why_back
from events.models import Payment


def test_every_problem_of_money_that_comes_has_a_sentence() -> None:
    behind_our_back = set(Payment.BEHIND_OUR_BACK)

    assert set(REASONS) == set(Payment.Problem) - behind_our_back
    assert [code for code in REASONS if not why_back(code).endswith(".")] == []


def test_problem_without_a_sentence_has_no_words() -> None:
    assert (why_back(""), why_back("returned")) == ("", "")
