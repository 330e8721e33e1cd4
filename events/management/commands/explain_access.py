"""Say why one person may or may not have the places of one event."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from events.access import facts, offers, pricing, rules
from events.access.offers import Offer
from events.access.refusals import Refusal
from events.formatting import money, text, times
from events.management.arguments import StaffCommand, add_event, add_json, find_event, plain
from events.models import Attendee, Event
from events.models.spelling import meant_by, spelled_like


class Command(StaffCommand):
    help = (
        "Prints the decision about one person at one event and each of its workshops: what they "
        "have, every refusal, and the perk that counts. Changes nothing."
    )
    examples = ("explain_access spring-jam U-mika", "explain_access spring-jam mika --json")

    def add_arguments(self, parser: CommandParser) -> None:
        add_event(parser)
        parser.add_argument(
            "person", metavar="PERSON", help=f"{settings.PLATFORM.name} id or username"
        )
        add_json(parser)

    def handle(self, *args: Any, event: str, person: str, **options: Any) -> None:
        found = find_event(event)
        attendee = find_person(person, found)
        known = facts.read_facts(found, attendee, timezone.now(), positions=True)
        explained = [explain(known, offers.make_offer(known, b)) for b in found.bookables()]
        if options["json"]:
            answer = {
                "event": found.slug,
                "event_status": found.status,
                "person": attendee.neos_id,
                "bookables": explained,
            }
            self.say_json(answer)
        else:
            kind = "a draft" if found.is_draft else found.get_status_display()
            state = "" if found.is_published else f", which is {kind}"
            self.stdout.write(f"{plain(attendee)} at {found.slug}{state}")
            for one in explained:
                self.show(one)

    def show(self, explained: dict[str, Any]) -> None:
        self.stdout.write(f"\n{explained['bookable']}: {explained['decision']}")
        if explained["status"]:
            self.stdout.write(f"  has: {explained['status']}")
        for refusal in explained["refusals"]:
            until = f" (until {refusal['instant']})" if refusal["instant"] else ""
            self.stdout.write(f"  {refusal['code']}: {refusal['sentence']}{until}")
        self.stdout.write(f"  price: {explained['price']}  perk: {explained['perk'] or 'none'}")
        for hint in explained["hints"]:
            self.stdout.write(f"  hint {hint['code']}: {hint['sentence']}")


def find_person(name: str, event: Event) -> Attendee:
    """Find somebody by exact Neos id, which nobody else can have, or else by exact username, or
    else by a Neos id that is only one person's in other letters.
    """
    q = Attendee.objects.facing(event).select_related("user").order_by("pk")
    neos_id, username = text.clean_id(name), text.clean_account_name(name)
    found = (
        list(q.filter(neos_id=neos_id))
        or list(q.filter(user__username=username))
        or meant_by(neos_id, q.filter(spelled_like(neos_id)), attrgetter("neos_id"))
    )
    if not found:
        id_of = f"{settings.PLATFORM.name} id"
        raise CommandError(f"Nobody has the {id_of} or the username {name!r} here.")
    return found[0]


def explain(known: facts.Facts, offer: Offer) -> dict[str, Any]:
    perk = pricing.perk_of(known.attendee, known.perks, known.now)
    held, found = offer.registration, against(known, offer)
    return {
        "bookable": offer.bookable.slug,
        "decision": decide(offer, is_refused=holds_a_place(offer) and bool(found)),
        "status": held.status if held else None,
        "position": held.position if held else None,
        "refusals": [
            {
                "code": refusal.code.value,
                "sentence": refusal.sentence,
                "instant": times.for_machines(refusal.instant) if refusal.instant else None,
            }
            for refusal in found
        ],
        **cost(offer, perk.label if perk else ""),
        "hints": [{"code": h.code.value, "sentence": h.sentence} for h in offer.hints],
    }


def against(known: facts.Facts, offer: Offer) -> Sequence[Refusal]:
    """Return what is against a place now, for somebody who holds one too: they keep it, but it may
    have been gated since, or they may have been blocked.
    """
    if holds_a_place(offer):
        return rules.refusals_of_holder(known, offer.bookable)
    return offer.obstacles


def holds_a_place(offer: Offer) -> bool:
    held = offer.registration
    return held is not None and held.status != held.Status.WAITLISTED


def cost(offer: Offer, perk: str) -> dict[str, str | int | None]:
    held, price = offer.registration, offer.price
    amount, currency = price.amount, price.currency
    if held is not None and held.taken_at is not None:
        amount, currency, perk = held.amount, held.currency, held.perk_label
    return {
        "price": money.format_amount(amount, currency),
        "amount": amount,
        "currency": currency,
        "perk": perk or None,
    }


def decide(offer: Offer, *, is_refused: bool = False) -> str:
    if offer.registration is not None:
        kept = ", and keeps it although it would be refused now" if is_refused else ""
        return f"is registered: {offer.registration.status}{kept}"
    if offer.refusals:
        return "may not register"
    if offer.is_draw_ahead:
        return "may take part in the draw"
    return "may join the waitlist" if offer.is_full else "may take a place"
