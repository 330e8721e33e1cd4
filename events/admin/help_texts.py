"""Say under the fields of an event what each of them does to people."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from .markdown_field import ALLOWED

OF_EVENT: dict[str, Any] = {
    "title": _("Shown in lists, mails and calendars."),
    "summary": _("One or two sentences under the title, also where people share the link."),
    "description": ALLOWED,
    "written_in": _("Further languages have texts of their own, further down."),
    "slug": _(
        "The last part of the link. Empty: made from the title. You may change it later: the old "
        "link then leads to the new one."
    ),
    "status": _(
        "Draft: only its organizers see it. Published: people see it and sign up. Cancelled: "
        "everybody is told, and all money goes back."
    ),
    "listed": _("Shown in the public list of events. If not, only people with the link find it."),
    "time_zone": _("All times on this page are in it. People see theirs beside it."),
    "starts_at": _("If you move it later, everybody who signed up is told the old and new time."),
    "ends_at": _("Needed only if you give no length. If you give both, they must agree."),
    "capacity": _(
        "How many people can have a place. Empty: no limit. People who sign up later wait in line, "
        "and move up when a place gets free."
    ),
    "has_waitlist": _("If not, nobody can wait for a place when the event is full."),
    "no_show_hours": _(
        "For people who had a place at two or more events of the same organizers or hosts within "
        "half a year and were not checked in. Events at which you check in less than a third of "
        "the people do not count. It needs an opening time above, and nobody waits longer than "
        "half of the time for sign-ups. People read why. To excuse somebody, check them in at the "
        "event that they missed, also afterwards. 0: the same for everybody."
    ),
    "session_url": _(
        "Shown to people with a place when it is time: neos-session:///S-…, or the id S-… alone. A "
        "world works too, like neosrec:///U-…/R-…. If you change it once people could see it, they "
        "are told."
    ),
    "session_opens_minutes": _("From then on the address is shown to people with a place."),
    "neos_required": _(
        "Only people who have proved their Neos account can sign up. A price or a pledge needs "
        "this anyway."
    ),
    "currency": _("Three letters, like EUR, USD or JPY. It is that of all prices on this page."),
}
OF_PERK: dict[str, Any] = {
    "min_cents": _(
        "Like 5.00. Of several perks, people have the highest one that their pledge reaches."
    ),
    "early_hours": _("Before registration opens for everybody. It needs an opening time above."),
    "discount_percent": _("Of all prices on this page. 100: free."),
    "label": _("The name of the perk, as people read it beside the price."),
}
OF_WORKSHOP: dict[str, Any] = {
    "slug": _("Empty: made from the title."),
    "starts_at": _("In the time zone of the event, and within its time."),
    "ends_at": _("Needed only if you give no length."),
    "capacity": _("Empty: no limit."),
    "has_waitlist": _("If not, nobody can wait for a place when it is full."),
    "price": _("On top of that of the event. Empty or 0: free."),
}
OF_QUESTION: dict[str, Any] = {
    "kind": _("How people answer. A box to agree is for consents, like to recording or to rules."),
    "workshop": _("When it is asked: with the sign-up for the event, or for one workshop."),
    "text": _(
        "As people read it. A consent says what they agree to; who has agreed to the same words "
        "before is not asked again."
    ),
    "help": _("Shown below it. Links in it work."),
    "choices": _("One on each line, for a choice. People who chose one that you rename keep it."),
    "is_required": _("Nobody can sign up without an answer."),
    "position": _("Lower numbers come first."),
}
