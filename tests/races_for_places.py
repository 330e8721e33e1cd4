"""One round each of the races for places at one event; what came out wrong is returned."""

from django.contrib.auth.models import User

from events.models import Attendee, Event, Registration
from tests.factories import make_event, make_workshop, statuses
from tests.lines import kinds, status
from tests.racing import Racers, line_up, make_staff, newcomers, order, recount, unlike


def last_place(racers: Racers) -> list[str]:
    """Several people want it."""
    event, _ = line_up(people=0)
    orders = [order("register", user=p.user_id, event=event.pk) for p in newcomers(4)]
    answers = racers.race(*orders)
    expected = ["confirmed", "waitlisted", "waitlisted", "waitlisted"]
    told = unlike("answers", sorted(answers), expected)
    return told + unlike("rows", sorted(statuses(event)), expected) + recount(event, answers)


def impatient_clicks(racers: Racers) -> list[str]:
    """One person presses five times."""
    event, (person,) = make_event(capacity=1), newcomers(1)
    once = order("register", user=person.user_id, event=event.pk)
    twice = order("register", user=person.user_id, event=event.pk, times=2)
    answers = racers.race(twice, once, once, once)
    told = unlike("answers", answers, ["confirmed"] * 4)
    mail = unlike("messages", kinds(person), ["registered"])
    return told + mail + unlike("rows", statuses(event), ["confirmed"]) + recount(event, answers)


def place_given_up_unwanted(racers: Racers) -> list[str]:
    """Nobody waits for the place until somebody comes, in the moment it is given up."""
    event, (leaving,) = line_up(people=1)
    (one, other) = newcomers(2)
    answers = racers.race(
        order("cancel", registration=leaving.pk),
        order("register", user=one.user_id, event=event.pk),
        order("register", user=other.user_id, event=event.pk),
    )
    told = unlike("answer to leaving", answers[0], "cancelled")
    expected = ["cancelled", "confirmed", "waitlisted"]
    return told + unlike("rows", sorted(statuses(event)), expected) + recount(event, answers)


def places_given_up_in_front_of_a_line(racers: Racers) -> list[str]:
    """The first in line get them, and nobody who comes at that moment."""
    event, (one_leaving, other_leaving, first, second) = line_up(capacity=2, people=4)
    one, other = newcomers(2)
    answers = racers.race(
        order("cancel", registration=one_leaving.pk),
        order("register", user=one.user_id, event=event.pk),
        order("cancel", registration=other_leaving.pk),
        order("register", user=other.user_id, event=event.pk),
    )
    told = unlike("answers", answers, ["cancelled", "waitlisted"] * 2)
    expected = [*["cancelled"] * 2, *["confirmed"] * 2, *["waitlisted"] * 2]
    mail = [kinds(registration.attendee) for registration in (first, second)]
    told += unlike("messages", mail, [["waitlisted", "place-given"]] * 2)
    return told + unlike("rows", statuses(event), expected) + recount(event, answers)


def one_free_place(racers: Racers) -> list[str]:
    """For the line, for whom an organizer puts first, and for a newcomer."""
    event, (_holder, first, second) = line_up(people=3)
    organizer, (newcomer,) = make_staff(), newcomers(1)
    Event.objects.filter(pk=event.pk).update(capacity=2)
    answers = racers.race(
        order("fill", event=event.pk),
        order("promote", registration=second.pk, by=organizer.pk),
        order("register", user=newcomer.user_id, event=event.pk),
        order("fill", event=event.pk),
    )
    expected = ["confirmed", "confirmed", "waitlisted", "waitlisted"]
    mail = unlike("messages", kinds(first.attendee), ["waitlisted", "place-given"])
    return mail + unlike("rows", statuses(event), expected) + recount(event, answers)


def promoted_while_places_are_given_up(racers: Racers) -> list[str]:
    """Whichever comes first, two of three people have the two places, and nobody newer."""
    event, (one, other, *_waiting, last) = line_up(capacity=2, people=5)
    organizer, (newcomer,) = make_staff(), newcomers(1)
    answers = racers.race(
        order("cancel", registration=one.pk),
        order("promote", registration=last.pk, by=organizer.pk),
        order("cancel", registration=other.pk),
        order("register", user=newcomer.user_id, event=event.pk),
    )
    in_turn = ["cancelled", "cancelled", "confirmed", "confirmed", "waitlisted", "waitlisted"]
    out_of_turn = ["cancelled", "cancelled", "confirmed", "waitlisted", "confirmed", "waitlisted"]
    return unlike("rows", statuses(event), in_turn, out_of_turn) + recount(event, answers)


