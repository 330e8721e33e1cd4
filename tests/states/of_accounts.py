"""Signing in, signing up, the links in mails, and the pages of an account."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from events import follows
from events.messages import confirmation, stop_link, topics
from events.models import Attendee, Block, Event, FormerNeosId, MailTopic
from events.payments.providers import manual
from tests.factories import (
    make_attendee,
    make_event,
    make_host,
    make_local_attendee,
    make_organizer,
    make_user,
)
from tests.platform import COMPLETE, DISCONNECT

from .state import DAY, State, page_of, take

WRONG = "Please check what you typed"
UNLINK, DATA, ERASE = "/account/unlink/", "/account/data/", "/account/delete/"


def of_ways_in() -> Iterator[State]:
    yield State("login", "/accounts/login/", "With a local account")
    typed = {"username": "nobody", "password": "wrong"}
    yield State("login-errors", "/accounts/login/", WRONG, None, "Sign in", typed)
    yield State("sandbox-login", "/accounts/login/", "made up", None, "Sign in with Neos")
    yield State("signup", "/accounts/signup/", "It is for this site only")
    typed = {"username": "a@b", "email": "x", "password1": "1", "password2": "2"}
    yield State("signup-errors", "/accounts/signup/", WRONG, None, "Make the account", typed)
    failed = f"{COMPLETE}?error=access_denied"
    yield State("sign-in-failed", failed, "Signing in did not work", status=403)
    yield State("account-closed", "/accounts/closed/", "This account is closed", status=403)


def of_passwords() -> Iterator[State]:
    local, linked = make_local_attendee().user, make_attendee().user
    yield State("reset", "/accounts/password-reset/", "Mail me a link")
    typed = {"email": "x"}
    yield State("reset-errors", "/accounts/password-reset/", WRONG, None, "Mail me a link", typed)
    yield State("reset-sent", "/accounts/password-reset/sent/", "Look into your mail")
    forgetful = make_user()  # who signs in meanwhile needs a new link
    key = urlsafe_base64_encode(force_bytes(forgetful.pk))
    link = f"/accounts/password-reset/{key}/{default_token_generator.make_token(forgetful)}/"
    yield State("reset-link", link, "Save the password")
    typed = {"new_password1": "1", "new_password2": "2"}
    yield State("reset-link-errors", link, WRONG, None, "Save the password", typed)
    yield State("reset-link-old", f"/accounts/password-reset/{key}/x-y/", "was used already")
    yield State("reset-done", "/accounts/password-reset/done/", "Sign in with it now")
    yield State("password", "/accounts/password/", "Save the password", local)
    typed = {"old_password": "x"} | typed
    yield State("password-errors", "/accounts/password/", WRONG, local, "Save the password", typed)
    yield State("password-neos", "/accounts/password/", "sign in with Neos again", linked)


def of_mailed_links() -> Iterator[State]:
    mover = make_local_attendee(pending_email="new@example.org")
    confirm, refuse = confirmation.confirmation_link(mover), confirmation.refusal_link(mover)
    yield State("confirm", urlsplit(confirm).path, "Yes, confirm it")
    yield State("confirm-failed", "/accounts/confirm/x/", "older than three days", status=404)
    yield State("refuse", urlsplit(refuse).path, "Yes, keep my address")
    yield State("refuse-failed", "/accounts/keep-address/x/", "cut off", status=404)
    follower = make_attendee()
    host = make_host(make_event(title="New here"), name="Tea Club", slug="tea-club")
    stop = urlsplit(stop_link.stop_link(follower, [host])).path
    yield State("stop-nothing", stop, "There is nothing to stop")
    follows.follow(other := make_attendee(), host=host)
    stop = urlsplit(stop_link.stop_link(other, [host])).path
    yield State("stop", stop, "Yes, stop")
    yield State("stop-failed", "/following/stop/x/", "This link does not work", status=404)
    yield from _of_mail_topics()


def _of_mail_topics() -> Iterator[State]:
    """The page behind the link of a reminder."""
    address = urlsplit(topics.link(make_local_attendee().pk, MailTopic.REMINDERS)).path
    yield State("mail-topics", address, "Send me no more of these")
    yield State("mail-topics-failed", "/mails/x/", "has the same choices", status=404)


def of_accounts() -> Iterator[State]:
    now = timezone.now()
    linked = make_attendee(display_name="Ada")
    pledge = {"patreon_supporter": True, "patreon_cents": 900, "patreon_until": now + 30 * DAY}
    patron = make_attendee(user=make_user(), email_confirmed_at=now, **pledge)
    local, mover = make_local_attendee(), make_local_attendee(pending_email="new@example.org")
    yield _account("account", linked, "no e-mail address of yours, so no message about your places")
    yield _account("account-patron", patron, "you support Neos with $9.00")
    bare = make_attendee(patreon_supporter=True)
    yield _account("account-without-amount", bare, "has told us no amount")
    yield _account("account-local", local, "Link your Neos account")
    yield _account("account-unproved", make_local_attendee(email_confirmed_at=None), "again")
    yield _account("account-moving", mover, "Keep the old address")
    typed = {"email": "x"}
    yield _account("account-errors", local, WRONG, "Save", typed)
    typed = {"email": "new@example.org"}
    yield _account("account-neos-again", linked, "sign in with Neos again", "Save", typed)
    yield _account("link-errors", local, WRONG, "Link your Neos account")
    renewed = "Your calendar has a new address"
    yield _account("account-calendar", make_attendee(), renewed, "Yes, make a new one")
    yield from _of_followers()


def of_unlinking() -> Iterator[State]:
    """What is in the way of it: nothing, places, the only way in."""
    free, holder, both = (make_attendee(user=make_user()) for _ in range(3))
    gated = make_event(title="Verified only", neos_required=True)
    for person in (holder, both):
        take(person, gated)
        take(person, make_event(title="Paid evening", price=900))
    both.user.set_unusable_password()
    both.user.save()
    yield State("unlink", UNLINK, "Yes, unlink", free.user)
    yield State("unlink-places", UNLINK, "Give up what needs a Neos account", holder.user)
    yield State("unlink-password-and-places", UNLINK, "your only way to sign in", both.user)
    browser = Client()
    browser.force_login(both.user, "django.contrib.auth.backends.ModelBackend")
    refused = browser.post(DISCONNECT).content.decode()
    yield State("unlink-refused", "/made/unlink-refused/", "Set a password first", html=refused)


def of_own_data() -> Iterator[State]:
    """What the site knows of somebody with a long history, and of somebody new."""
    now = timezone.now()
    known = {"neos_registered_at": now - 900 * DAY, "neos_tags": ["mmc participant"]}
    known |= {"patreon_cents": 600, "patreon_total_cents": 9000, "patreon_until": now + DAY}
    old = make_attendee(user=make_user(), display_name="Ada", email_confirmed_at=now, **known)
    FormerNeosId.objects.create(attendee=old, neos_id="U-before")
    paid = take(old, make_event(title="Lantern walk", price=500, refund_days=0))
    manual.mark_paid(registration=paid, by=make_organizer())
    follows.follow(old, host=make_host(paid.event, name="Fog Club", slug="fog-club"))
    Block.objects.create(neos_id=old.neos_id, event=paid.event)
    Block.objects.create(neos_id=old.neos_id)
    organizer, linked, new = make_organizer(), make_attendee(), make_local_attendee()
    yield State("data", DATA, "since", old.user)
    bare = make_attendee(patreon_supporter=True, patreon_total_cents=900)
    yield State("data-without-amount", DATA, "You have given $9.00 in all", bare.user)
    yield State("data-new", DATA, "There are no payments", new.user)
    yield State("data-neos", DATA, "sign in with Neos again", linked.user)
    yield State("data-errors", DATA, WRONG, new.user, "Save it to read")
    reader = Client()
    reader.force_login(old.user, "django.contrib.auth.backends.ModelBackend")
    saved = reader.post(f"{DATA}file/", {"form": "html", "current_password": "secret"})
    html = b"".join(saved).decode()
    yield State("data-file", "/made/data-file/", "What is empty is left out", html=html)
    leaving = "Yes, delete my account"
    yield State("erase", ERASE, "Save a copy of your data", new.user)
    yield State("erase-errors", ERASE, WRONG, new.user, leaving)
    yield State("erase-neos", ERASE, "sign in with Neos again", linked.user)
    yield State("erase-organizer", ERASE, "only the people who run this site", organizer)


def _of_followers() -> Iterator[State]:
    follower = make_attendee(user=make_user(), email_confirmed_at=timezone.now())
    soon = make_event(title="Soon", opens_at=timezone.now() + timedelta(hours=30))
    host = make_host(soon, name="Night Club", slug="night-club")
    follows.follow(follower, host=host)
    follows.follow(follower, event=soon)
    yield _account("account-follows", follower, "one mail when it opens")
    yield State("host-followed", host.get_absolute_url(), "Stop following", follower.user)
    yield page_of("soon-followed", soon, "Do not tell me", follower)


def _account(
    name: str,
    attendee: Attendee,
    says: str,
    press: str = "",
    typed: dict[str, str] | None = None,
) -> State:
    return State(name, "/account/", says, attendee.user, press, typed or {})


def of_refused_addresses() -> Iterator[State]:
    """Pages that are not there, or not for this visitor."""
    visitor = make_attendee().user
    yield State("missing", "/events/never-planned/", "Nothing here", status=404)
    yield State("organizers-only", "/admin/", "For organizers only", visitor, status=403)
    yield State("wrong-method", "/account/data/file/", "Nothing was done", visitor, status=405)
    assert not Event.objects.filter(slug="never-planned").exists()
