"""Every page of the site in every state that a visitor or an attendee can see it in."""

from collections.abc import Callable, Iterable

from . import (
    made,
    of_accounts,
    of_admin,
    of_demo,
    of_desk,
    of_doors,
    of_events,
    of_health,
    of_money,
    of_places,
    of_questions,
    of_refusals,
    of_second_factor,
    of_series,
)
from .state import State

__all__ = ["State", "make_states"]

#: Makers of rows and of the states that show them: the empty site first, the lists last.
MAKERS: tuple[Callable[[], Iterable[State]], ...] = (
    made.of_nothing,
    made.of_site_pages,
    made.of_agreements,
    made.of_trouble,
    made.of_steps_done_once,
    of_accounts.of_ways_in,
    of_accounts.of_passwords,
    of_accounts.of_mailed_links,
    of_accounts.of_accounts,
    of_accounts.of_unlinking,
    of_accounts.of_own_data,
    of_accounts.of_refused_addresses,
    of_second_factor.of_second_factor,
    of_events.of_hosts,
    of_events.of_open_events,
    of_events.of_roles,
    of_events.of_draws,
    of_events.of_closed_events,
    of_refusals.of_persons,
    of_refusals.of_people_who_did_not_come,
    of_refusals.of_patrons_and_blocks,
    of_refusals.of_workshops,
    of_refusals.of_drafts,
    of_places.of_free_places,
    of_places.of_waiting_places,
    of_places.of_lost_places,
    of_places.of_overviews,
    of_places.of_invitations,
    of_questions.of_questions,
    of_money.of_paying,
    of_money.of_coming_back,
    of_money.of_money_that_goes_back,
    of_money.of_demo_payments,
    of_demo.of_mails,
    of_desk.of_desks,
    of_admin.of_desk_tabs,
    of_doors.of_doors,
    of_health.of_health,
    of_series.of_series,
    of_events.of_lists,
)


def make_states() -> list[State]:
    return [state for make in MAKERS for state in make()]