def capacity_lowered(racers: Racers) -> list[str]:
    """People who came before the edit stay; nobody gets in after it."""
    event, _ = line_up(capacity=2, people=1)
    one, other = newcomers(2)
    answers = racers.race(
        order("register", user=one.user_id, event=event.pk),
        order("set_capacity", event=event.pk, capacity=1),
        order("register", user=other.user_id, event=event.pk),
    )
    before = ["confirmed", "confirmed", "waitlisted"]
    after = ["confirmed", "waitlisted", "waitlisted"]
    return unlike("rows", sorted(statuses(event)), before, after) + recount(event, answers)


def capacity_raised(racers: Racers) -> list[str]:
    """The new place is for the line, like one that is given up in the same moment."""
    event, (leaving, *_waiting) = line_up(people=3)
    one, other = newcomers(2)
    answers = racers.race(
        order("register", user=one.user_id, event=event.pk),
        order("set_capacity", event=event.pk, capacity=2),
        order("cancel", registration=leaving.pk),
        order("register", user=other.user_id, event=event.pk),
    )
    expected = ["cancelled", "confirmed", "confirmed", "waitlisted", "waitlisted"]
    return unlike("rows", statuses(event), expected) + recount(event, answers)


def workshops_at_the_same_time(racers: Racers) -> list[str]:
    """One person wants both, others want one each; both have one place."""
    event, held = line_up(capacity=5, people=3)
    one, other = (make_workshop(event, capacity=1) for _ in range(2))
    both, first, second = (registration.attendee for registration in held)
    answers = racers.race(
        order("register", user=both.user_id, event=event.pk, workshop=one.pk),
        order("register", user=both.user_id, event=event.pk, workshop=other.pk),
        order("register", user=first.user_id, event=event.pk, workshop=one.pk),
        order("register", user=second.user_id, event=event.pk, workshop=other.pk),
    )
    active = Registration.objects.active().filter(event=event, workshop__isnull=False)
    places_of = [active.filter(workshop=w, status="confirmed").count() for w in (one, other)]
    taken = unlike("places taken at each", places_of, [1, 1])
    mine = unlike("workshops of one person", active.filter(attendee=both).count(), 1)
    return taken + mine + recount(event, answers)


def first_requests_of_a_user(racers: Racers) -> list[str]:
    """Staff have no attendee until they ask for something, here for several things at once."""
    one, other, staff = make_event(), make_event(), make_staff()
    answers = racers.race(
        order("register", user=staff.pk, event=one.pk),
        order("open_account", user=staff.pk),
        order("register", user=staff.pk, event=other.pk),
        order("open_account", user=staff.pk),
    )
    expected = ["refused email-unconfirmed", staff.pk] * 2
    rows = unlike("attendees", Attendee.objects.filter(user=staff).count(), 1)
    return unlike("answers", answers, expected) + rows + recount(one, answers)


def closed_while_signing_up(racers: Racers) -> list[str]:
    """A closed account holds nothing, and what it held goes on."""
    event, (holder, first) = line_up(people=2)
    others, _ = line_up(capacity=2, people=0)
    answers = racers.race(
        order("deactivate", user=holder.attendee.user_id),
        order("register", user=holder.attendee.user_id, event=others.pk),
    )
    held = Registration.objects.active().filter(attendee=holder.attendee)
    kept = unlike("held by a closed account", held.count(), 0)
    return kept + unlike("next in line", status(first), "confirmed") + recount(event, answers)


def unlinked_while_a_place_is_taken(racers: Racers) -> list[str]:
    """Nobody has a place that needs Neos and no Neos account."""
    event, (person,) = make_event(neos_required=True, capacity=3), newcomers(1)
    give_password(person)
    answers = racers.race(
        order("unlink", user=person.user_id), order("register", user=person.user_id, event=event.pk)
    )
    first, second = ["unlinked", "refused neos-required"], ["refused gated_places", "confirmed"]
    told = unlike("answers", answers, first, second)
    return told + places_without_neos(event) + recount(event, answers)


def give_password(attendee: Attendee) -> None:
    """Let Neos be not the only way in; nobody signs in with it."""
    User.objects.filter(pk=attendee.user_id).update(password="of no use")


def places_without_neos(event: Event) -> list[str]:
    held = Registration.objects.active().filter(event=event, attendee__neos_id=None)
    return unlike("places without a Neos account", held.count(), 0)
