"""An e-mail address counts once it is proved; until then the old one stays and hears of it."""

import re

import pytest
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.test import Client

from events.accounts import closing, local
from events.messages import delivery, password_reset
from events.models import Attendee, Notification
from tests.factories import NOON, make_attendee, make_event, make_local_attendee, make_user
from tests.lines import register
from tests.sign_in import profile, sign_in

pytestmark = [pytest.mark.both, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

OLD, NEW, OTHER = "old@example.org", "new@example.org", "other@example.org"
PASSWORD = "correct horse battery"


@pytest.fixture
def attendee(client: Client) -> Attendee:
    """Somebody with a password and a proved address, signed in."""
    attendee = make_local_attendee(user=make_user(username="ann", email=OLD))
    client.force_login(attendee.user)
    return attendee


def give(client: Client, address: str, **fields: str) -> str:
    """Type an address on the account page, with the password; return the page that follows."""
    typed = {"email": address, "time_zone": "UTC", "current_password": "secret"} | fields
    return client.post("/account/", typed, follow=True).content.decode()


def delivered(mailoutbox: list[EmailMessage]) -> dict[str, str]:
    """Deliver what is due; return the path of the link in each mail, "" for none, by address."""
    mailoutbox.clear()
    delivery.deliver_due()
    found = {}
    for mail in mailoutbox:
        link = re.search(r"http://localhost:8000(/accounts/\S+)", str(mail.body))
        found[mail.to[0]] = link[1] if link else ""
    return found


def addresses(attendee: Attendee) -> tuple[str, str, bool]:
    """In use, waiting to be confirmed, proved."""
    row = Attendee.objects.select_related("user").get(pk=attendee.pk)
    return row.user.email, row.pending_email, row.email_confirmed_at is not None


def asked_for_password(address: str, mailoutbox: list[EmailMessage]) -> list[str]:
    """Return who gets a mail if somebody asks for a new password at this address."""
    password_reset.request(address)
    return list(delivered(mailoutbox))


# --- Giving another one --------------------------------------------------------------------------


def test_new_address_waits_and_the_proved_one_stays_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    page = give(client, NEW)
    assert addresses(attendee) == (OLD, NEW, True)
    assert "Until then your messages go to <bdi>old@example.org</bdi>" in page
    assert set(delivered(mailoutbox)) == {NEW, OLD}
    told = {mail.to[0]: mail for mail in mailoutbox}
    assert told[OLD].subject == "Your e-mail address here changes"
    assert NEW not in str(told[OLD].message())


def test_password_is_reset_at_the_proved_address_only_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    delivered(mailoutbox)
    assert asked_for_password(NEW, mailoutbox) == []
    assert asked_for_password(OLD, mailoutbox) == [OLD]


def test_messages_go_to_the_proved_address_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    delivered(mailoutbox)
    register(attendee, make_event())
    assert list(delivered(mailoutbox)) == [OLD]


def test_place_is_open_while_an_address_waits_h4(client: Client, attendee: Attendee) -> None:
    give(client, NEW)
    event = make_event()
    assert client.post(f"{event.get_absolute_url()}register/").status_code == 302


def test_new_address_counts_once_its_link_is_followed_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    link = delivered(mailoutbox)[NEW]
    assert NEW in client.get(link).content.decode()
    assert addresses(attendee) == (OLD, NEW, True)
    for _ in range(2):
        assert Client().post(link).status_code == 302
        assert addresses(attendee) == (NEW, "", True)
    assert asked_for_password(OLD, mailoutbox) == []
    assert asked_for_password(NEW, mailoutbox) == [NEW]


def test_profile_saved_while_an_address_waits_changes_no_address_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    delivered(mailoutbox)
    assert f'value="{NEW}"' in client.get("/account/").content.decode()
    for address in (NEW, OLD):  # as shown now, and as in a tab from before
        give(client, address, current_password="", display_name="Ann")
        assert addresses(attendee) == (OLD, NEW, True)
    assert delivered(mailoutbox) == {}


def test_address_that_was_never_proved_is_repaired_at_once_h4(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    attendee = make_local_attendee(
        user=make_user(email="tpyo@example.org"), email_confirmed_at=None
    )
    client.force_login(attendee.user)
    local.send_confirmation(attendee)
    wrong = delivered(mailoutbox)["tpyo@example.org"]
    give(client, NEW)
    assert addresses(attendee) == (NEW, "", False)
    assert list(delivered(mailoutbox)) == [NEW]
    assert set(attendee.notifications.values_list("kind", flat=True)) == {"confirm-address"}
    assert Client().post(wrong).status_code == 404


def test_removed_address_hears_of_it_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, "")
    assert addresses(attendee) == ("", "", False)
    assert delivered(mailoutbox) == {OLD: ""}
    assert "Messages no longer go to this one." in str(mailoutbox[0].body)


def test_old_address_is_told_also_when_the_new_one_is_confirmed_by_then_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    Notification.objects.filter(kind="address-change").update(next_try_at=NOON.replace(hour=13))
    Client().post(delivered(mailoutbox)[NEW])
    Notification.objects.filter(kind="address-change").update(next_try_at=None)
    assert delivered(mailoutbox) == {OLD: ""}


# --- Links of old mails --------------------------------------------------------------------------


def test_link_for_an_address_that_was_replaced_is_dead_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    replaced = delivered(mailoutbox)[NEW]
    give(client, OTHER)
    last = delivered(mailoutbox)[OTHER]
    assert Client().post(replaced).status_code == 404
    Client().post(last)
    assert addresses(attendee) == (OTHER, "", True)
    assert Client().post(replaced).status_code == 404


def test_link_that_was_not_mailed_yet_is_not_mailed_for_another_address_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage], clock: object
) -> None:
    give(client, NEW)
    clock.shift(1)  # type: ignore[attr-defined] - time_machine's traveller
    give(client, OTHER)
    assert NEW not in delivered(mailoutbox)


