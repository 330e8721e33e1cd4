"""Every page of the site and of its admin, asked of both databases.

The demo has rows of every kind. What a page says is proved elsewhere and on one database; here each
one, with its searches, filters and orders, has to get an answer from the database of the pass.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import pytest
import time_machine
from django.contrib import admin
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client, override_settings
from django.urls import resolve, reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from events import demo, follows, places, series, urls
from events.models import Attendee, Event, Host, Registration, SitePage, Workshop
from events.previews import links
from events.views import filters
from tests.factories import NOON, make_user, write_page
from tests.markup import TreeBuilder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

#: Pages about oneself.
OWN = ("registrations", "account", "unlink", "data", "erase")
#: Pages of people who organize.
OF_ORGANIZERS = (
    *("second-factor", "begin-second-factor", "set-up-second-factor", "recovery-codes"),
    "remove-second-factor",
)
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]
#: Addresses of buttons, of other servers, of the demo's folder of mails, and of made pictures.
NOT_ASKED = {
    "follow-host", "follow-event", "stop-following", "register", "register-workshop", "show",
    "show-roles",
    "keep-address", "renew-calendar", "send-confirmation", "webhook", "sandbox-pay", "language",
    "sandbox-mails", "sandbox-mail", "sandbox-mail-html", "sandbox-mail-file", "theme", "logo",
    "picture", "face", "art", "draw", "export", "mail-topics", "my-mail-topics",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the demo once; each test is rolled back to this point."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOON, tick=False), override_settings(PASSWORD_HASHERS=QUICK):
            demo.load()
        yield
        transaction.set_rollback(True)


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return browser


# --- The site ------------------------------------------------------------------------------------


def public_addresses() -> Iterator[str]:
    start = reverse("events:list")
    yield from (start, f"{start}?when=past", f"{start}?when=mine", f"{start}?q=café+雨")
    yield from (f"{start}?{switch.name}=on" for switch in filters.SWITCHES)
    names = ("month", "time-zone", "feed", "site-calendar")
    yield from (reverse(f"events:{name}") for name in names)
    for host in Host.objects.all():
        yield from (host.get_absolute_url(), reverse("events:host-feed", args=[host.slug]))
        yield f"{start}?host={host.slug}"
        yield reverse("events:host-calendar", args=[host.slug])
    for event in Event.objects.exclude(status="draft"):
        yield from (event.get_absolute_url(), reverse("events:event-calendar", args=[event.slug]))
    for workshop in Workshop.objects.exclude(event__status="draft"):
        slugs = [workshop.event.slug, workshop.slug]
        yield reverse("events:workshop-calendar", args=slugs)
    yield from (reverse(f"events:{name}") for name in SitePage.Name.values)


def own_addresses(attendee: Attendee) -> Iterator[str]:
    yield from (reverse(f"events:{name}") for name in OWN)
    yield reverse("events:my-calendar", args=[attendee.calendar_token])
    for registration in attendee.registrations.all():
        yield from (
            reverse(f"events:{name}", args=[registration.code])
            for name in ("place", "place-calendar", "answers", "cancel", "pay", "paid")
        )
    for paid in attendee.registrations.filter(payments__status="paid"):
        yield reverse("events:receipt", args=[paid.code])


@pytest.fixture
def busiest() -> Attendee:
    """Who has most of the demo's places, follows a host, and has paid."""
    paid = Registration.objects.filter(payments__status="paid").first()
    assert paid is not None
    follows.follow(paid.attendee, host=Host.objects.all()[0])
    return paid.attendee


def faults(browser: Client, addresses: Iterable[str]) -> dict[str, int]:
    """Return the answers that are neither a page nor the way to one."""
    return {
        address: status
        for address in addresses
        if (status := browser.get(address).status_code) not in {200, 302}
    }


def invitation_addresses() -> list[str]:
    """Return the address of a link that gives a place, and the one to which it leads."""
    event = Event.objects.filter(status="published", ends_at__gt=NOON)[0]
    by, until = make_user(is_staff=True), timezone.now() + timedelta(days=1)
    _made, token = places.invite(bookable=event, by=by, because="a speaker", until=until)
    return [reverse("events:invitation", args=[token]), reverse("events:invited")]


def series_addresses() -> list[str]:
    """Return the page and the calendar of a series."""
    first = Event.objects.listed().filter(ends_at__gt=NOON)[0]
    rule = series.Rule(first.starts_at.date(), "weekly", count=2)
    made = series.repeat(first, rule=rule, days_ahead=None)
    return [made.get_absolute_url(), reverse("events:series-calendar", args=[made.slug])]


def preview_address() -> str:
    draft = Event.objects.filter(status="draft")[0]
    return reverse("events:preview", args=[links.make_link(draft, instead_of=None)])


def test_every_page_gets_its_answer(client: Client, busiest: Attendee) -> None:
    versions = [write_page(name, "# Words") for name in SitePage.Name.values]
    free = write_page("photos", "# Words", title="Photos")
    public = [*public_addresses(), *invitation_addresses(), *series_addresses()]
    public += [version.get_absolute_url() for version in (*versions, free)]
    public.append(free.page.get_absolute_url())
    public.append(preview_address())
    own = list(own_addresses(busiest))

    assert faults(client, public) == {}
    assert faults(signed_in(busiest.user), [*public, *own]) == {}
    organizers = [reverse(f"events:{name}") for name in OF_ORGANIZERS]
    assert faults(signed_in(make_user(is_staff=True)), organizers) == {}
    asked = {resolve(urlsplit(address).path).url_name for address in (*public, *own, *organizers)}
    assert {pattern.name for pattern in urls.urlpatterns} - asked == NOT_ASKED


# --- The admin -----------------------------------------------------------------------------------


def list_addresses() -> list[str]:
    names = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]
    return [reverse(f"admin:{name}_changelist") for name in names]


def narrowed(browser: Client, address: str) -> set[str]:
    """Return the address of each filter and order that a list offers, and of a search in it."""
    page = TreeBuilder(browser.get(address).content.decode()).root
    links = (a.attributes.get("href", "") for a in page.all("a"))
    return {urljoin(address, link) for link in (*links, "?q=a+b") if link.startswith("?")}


def rows_of(browser: Client, address: str) -> set[str]:
    """Return the pages of the first row of a list: the form, its history, and to delete it."""
    page = TreeBuilder(browser.get(address).content.decode()).root
    links = (a.attributes.get("href", "") for a in page.all("a"))
    row = next((link for link in links if link.endswith("/change/")), "")
    return {row.replace("/change/", f"/{name}/") for name in ("change", "history") if row}


def test_every_page_of_the_admin_gets_its_answer() -> None:
    browser = signed_in(make_user(is_staff=True, is_superuser=True))
    for address in list_addresses():
        assert faults(browser, narrowed(browser, address) | rows_of(browser, address)) == {}


def test_pages_of_an_organizer_get_their_answer() -> None:
    """They ask for less, in other words: own rows only."""
    browser = signed_in(organizer())
    lists = [address for address in list_addresses() if browser.get(address).status_code == 200]
    assert "/admin/events/registration/" in lists
    for address in lists:
        assert faults(browser, {f"{address}?q=a+b"} | rows_of(browser, address)) == {}


def organizer() -> User:
    """Somebody who organizes an event with places that are paid."""
    event = Event.objects.filter(registrations__payments__status="paid")[0]
    return event.organizers.all()[0]
