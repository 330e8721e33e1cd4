"""Columns and lines of registrations: what the list and the page of one say about it."""

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from events.access import offers, pricing, rules
from events.access.facts import Facts, read_facts
from events.access.hints import MailHintCode
from events.formatting import money, text
from events.models import Attendee, Bookable, Registration

from . import shown

#: Why no message reaches somebody.
MAIL = {
    MailHintCode.NO_ADDRESS: _("no e-mail address: no message reaches this person"),
    MailHintCode.ADDRESS_UNCONFIRMED: _("address not confirmed: no message reaches this person"),
}


def obstacles_of_waiting(facts: Facts, bookable: Bookable) -> list[str]:
    """Return why a waiting person does not move up now, in the words that the person reads."""
    found = rules.refusals_of_waiting(facts, bookable)
    lines = [text.noted(refusal.sentence, refusal.code) for refusal in found]
    if facts.is_draw_ahead(bookable):
        when = shown.moment(facts.event.draw_at, facts.event.zone)
        return [gettext("The draw comes first: %(when)s.") % {"when": when}, *lines]
    if facts.has_free_place(bookable):
        return lines
    return [gettext("No place is free."), *lines]


def price_or_free(amount: int, currency: str) -> str:
    return money.format_amount(amount, currency) if amount else gettext("free")


class RegistrationColumns(admin.ModelAdmin[Registration]):
    @admin.display(description=_("attendee"), ordering="attendee__neos_username")
    def person(self, registration: Registration) -> SafeString:
        return shown.name(registration.attendee.name)

    @admin.display(description=_("attendee"))
    def profile(self, registration: Registration) -> SafeString:
        address = reverse("admin:events_attendee_change", args=[registration.attendee_id])
        return format_html('<a href="{}">{}</a>', address, self.person(registration))

    @admin.display(description=_("Neos id"), ordering="attendee__neos_id")
    def neos(self, registration: Registration) -> SafeString:
        return shown.neos_id(registration.attendee)

    @admin.display(description=_("status"), ordering="status")
    def state(self, registration: Registration) -> str:
        return shown.state_of_place(registration, timezone.now())

    @admin.display(description=_("Patreon"))
    def tier(self, registration: Registration) -> SafeString | str:
        """Name what the pledge gives at this event, never its amount."""
        person, now = registration.attendee, timezone.now()
        perk = pricing.perk_of(person, registration.event.perks.all(), now)
        return shown.name(perk.label) if perk else shown.support(person, now)

    @admin.display(description=_("mail"))
    def mail(self, registration: Registration) -> str:
        """Say whether messages reach the person; the address itself is not shown here."""
        hint = offers.mail_hint(registration.attendee)
        return str(MAIL[hint.code]) if hint else gettext("messages reach this person")

    @admin.display(description=_("why this person does not move up"))
    def obstacles(self, registration: Registration) -> SafeString | str:
        if registration.status != Registration.Status.WAITLISTED:
            return shown.NOTHING
        event = registration.event
        person = Attendee.objects.facing(event).select_related("user")
        attendee = person.get(pk=registration.attendee_id)
        facts = read_facts(event, attendee, timezone.now())
        lines = obstacles_of_waiting(facts, registration.bookable)
        return shown.lines(lines) or shown.NOTHING

    @admin.display(description=_("promoted by"))
    def promoter(self, registration: Registration) -> SafeString:
        return shown.account(registration.promoted_by)

    @admin.display(description=_("checked in by"))
    def noted_by(self, registration: Registration) -> SafeString:
        return shown.account(registration.checked_in_by)

    @admin.display(description=pgettext_lazy("registration", "moved up"))
    def moved_up(self, registration: Registration) -> SafeString | str:
        """Link to the waitlist log, which says who else moved up then."""
        line = registration.filling_pass
        if line is None:
            return shown.NOTHING
        address = reverse("admin:events_fillingpass_change", args=[line.pk])
        when = shown.moment(line.at, registration.event.zone)
        return format_html('<a href="{}">{}</a>', address, when)

    @admin.display(
        description=pgettext_lazy("registration", "checked in"), ordering="checked_in_at"
    )
    def has_come(self, registration: Registration) -> str:
        return gettext("yes") if registration.checked_in_at else shown.NOTHING

    @admin.display(description=_("amount"), ordering="amount")
    def cost(self, registration: Registration) -> str:
        """Show nothing for a waiting person: the amount is agreed when the place is taken."""
        if registration.status == Registration.Status.WAITLISTED:
            return shown.NOTHING
        return price_or_free(registration.amount, registration.currency)

    @admin.display(description=pgettext_lazy("time", "registered"), ordering="created_at")
    def registered(self, registration: Registration) -> str:
        return shown.moment(registration.created_at, registration.event.zone)

    @admin.display(description=_("time zone"))
    def zone(self, registration: Registration) -> str:
        return str(registration.event.zone)
