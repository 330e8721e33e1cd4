"""Words of the file of one's own data that people read: its parts, its fields, codes in it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from events.models import Dispute, MailTopic, Payment, Refund, Registration, Role

from .data_words import DELIVERY, MESSAGES, PAYMENTS

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the file, and how what it says is corrected; `contact` is the site's."""

    title: Words
    correction: Words


ASK_ORGANIZERS = _(
    "Is something wrong? The organizers of the event correct it: their address is on its page. If "
    "they do not, write to %(contact)s."
)
OWN_PAGE = _("You change this yourself, on your account page.")
OF_PLATFORM = _(
    "Neos has told us this. Correct it there, then press “Verify with Neos again” on your account "
    "page."
)
PARTS: dict[str, Part] = {
    "account": Part(_("Your account"), OWN_PAGE),
    "second_factor": Part(_("Second factor"), _("You change this yourself, on its own page.")),
    "neos": Part(_("Neos"), OF_PLATFORM),
    "patreon": Part(_("Patreon"), OF_PLATFORM),
    "places": Part(
        _("Places"),
        _(
            "You change your answers, and whether your name is shown, on the page of the place. Is "
            "something else wrong? The organizers of the event correct it: their address is on its "
            "page. If they do not, write to %(contact)s."
        ),
    ),
    "payments": Part(_("Payments"), ASK_ORGANIZERS),
    "messages": Part(
        _("Messages"), _("These were sent as they are. Which mails you get, you choose yourself.")
    ),
    "invitations": Part(_("Links to a place that you have used"), ASK_ORGANIZERS),
    "agreements": Part(
        _("What you agreed to"),
        _("This is what you agreed to then. To take it back, write to %(contact)s."),
    ),
    "roles": Part(_("Your roles at events"), ASK_ORGANIZERS),
    "follows": Part(_("What you follow"), OWN_PAGE),
    "unwanted_mails": Part(_("Mails that you do not want"), OWN_PAGE),
    "blocks": Part(
        _("Blocks on your account of Neos"), _("Is a block wrong? Write to %(contact)s.")
    ),
    "announcements": Part(_("What you wrote to people of events"), ASK_ORGANIZERS),
    "columns": Part(_("Columns of lists that you chose"), _("You change this beside the list.")),
    "organizes": Part(
        _("What you organize"), _("Other organizers of it, or %(contact)s, take you off it.")
    ),
}

FIELDS: dict[str, Words] = {
    # The account
    "user_name": _("Name for signing in"),
    "display_name": _("Display name"),
    "email": _("E-mail"),
    "email_confirmed_at": _("E-mail confirmed"),
    "new_email": _("New e-mail, not confirmed yet"),
    "time_zone": _("Time zone"),
    "language": _("Language"),
    "has_password": _("Has a password"),
    "is_organizer": _("Organizes events"),
    "joined_at": _("Account since"),
    "last_sign_in_at": _("Last sign-in"),
    "picture": _("Picture"),
    "set_up_at": _("Set up"),
    "last_used_at": _("Last used"),
    "recovery_codes": _("Recovery codes left"),
    # The platform
    "platform": _("Platform"),
    "id": _("Id"),
    "name": _("Name"),
    "picture_id": _("Id of the picture"),
    "registered_at": _("Registered"),
    "email_verified": _("E-mail verified there"),
    "locked": _("Locked there"),
    "banned_until": _("Banned until"),
    "badges": _("Badges"),
    "last_checked_at": _("Last told us"),
    "former_ids": _("Unlinked ids"),
    "known": _("Shared with us"),
    "supporter": _("Supports the platform"),
    "monthly_cents": _("Cents a month (US)"),
    "total_cents": _("Cents in all (US)"),
    "counts_until": _("Counts until"),
    # Places and money
    "code": _("Code of the place"),
    "place": _("Code of the place"),
    "event": _("Event"),
    "workshop": _("Workshop"),
    "status": _("State"),
    "state": _("State"),
    "amount": _("Amount"),
    "currency": _("Currency"),
    "perk": _("Perk"),
    "waitlisted_at": _("On the waitlist since"),
    "draw_number": _("Number in the draw"),
    "put_first_at": _("Put first on the waitlist"),
    "overruled": _("Set aside by organizers to give it"),
    "taken_at": _("Taken"),
    "held_until": _("Held until"),
    "refund_until": _("Money back until"),
    "confirmed_at": _("Confirmed"),
    "checked_in_at": _("Checked in"),
    "left_at": _("Left the session"),
    "ended_at": _("Ended"),
    "name_is_shown": _("Your name is shown"),
    "outside_capacity": _("Not counted among the places"),
    "early_minutes": _("Minutes of earlier entry"),
    "skipped_for": _("Skipped because of"),
    "answers": _("Your answers"),
    "question": _("Question"),
    "answer": _("Answer"),
    "answered_at": _("Answered"),
    "number": _("Number of the receipt"),
    "provider": _("Paid through"),
    "reason_to_give_back": _("Reason to give it back"),
    "asked_at": _("Asked for"),
    "paid_at": _("Paid"),
    "refunds": _("What went back"),
    "disputes": _("Disputes"),
    "begun_at": _("Begun"),
    "changed_at": _("Last changed"),
    # Everything else
    "kind": _("Kind"),
    "written_at": _("Written"),
    "sent_at": _("Sent"),
    "used_at": _("Used"),
    "page": _("Page"),
    "version": _("Version"),
    "digest": _("Digest of the words (SHA-256)"),
    "agreed_at": _("Agreed"),
    "given_at": _("Given"),
    "host": _("Host"),
    "since": _("Since"),
    "neos_id": _("Id"),
    "whole_site": _("On the whole site"),
    "to": _("To"),
    "texts": _("Texts"),
    "subject": _("Subject"),
    "body": _("Text"),
    "columns": _("Columns"),
    "title": _("Title"),
    "address": _("Address"),
}

#: Words for codes, by part and field.
CODES: dict[tuple[str, str], dict[str, Words]] = {
    ("places", "status"): dict(Registration.Status.choices),
    ("payments", "status"): PAYMENTS,
    ("payments", "reason_to_give_back"): dict(Payment.Problem.choices),
    ("refunds", "status"): dict(Refund.Status.choices),
    ("disputes", "status"): dict(Dispute.Status.choices),
    ("messages", "kind"): MESSAGES,
    ("messages", "state"): DELIVERY,
    ("roles", "kind"): dict(Role.Kind.choices),
    ("unwanted_mails", "kind"): dict(MailTopic.choices),
    ("organizes", "kind"): {"event": _("Event"), "host": _("Host")},
}
