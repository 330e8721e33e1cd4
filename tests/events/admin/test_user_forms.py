"""Forms of accounts, for superusers: nobody erased comes back, names and addresses follow rules."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client

from events.accounts import closing, local
from events.admin.money_forms import ReasonForm
from events.messages import delivery
from events.models import Attendee, Block, Event, PatronPerk, Payment
from events.payments.providers import manual
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_organizer,
    make_user,
    make_workshop,
)
from tests.lines import register

from .conftest import SignedIn
from .pages import USERS, page_of, read, save, version
from .test_user import page, sent

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

PASSWORD = "correct horse battery"
OLD, NEW = "old@example.org", "new@example.org"


@pytest.fixture
def root(signed_in: SignedIn, superuser: User) -> Client:
    return signed_in(superuser)


@pytest.fixture
def ada() -> User:
    user = make_user(username="ada", email=OLD)
    return make_attendee(neos_id="U-Ada", user=user, email_confirmed_at=NOON).user


def stored(user: User) -> tuple[str, str, bool]:
    row = User.objects.get(pk=user.pk)
    return row.first_name, row.email, row.is_active


# --- Erased people -------------------------------------------------------------------------------


def test_form_that_was_open_brings_no_erased_person_back_m10(root: Client, ada: User) -> None:
    opened = sent(root, ada, first_name="Ada", is_staff="on", is_superuser="on")
    group = Group.objects.get_or_create(name="Clerks")[0]
    closing.erase(User.objects.get(pk=ada.pk))
    name = User.objects.get(pk=ada.pk).username
    answer = root.post(page(ada), opened | {"groups": str(group.pk)})
    assert "This person was erased, so nothing was saved." in read(answer).text
    row = User.objects.get(pk=ada.pk)
    assert (row.username, stored(ada)) == (name, ("", "", False))
    assert (row.is_staff, row.is_superuser, row.groups.count()) == (False, False, 0)


def test_erased_person_stays_so_in_a_new_form_m10(root: Client, ada: User) -> None:
    """Also if everything in it was written after the erasure."""
    closing.erase(ada)
    fresh = User.objects.get(pk=ada.pk)
    root.post(page(fresh), sent(root, fresh, email=NEW, is_active="on"))
    assert stored(ada) == ("", "", False)


def test_person_who_is_there_is_saved_m10(root: Client, ada: User) -> None:
    """The control of both."""
    root.post(page(ada), sent(root, ada, first_name="Ada"))
    assert stored(ada) == ("Ada", OLD, True)


def test_erased_person_gets_no_password_m10(root: Client, ada: User) -> None:
    closing.erase(ada)
    new = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    answer = root.post(f"{USERS}{ada.pk}/password/", new)
    assert "This person was erased, so nothing was saved." in read(answer).text
    assert User.objects.get(pk=ada.pk).has_usable_password() is False


def test_open_event_form_makes_no_erased_person_organizer_m10(root: Client) -> None:
    organizer = make_organizer()
    event = make_event(organizers=[organizer])
    closing.erase(organizer)
    answer = root.post(f"/admin/events/event/{event.pk}/change/", {"organizers": str(organizer.pk)})
    assert "is not one of the available choices" in read(answer).text
    assert Event.objects.get().organizers.count() == 0


def test_password_page_that_was_open_brings_nobody_back_m10(ada: User) -> None:
    """A save of the whole row would write the name and the address again."""
    opened = User.objects.get(pk=ada.pk)
    closing.erase(User.objects.get(pk=ada.pk))
    assert local.set_password(opened, PASSWORD) is False
    assert User.objects.get(pk=ada.pk).has_usable_password() is False
    assert stored(ada) == ("", "", False)


# --- Names ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("\uff35-victim", "reserved for Neos accounts"),
        ("erased-7", "are reserved"),
        ("\uff45rased-7", "are reserved"),
        ("TAKEN", "Somebody has this name already."),
        ("\uff54aken", "Somebody has this name already."),
    ],
    ids=ascii,
)
def test_superuser_gives_no_reserved_or_taken_name_h1(
    root: Client, ada: User, name: str, sentence: str
) -> None:
    make_user(username="taken")
    assert sentence in read(root.post(page(ada), sent(root, ada, username=name))).text
    new = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
    added = root.post(f"{USERS}add/", new | {"usable_password": "true"})
    assert sentence in read(added).text
    assert set(User.objects.values_list("username", flat=True)) == {"root", "ada", "taken"}


def test_superuser_saves_an_account_of_neos_under_its_name_h1(root: Client) -> None:
    user = make_attendee(neos_id="U-Bo").user
    root.post(page(user), sent(root, user, first_name="Bo"))
    assert stored(user)[0] == "Bo"


@pytest.mark.parametrize("pasted", ["U-Rude\u200b", " \u202aU-Rude"], ids=ascii)
def test_pasted_id_keeps_its_owner_out_h1(root: Client, pasted: str) -> None:
    make_attendee(neos_id="U-Rude")
    root.post("/admin/events/block/add/", {"neos_id": pasted, "event": "", "reason": "x"})
    assert Block.objects.get().neos_id == "U-Rude"


@pytest.mark.parametrize("spelling", ["ada ", "\uff41da", "ada\u200b"], ids=ascii)
def test_staff_sign_in_with_every_spelling_that_is_counted_h3(spelling: str) -> None:
    make_organizer(username="ada")
    fields = {"username": spelling, "password": "secret"}
    assert Client().post("/admin/login/", fields).status_code == 302


# --- Addresses -----------------------------------------------------------------------------------


def test_superuser_changes_an_address_as_its_person_would_h4(
    root: Client, ada: User, mailoutbox: list[EmailMessage]
) -> None:
    root.post(page(ada), sent(root, ada, email=NEW))
    delivery.deliver_due()
    attendee = Attendee.objects.get(user=ada)
    assert (stored(ada)[1], attendee.pending_email) == (OLD, NEW)
    assert {mail.to[0] for mail in mailoutbox} == {OLD, NEW}


def test_superuser_is_told_that_an_address_waits_h4(root: Client, ada: User) -> None:
    answer = root.post(page(ada), sent(root, ada, email=NEW), follow=True)
    assert "The person has to confirm the new address" in read(answer).text


def test_superuser_repairs_an_address_that_was_never_proved_h4(root: Client, ada: User) -> None:
    Attendee.objects.update(email_confirmed_at=None)
    root.post(page(ada), sent(root, ada, email=f"\u200b{NEW}"))
    attendee = Attendee.objects.get(user=ada)
    assert (stored(ada)[1], attendee.pending_email) == (NEW, "")
    assert attendee.email_confirmed_at is None


def test_other_changes_leave_an_address_that_waits_alone_h4(root: Client, ada: User) -> None:
    local.change_address(ada.attendee, NEW)
    root.post(page(ada), sent(root, User.objects.get(pk=ada.pk), first_name="Ada"))
    assert (stored(ada)[:2], Attendee.objects.get(user=ada).pending_email) == (("Ada", OLD), NEW)


def test_new_password_by_a_superuser_drops_a_change_that_waits_h4(root: Client, ada: User) -> None:
    local.change_address(ada.attendee, NEW)
    new = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    assert root.post(f"{USERS}{ada.pk}/password/", new).status_code == 302
    assert User.objects.get(pk=ada.pk).check_password(PASSWORD) is True
    assert Attendee.objects.get(user=ada).pending_email == ""


def test_admin_leads_to_the_one_page_for_passwords_h4(root: Client) -> None:
    assert root.get("/admin/password_change/")["Location"] == "/accounts/password/"


# --- Money ---------------------------------------------------------------------------------------


def choose(browser: Client, person: User, action: str, **more: str) -> HttpResponse:
    return browser.post(USERS, {"action": action, "_selected_action": str(person.pk)} | more)


@pytest.mark.parametrize(
    ("action", "sentence", "money"),
    [
        ("erase", "what they paid for them goes back in full", "refund_due"),
        ("erase_as_asked", "money goes back as if they had cancelled", "paid"),
    ],
)
def test_superuser_is_told_where_the_money_goes_l1(
    root: Client, ada: User, action: str, sentence: str, money: str
) -> None:
    held = register(ada.attendee, make_event(price=500, refund_days=30))
    manual.mark_paid(registration=held, by=make_organizer())
    asked = choose(root, ada, action)
    assert sentence in read(asked).text
    assert Payment.objects.get().status == "paid"
    choose(root, ada, action, confirmed="1", version=version(asked))
    assert Payment.objects.get().status == money
    assert LogEntry.objects.filter(change_message="Erased.").count() == 1


# --- Text that organizers type -------------------------------------------------------------------


def test_titles_are_cleaned_and_keep_what_spells_r9(root: Client) -> None:
    event = make_event(slug="jam")
    make_workshop(event, slug="mixing")
    typed = {
        "title": "\u202eශ්\u200dරී\u200b Jam",
        "description": "# \u202eHi\r\n\r\n    code",
        "workshops-0-title": "Mixing\ufeff \U0001f469\u200d\U0001f680",
    }
    save(root, page_of(event), **typed)
    event = Event.objects.get()
    assert (event.title, event.description) == ("ශ්\u200dරී Jam", "# Hi\n\n    code")
    assert event.workshops.get().title == "Mixing \U0001f469\u200d\U0001f680"


def test_other_texts_of_an_event_are_cleaned_too_r9(root: Client) -> None:
    event = make_event(slug="jam")
    PatronPerk.objects.create(event=event, min_cents=500, early_hours=2, label="Early")
    typed = {
        "contact": "Zed <zed@example.org>\u200b",
        "payment_instructions": "To \u202eus\r\n  by bank\u200b",
        "session_url": "neos-session:///S-1\u200b",
        "perks-0-label": "\u202eFriends\ufeff",
    }
    save(root, page_of(event), **typed)
    event = Event.objects.get()
    kept = (event.contact, event.payment_instructions, event.session_url, event.perks.get().label)
    cleaned = ("Zed <zed@example.org>", "To us\n  by bank", "neos-session:///S-1", "Friends")
    assert kept == cleaned


def test_reason_of_an_organizer_is_cleaned_r9() -> None:
    form = ReasonForm({"reason": " \u202eNoted twice\u200b "})
    assert (form.is_valid(), form.cleaned_data["reason"]) == (True, "Noted twice")
