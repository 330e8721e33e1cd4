"""All that happens to a reader of mails, and to the event: each changes one stage."""

from events import follows, places
from events.models import Attendee, Event, Payment
from events.payments import refund_rows
from tests.events.messages.mail_stage import DAY, HOUR, MINUTE, Stage
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_host,
    make_organizer,
    make_role,
    make_workshop,
)
from tests.lines import register


def signs_up(stage: Stage) -> None:
    register(stage.ada, stage.event)


def signs_up_while_the_session_is_open(stage: Stage) -> None:
    stage.set_up(session_url="neos-session:///S-jam")
    stage.go_to(-5 * MINUTE)
    register(stage.ada, stage.event)


def comes_too_late_for_a_place(stage: Stage) -> None:
    stage.set_up(capacity=0)
    register(stage.ada, stage.event)


def moves_up(stage: Stage) -> None:
    stage.set_up(capacity=1)
    first = stage.in_(make_attendee())
    stage.in_()
    places.cancel(registration=first, in_full=False)


def moves_up_and_has_to_pay(stage: Stage) -> None:
    stage.set_up(price=1250)
    moves_up(stage)


def takes_a_place_that_costs(stage: Stage) -> None:
    stage.set_up(price=1250)
    register(stage.ada, stage.event)


def has_a_day_left_to_pay(stage: Stage) -> None:
    stage.set_up(price=1250, payment_days=3)
    stage.in_()
    stage.clock.shift(2 * DAY)


def does_not_pay(stage: Stage) -> None:
    stage.set_up(price=1250)
    stage.in_()
    stage.clock.shift(HOUR)


def pays(stage: Stage) -> None:
    stage.set_up(price=1250)
    stage.pay(stage.in_())


def gives_up_a_paid_place_with_a_workshop(stage: Stage) -> None:
    mine = stage.paid()
    register(stage.ada, make_workshop(stage.event, title="Lights"))
    stage.so_far()
    places.cancel(registration=mine, in_full=False)


def gives_up_a_paid_place_too_late(stage: Stage) -> None:
    places.cancel(registration=stage.paid(refund_days=None), in_full=False)


def leaves_the_waitlist(stage: Stage) -> None:
    places.cancel(registration=stage.waiting(), in_full=False)


def is_cancelled_by_an_organizer(stage: Stage) -> None:
    places.cancel(registration=stage.paid(refund_days=None), in_full=True)


def is_taken_off_the_waitlist(stage: Stage) -> None:
    places.cancel(registration=stage.waiting(), in_full=True)


def gets_money_back(stage: Stage) -> None:
    is_cancelled_by_an_organizer(stage)
    stage.so_far()
    payment = Payment.objects.get()
    refund_rows.record_given_back(payment=payment, by=make_organizer())


def is_given_two_roles(stage: Stage) -> None:
    """One mail names both."""
    stage.set_up(session_opens_minutes=15)
    make_role(stage.event, stage.ada, early_minutes=45)
    lights = make_workshop(stage.event, title="Lights")
    make_role(stage.event, stage.ada, kind="host", workshop=lights)


def is_moved(stage: Stage) -> None:
    stage.in_()
    later = stage.event.starts_at + DAY
    stage.edit(starts_at=later, ends_at=later + 3 * HOUR)


def is_called_off(stage: Stage) -> None:
    stage.in_()
    stage.edit(status="cancelled")


def is_called_off_after_paying(stage: Stage) -> None:
    stage.paid()
    stage.edit(status="cancelled")


def is_skipped(stage: Stage) -> None:
    stage.set_up(capacity=0, neos_required=True)
    stage.in_()
    Attendee.objects.filter(pk=stage.ada.pk).update(neos_email_verified=False)
    stage.edit(capacity=1)


def starts_in_a_day(stage: Stage) -> None:
    stage.in_()
    register(stage.ada, make_workshop(stage.event, title="Lights"))
    stage.so_far()
    stage.go_to(-DAY)


def starts_in_an_hour(stage: Stage) -> None:
    stage.in_()
    stage.go_to(-DAY)
    stage.so_far()
    stage.go_to(-HOUR)


def opens_its_session(stage: Stage) -> None:
    stage.set_up(session_url="neos-session:///S-jam")
    stage.in_()
    for before in (DAY, HOUR):
        stage.go_to(-before)
        stage.so_far()
    stage.go_to(-15 * MINUTE)


def changes_its_session(stage: Stage) -> None:
    opens_its_session(stage)
    stage.so_far()
    stage.edit(session_url="neosrec:///U-ada/R-other")


def opens_for_registration(stage: Stage) -> None:
    stage.set_up(opens_at=NOON + DAY)
    follows.follow(stage.ada, event=stage.event)
    stage.clock.shift(DAY)


def is_a_new_event_of_a_host(stage: Stage) -> None:
    host = make_host(stage.event, name="Lanterns")
    follows.follow(stage.ada, host=host)


def is_over(stage: Stage) -> None:
    stage.in_()
    soon = stage.event.starts_at + 10 * DAY
    host = make_host(stage.event, name="Lanterns")
    host.events.add(make_event(title="Tea", slug="tea", starts_at=soon))
    Event.objects.update(announced_at=NOON)
    for before in (DAY, HOUR):
        stage.go_to(-before)
        stage.so_far()
    stage.go_to(2 * HOUR)
