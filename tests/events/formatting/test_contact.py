"""Contacts: an address or a link, with a name or without, and nothing that runs or lies."""

import pytest
from django.utils import translation
from pytest_django import Settings

from events.formatting import contact
from events.formatting.contact import Contact

MAIL = "mika@example.org"
LINK = "https://discord.example/jam"


@pytest.mark.parametrize(
    ("text", "found", "link", "reply_to"),
    [
        (MAIL, Contact("", MAIL), f"mailto:{MAIL}", MAIL),
        (f"<{MAIL}>", Contact("", MAIL), f"mailto:{MAIL}", MAIL),
        (f"Mika <{MAIL}>", Contact("Mika", MAIL), f"mailto:{MAIL}", f"Mika <{MAIL}>"),
        (f"Mika, {MAIL}", Contact("Mika", MAIL), f"mailto:{MAIL}", f"Mika <{MAIL}>"),
        (f"Mika ({MAIL})", Contact("Mika", MAIL), f"mailto:{MAIL}", f"Mika <{MAIL}>"),
        (f'"Mika B." <{MAIL}>', Contact("Mika B.", MAIL), f"mailto:{MAIL}", f'"Mika B." <{MAIL}>'),
        (f"美香 {MAIL}", Contact("美香", MAIL), f"mailto:{MAIL}", f"=?utf-8?b?576O6aaZ?= <{MAIL}>"),
        (LINK, Contact("", LINK), LINK, ""),
        (f"Us on Discord: {LINK}", Contact("Us on Discord", LINK), LINK, ""),
        (
            "ann.@docomo.ne.jp",
            Contact("", "ann.@docomo.ne.jp"),
            "mailto:%22ann.%22@docomo.ne.jp",
            '"ann."@docomo.ne.jp',
        ),
    ],
)
def test_contact_is_an_address_or_a_link_r14(
    text: str, found: Contact, link: str, reply_to: str
) -> None:
    read = contact.read(text)

    assert (read, read.link, read.reply_to) == (found, link, reply_to)
    assert contact.read(str(read)) == read


@pytest.mark.parametrize(
    "text",
    [
        *("", "Mika", "write to Mika", "http://example.org", "javascript:alert(1)", "//x.org"),
        *('https://x.org/"onclick=', "https://u:p@x.org/", "https://", f"{MAIL}\nBcc: v@x.org"),
        *("data:text/html,x", f"Mi\u202eka {MAIL}", f"Mi\x00ka {MAIL}", "https://x.org/ä"),
    ],
)
def test_contact_that_leads_nowhere_is_refused_r14(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        contact.read(text)


def test_event_without_a_contact_has_the_sites_r14(settings: Settings) -> None:
    settings.SITE_CONTACT = f"The team <{MAIL}>"

    assert contact.contact_of("") == contact.contact_of("nonsense") == Contact("The team", MAIL)
    assert contact.contact_of(LINK) == Contact("", LINK)


def test_site_without_a_contact_has_its_sender_r14(settings: Settings) -> None:
    settings.SITE_CONTACT, settings.DEFAULT_FROM_EMAIL = "", "Events <events@127.0.0.1>"

    assert contact.site_contact() == Contact("Events", "events@127.0.0.1")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", f"Mika ({MAIL})"), ("ja", f"Mika（{MAIL}）")],  # noqa: RUF001
)
def test_contact_is_said_in_the_parentheses_of_the_language(language: str, said: str) -> None:
    with translation.override(language):
        assert (str(Contact("Mika", MAIL)), str(Contact("", LINK))) == (said, LINK)