def test_reset_link_is_dead_after_the_address_changed_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    confirm = delivered(mailoutbox)[NEW]
    password_reset.request(OLD)
    reset = delivered(mailoutbox)[OLD]
    Client().post(confirm)
    page = Client().get(reset, follow=True).content.decode()
    assert "This link was used already or is too old." in page


@pytest.mark.parametrize("account", ["closed", "erased"])
def test_links_of_a_gone_account_are_dead_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage], account: str
) -> None:
    give(client, NEW)
    links = delivered(mailoutbox)
    act = closing.deactivate if account == "closed" else closing.erase
    act(User.objects.get(pk=attendee.user_id))
    assert {Client().post(link).status_code for link in links.values()} == {404}


# --- Keeping the old one -------------------------------------------------------------------------


def test_old_mailbox_stops_the_change_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    links = delivered(mailoutbox)
    stranger = Client()
    assert "Yes, keep my address" in stranger.get(links[OLD]).content.decode()
    assert addresses(attendee) == (OLD, NEW, True)
    assert "Choose a new password now" in stranger.post(links[OLD]).content.decode()
    assert addresses(attendee) == (OLD, "", True)
    assert [Client().post(link).status_code for link in links.values()] == [404, 404]


def test_link_of_the_old_mailbox_is_for_one_change_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, NEW)
    stop = delivered(mailoutbox)[OLD]
    give(client, OTHER)
    assert Client().post(stop).status_code == 404
    assert addresses(attendee) == (OLD, OTHER, True)


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "WzEsMV0:1abc:sig"])
def test_made_up_link_keeps_nothing_h4(client: Client, token: str) -> None:
    assert client.get(f"/accounts/keep-address/{token}/").status_code == 404


def test_change_is_dropped_on_the_account_page_h4(client: Client, attendee: Attendee) -> None:
    give(client, NEW)
    stranger = Client()
    assert stranger.post("/account/keep-address/").status_code == 302
    assert addresses(attendee) == (OLD, NEW, True)
    client.post("/account/keep-address/")
    assert addresses(attendee) == (OLD, "", True)


@pytest.mark.parametrize("way", ["by mail", "on the account page"])
def test_new_password_drops_a_change_that_waits_h4(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage], way: str
) -> None:
    """A person who takes their account back may not know who asked for what."""
    give(client, NEW)
    confirm = delivered(mailoutbox)[NEW]
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    if way == "by mail":
        password_reset.request(OLD)
        own = Client()
        page = own.get(delivered(mailoutbox)[OLD], follow=True)
        own.post(page.redirect_chain[-1][0], new)
    else:
        client.post("/accounts/password/", new | {"old_password": "secret"})
    assert User.objects.get().check_password(PASSWORD) is True
    assert addresses(attendee) == (OLD, "", True)
    assert Client().post(confirm).status_code == 404


# --- Spellings -----------------------------------------------------------------------------------

PASTED = [
    "zed@example.org\u200b",
    "\u200bzed@example.org",
    "\u202azed@example.org",
    "zed\uff20example.org",
]


@pytest.mark.parametrize("pasted", PASTED, ids=ascii)
def test_pasted_address_is_stored_clean_r11(
    client: Client, mailoutbox: list[EmailMessage], pasted: str
) -> None:
    fields = {"username": "zed", "password1": PASSWORD, "password2": PASSWORD, "email": pasted}
    assert client.post("/accounts/signup/", fields).status_code == 302
    assert User.objects.get().email == "zed@example.org"
    delivered(mailoutbox)
    Client().post("/accounts/password-reset/", {"email": "zed@example.org"})
    assert list(delivered(mailoutbox)) == ["zed@example.org"]


@pytest.mark.parametrize("pasted", PASTED, ids=ascii)
def test_password_is_reset_with_a_pasted_address_r11(
    client: Client, mailoutbox: list[EmailMessage], pasted: str
) -> None:
    make_user(email="zed@example.org")
    client.post("/accounts/password-reset/", {"email": pasted})
    assert list(delivered(mailoutbox)) == ["zed@example.org"]


def test_same_address_pasted_again_is_no_change_r11(
    client: Client, attendee: Attendee, mailoutbox: list[EmailMessage]
) -> None:
    give(client, f"\u200b{OLD}", current_password="")
    assert (addresses(attendee), delivered(mailoutbox)) == ((OLD, "", True), {})


@pytest.mark.parametrize(
    "name",
    ["ශ්\u200dරී", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\U0001f469\u200d\U0001f680 Zoe"],
)
def test_display_name_is_stored_as_it_is_spelled_r9(
    client: Client, attendee: Attendee, name: str
) -> None:
    give(client, OLD, display_name=name)
    assert Attendee.objects.get().display_name == name


def test_neos_account_without_an_address_may_give_one_h4(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    sign_in(client, profile(email=""))
    give(client, NEW)
    attendee = Attendee.objects.get()
    assert addresses(attendee) == (NEW, "", False)
    assert list(delivered(mailoutbox)) == [NEW]


def test_stranger_changes_nobody_elses_address_h4(client: Client, attendee: Attendee) -> None:
    other = make_attendee()
    give(client, NEW)
    assert addresses(other) == ("", "", False)
