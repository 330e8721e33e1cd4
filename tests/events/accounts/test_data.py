"""The pages about one's own data: what is known in words, and what deleting does."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from events.messages import texts
from events.models import Agreement, Attendee, Block, FormerNeosId, Payment
from events.payments.providers import manual
from tests.attendance import miss
from tests.factories import (
    NOON,
    make_attendee,
    make_event,
    make_local_attendee,
    make_organizer,
    make_user,
    write_page,
)
from tests.lines import register
from tests.markup import Element, TreeBuilder
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

DATA = "/account/data/"
DAY = timedelta(days=1)


def main(client: Client, address: str = DATA) -> Element:
    return TreeBuilder(client.get(address).content.decode()).root.first("main")


def facts(page: Element) -> dict[str, str]:
    """Return what is said in pairs."""
    terms = (term.text for term in page.all("dt"))
    return dict(zip(terms, (said.text for said in page.all("dd")), strict=True))


@pytest.fixture
def ada(client: Client) -> Attendee:
    attendee = make_attendee(
        user=make_user(username="ada", email="ada@example.org"),
        display_name="Ada",
        neos_id="U-ada",
        neos_username="Ada <b>",
        neos_registered_at=NOON - 99 * DAY,
        neos_tags=["mmc participant"],
        time_zone="Asia/Tokyo",
        email_confirmed_at=NOON - 8 * DAY,
        patreon_cents=600,
        patreon_total_cents=9000,
        patreon_until=NOON + 20 * DAY,
    )
    client.force_login(attendee.user)
    return attendee


def test_page_says_what_is_known_in_the_zone_of_the_person(client: Client, ada: Attendee) -> None:
    assert facts(main(client)) == {
        "Display name": "Ada Change",
        "How you sign in": "You sign in with Neos as Ada <b> , or with the name ada and your "
        "password. Change",
        "E-mail": "ada@example.org , confirmed on 24 May 2030. Change",
        "Time zone": "Asia/Tokyo Change",
        "Account since": "1 June 2030",
        "Last sign-in": "Sat 1 June 2030, 21:00 (Asia/Tokyo). We keep only the last one.",
        "Picture": "None. The site has drawn the face that you see.",
        "Name and id": "Ada <b> U-ada",
        "At Neos since": "22 February 2030",
        "State of the account": "The e-mail address is verified at Neos.",
        "Badges": "mmc participant",
        "Patreon": "$6.00 a month, $90.00 in all. It counts until 21 June 2030.",
    }
    told = "Neos told us this on Sat 1 June 2030, 21:00 (Asia/Tokyo)."
    assert told in main(client).text


NOT_TOLD = {
    "neos": "Neos says that you are a supporter, but has told us no amount that counts now.",
    "resonite": "Resonite says that you are a supporter, but has told us no amount a month.",
}
NEVER = {
    "neos": "You have never supported Neos there.",
    "resonite": "You have not paid Resonite anything as a supporter.",
}


@pytest.mark.parametrize("platform", ["neos", "resonite"])
def test_page_says_of_a_supporter_without_an_amount_that_it_is_not_told(
    client: Client, request: pytest.FixtureRequest, platform: str
) -> None:
    request.getfixturevalue(platform)
    told, never = NOT_TOLD[platform], NEVER[platform]
    before = {"patreon_supporter": True, "patreon_total_cents": 900}
    over = {"patreon_supporter": True, "patreon_until": NOON}
    cases = [({}, never), ({"patreon_supporter": True}, told)]
    cases += [(before, f"{told} You have given $9.00 in all.")]
    cases += [(over, "$0.00 a month, $0.00 in all. It counts until 1 June 2030.")]
    for fact, sentence in cases:
        client.force_login(make_attendee(**fact).user)
        said = facts(main(client))
        assert said["Patreon" if platform == "neos" else "Support"] == sentence


def test_page_says_of_each_part_how_it_is_corrected(client: Client, ada: Attendee) -> None:
    page = main(client)
    changes = [a for a in page.all("a") if a.text == "Change"]
    labels = {link.attributes["aria-label"]: link.attributes["href"] for link in changes}
    expected = ["Display name", "How you sign in", "E-mail", "Time zone"]
    assert labels == {f"Change: {name}": "/account/" for name in expected}
    notes = [note.text for note in page.all("p", **{"class": "note"})]
    assert sum("rite to" in note for note in notes) == 2
    assert [note for note in notes if "press “Verify with Neos again”" in note] != []


def test_page_lists_what_the_person_agreed_to_and_no_strangers(
    client: Client, ada: Attendee
) -> None:
    first = write_page("terms", "One")
    for person, version in ((ada, first), (make_attendee(), write_page("terms", "Two"))):
        Agreement.objects.create(attendee=person, version=version, language="en", agreed_at=NOON)
    links = {a.text: a.attributes["href"] for a in main(client).all("a")}

    assert links["Terms, version 1, on 1 June 2030"] == "/terms/1/"
    assert [text for text in links if "version 2" in text] == []


def test_page_of_somebody_new_says_that_there_is_nothing(client: Client) -> None:
    client.force_login(make_local_attendee().user)
    page = main(client)
    assert "No Neos account is linked" in page.text
    assert "There are no payments." in page.text
    assert "We have written 0 messages to you." in page.text


def test_page_tells_places_payments_messages_and_blocks_of_one_person_only(
    client: Client, ada: Attendee
) -> None:
    organizer = make_organizer(username="secret-organizer")
    for person, title in ((ada, "Walk"), (make_attendee(neos_id="U-other"), "Theirs")):
        mine = register(person, make_event(title=title, price=500))
        manual.mark_paid(registration=mine, by=organizer, note="her mother paid")
        event = make_event(title=f"Kept out of {title}")
        Block.objects.create(
            neos_id=person.neos_id, event=event, reason="rude", created_by=organizer
        )
        FormerNeosId.objects.create(attendee=person, neos_id=f"U-old-{title}")
        texts.confirm_address(person)
    page = main(client)
    assert "You have taken 1 place or spot on a waitlist so far." in page.text
    assert "1 June 2030: €5.00 for Walk (you paid this)." in page.text
    assert "1 June 2030: You have a place (not sent yet)" in page.text
    assert "At Kept out of Walk , since 1 June 2030." in page.text
    assert "You unlinked U-old-Walk ." in page.text
    hidden = ["Theirs", "U-other", "her mother", "rude", "secret-organizer"]
    assert [word for word in hidden if word in page.text] == []


def test_page_lists_the_events_to_which_the_person_did_not_come(
    client: Client, ada: Attendee
) -> None:
    words = "were not checked in there"
    miss(make_attendee(), 3)
    assert words not in main(client).text
    miss(ada, 1)
    page = main(client)
    assert (words in page.text, "Jam 1" in page.text, "Jam 2" in page.text) == (True, True, False)


def test_block_at_a_draft_is_told_to_nobody(client: Client, ada: Attendee) -> None:
    Block.objects.create(neos_id="U-ada", event=make_event(title="Hidden", status="draft"))
    page = main(client)
    assert ("Hidden" in page.text, "Blocks on your Neos account" in page.text) == (False, False)


def test_page_costs_the_same_with_one_payment_and_with_many(
    client: Client, ada: Attendee, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    organizer, costs = make_organizer(), []
    for number in (1, 5):
        for _ in range(number):
            mine = register(ada, make_event(price=500))
            manual.mark_paid(registration=mine, by=organizer)
        with django_assert_max_num_queries(20) as captured:
            client.get(DATA)
        costs.append(len(captured))
    assert (costs[0], Payment.objects.count()) == (costs[1], 6)


# --- How one signs in ----------------------------------------------------------------------------


def section(client: Client) -> str:
    return main(client, "/account/").first("section", id="sign-in").text


def test_account_names_neos_and_no_bare_id_as_the_way_in(client: Client) -> None:
    sign_in(client)
    said = section(client)
    assert "You sign in with Neos as gearfox ." in said
    assert "U-gearfox" not in said


def test_account_made_by_neos_with_a_password_names_both(client: Client) -> None:
    """The id is then the name to type beside the password."""
    sign_in(client)
    new = dict.fromkeys(["new_password1", "new_password2"], "correct horse battery")
    client.post("/accounts/password/", new)
    said = section(client)
    assert "as gearfox , or with the name U-gearfox and your password." in said


def test_account_without_neos_names_the_password(client: Client) -> None:
    client.force_login(make_user(username="ann"))
    assert "You sign in with the name ann and your password." in section(client)


def test_name_at_neos_stands_in_for_the_display_name(client: Client, ada: Attendee) -> None:
    field = main(client, "/account/").first("input", name="display_name")
    assert field.attributes["placeholder"] == "Ada <b>"


# --- Deleting ------------------------------------------------------------------------------------


def test_page_before_deleting_offers_the_file_first(client: Client, ada: Attendee) -> None:
    page = main(client, "/account/delete/")
    links = [link.attributes["href"] for link in page.all("a")]
    assert links == ["/account/data/#file", "/account/"]
    assert [button.text for button in page.all("button")] == ["Yes, delete my account"]
    ada.refresh_from_db()
    assert ada.erased_at is None


def test_page_before_deleting_asks_who_has_no_password_for_a_new_sign_in(client: Client) -> None:
    client.force_login(make_attendee().user)
    page = main(client, "/account/delete/")
    assert [button.text for button in page.all("button")] == ["Sign in with Neos again"]
    assert page.first("input", name="next").attributes["value"] == "/account/delete/"


def test_what_is_kept_is_said_the_same_before_deleting_and_among_the_data(
    client: Client, ada: Attendee
) -> None:
    kept = {"places and money must still add up", "a block must hold for somebody who comes back"}
    for address in (DATA, "/account/delete/"):
        said = main(client, address).text
        assert {sentence for sentence in kept if sentence in said} == kept
