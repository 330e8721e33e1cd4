"""Messages to a crowd are the rows that would have been written one by one."""

import itertools

import pytest
from pytest_django import DjangoAssertNumQueries

from events.messages import outbox, texts
from events.messages.outbox import Kind
from events.models import Attendee, Notification, Registration
from tests.factories import NOON, make_attendee, make_event, make_user
from tests.lines import register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

COLUMNS = ("attendee", "registration", "kind", "subject", "facts", "state", "tries", "last_error")


def make_everybody() -> list[Registration]:
    """People who can and cannot be written to, for every reason there is."""
    event = make_event()
    answers = itertools.product([True, False], [NOON, None], [NOON, None], ["ada@example.org", ""])
    found = []
    for is_active, confirmed_at, erased_at, email in answers:
        attendee = make_attendee(user=make_user(email=email), email_confirmed_at=confirmed_at)
        found.append(register(attendee, event))
        Attendee.objects.filter(pk=attendee.pk).update(erased_at=erased_at)
        attendee.user.is_active = is_active
        attendee.user.save()
    return found


def rows() -> list[tuple[object, ...]]:
    told = Notification.objects.exclude(kind=Kind.REGISTERED).order_by("registration")
    return list(told.values_list(*COLUMNS, "created_at", "next_try_at", "sent_at"))


@pytest.mark.parametrize(("suffix", "facts"), [("", None), ("7", {"before": "it's ünder {}"})])
def test_crowd_is_told_as_each_of_it_would_be_growth(
    suffix: str, facts: dict[str, object] | None
) -> None:
    made = make_everybody()
    everybody = Registration.objects.filter(pk__in=[r.pk for r in made])
    one_by_one = list(everybody.select_related("attendee__user").order_by("pk"))
    outbox.tell(Kind.TIME_CHANGED, one_by_one, suffix=suffix, facts=facts)
    expected = rows()
    Notification.objects.filter(kind=Kind.TIME_CHANGED).delete()
    outbox.tell(Kind.TIME_CHANGED, [everybody], suffix=suffix, facts=facts)
    assert rows() == expected
    assert [row[5] for row in expected].count("queued") == 1


def test_crowd_is_told_once_growth() -> None:
    made = make_everybody()
    for _ in range(2):
        texts.event_cancelled(Registration.objects.all(), revision=1)
    assert len(rows()) == len(made)


def test_crowd_costs_one_statement_and_nobody_costs_none_growth(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    make_everybody()
    with django_assert_num_queries(1):
        texts.place_given(Registration.objects.all())
    with django_assert_num_queries(0):
        texts.place_given(Registration.objects.none())
