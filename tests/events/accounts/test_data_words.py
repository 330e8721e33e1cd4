"""Words for people: every kind and state has them, and they are not the organizers' labels."""

from events.accounts import data_words
from events.models import Notification, Payment


def test_every_kind_and_state_has_words() -> None:
    assert set(data_words.MESSAGES) == set(Notification.Kind)
    assert set(data_words.DELIVERY) == set(Notification.State)
    assert set(data_words.PAYMENTS) == set(Payment.Status)


def test_message_and_payment_are_said_in_words_for_people() -> None:
    message = Notification(kind="hold-lapsed", state="nobody")
    assert data_words.about(message) == "You did not pay in time"
    assert data_words.delivery(message) == "not sent: there was no confirmed address"
    assert data_words.state_of(Payment(status="refund_due")) == "goes back to you"


def test_kind_that_the_site_does_not_know_any_more_is_shown_as_it_is() -> None:
    assert data_words.about(Notification(kind="of-old")) == "of-old"
