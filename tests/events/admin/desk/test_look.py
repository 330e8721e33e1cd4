"""The page of an event at another time, as somebody else: the real one, and nothing to press."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver

from events import places
from events.models import Attendee, Event, Registration
from events.places import event_edits
from events.previews import page, people
from tests.events.accounts.test_sign_in_exposure import FILLED, every_address
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at
from tests.events.admin.pages import read
from tests.events.admin.walk import routes
from tests.factories import NOON, make_attendee, make_event, make_perk, make_user, make_workshop
from tests.platform import COMPLETE
from tests.previewed import every_row, kinds_of_rows, pressable

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Each phase, with the time to look at it and how the event is.
PHASES: dict[str, tuple[datetime, dict[str, object]]] = {
    "before opening": (NOON + HOUR, {}),
    "early access": (NOON + DAY - HOUR, {}),
    "open": (NOON + 2 * DAY, {}),
    "full": (NOON + 2 * DAY, {"capacity": 1}),
    "full without a waitlist": (NOON + 2 * DAY, {"capacity": 1, "has_waitlist": False}),
    "closed": (NOON + 5 * DAY + HOUR, {}),
    "running": (NOON + 6 * DAY + HOUR, {}),
    "ended": (NOON + 8 * DAY, {}),
    "cancelled": (NOON + 2 * DAY, {"status": "cancelled"}),
    "draft": (NOON + 2 * DAY, {"status": "draft"}),
    "lottery": (NOON + 2 * DAY, {"capacity": 1, "draw_at": NOON + 3 * DAY}),
    "paid": (NOON + 2 * DAY, {"price": 500}),
    "for patrons": (NOON + 2 * DAY, {"patron_cents": 1000}),
}


def scene(mika: User, phase: str) -> Event:
    """A gated event with a workshop and early access; one place is taken and one person waits."""
    event = make_event(
        title="Fog",
        slug="fog",
        organizers=[mika],
        starts_at=NOON + 6 * DAY,
        opens_at=NOON + DAY,
        closes_at=NOON + 5 * DAY,
        description="[out](https://example.org/a) [in](/account/) <form>",
        neos_required=True,
        capacity=5,
    )
    make_perk(event, min_cents=1200, label="Star", early_hours=12, discount_percent=20)
    make_workshop(event, title="Mixing", slug="mixing", capacity=0)
    draw_at = PHASES[phase][1].get("draw_at")
    changes = {"capacity": 1, "opens_at": None, "draw_at": draw_at}
    Event.objects.filter(pk=event.pk).update(**changes)
    for name in ("Ada", "Bo"):
        person = make_attendee(neos_username=name)
        places.register(user=person.user, bookable=Event.objects.get(pk=event.pk))
    Registration.objects.filter(attendee__neos_username="Ada").update(is_shown=True)
    changes = {"capacity": 5, "opens_at": NOON + DAY} | PHASES[phase][1]
    Event.objects.filter(pk=event.pk).update(**changes)
    return Event.objects.get(pk=event.pk)


def asked(instant: datetime, who: str) -> dict[str, str]:
    return {"who": who, "at_0": f"{instant:%Y-%m-%d}", "at_1": f"{instant:%H:%M}"}


def look(browser: Client, event: Event, instant: datetime, who: str = "visitor") -> HttpResponse:
    return browser.get(at(event, "look/page/"), asked(instant, who))


def yours(response: HttpResponse) -> str:
    return read(response).first("section", id="your-place").text


# --- Nothing can be pressed ----------------------------------------------------------------------


@pytest.mark.parametrize("phase", PHASES)
def test_nothing_can_be_pressed_by_anybody_in_any_phase(
    browser: Client, mika: User, phase: str
) -> None:
    event = scene(mika, phase)
    before = every_row()
    for kind in people.kinds():
        response = look(browser, event, PHASES[phase][0], kind.key)
        html = response.content.decode()
        assert (response.status_code, kind.key, pressable(html)) == (200, kind.key, [])
        assert f"“{kind.label}”".replace("'", "&#x27;") in html
        assert '<a href="https://example.org/a"' in html
    assert every_row() == before


def test_page_as_it_is_rendered_has_what_can_be_pressed(
    browser: Client, mika: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the test above looks for is there before it is taken out."""
    event = scene(mika, "open")
    monkeypatch.setattr(page, "inert", lambda html: html)
    html = look(browser, event, PHASES["open"][0], "verified").content.decode()
    assert {"form", "button", "script", "/account/"} <= set(pressable(html))


def test_answer_leads_no_form_anywhere_and_is_kept_nowhere(browser: Client, mika: User) -> None:
    response = look(browser, scene(mika, "open"), NOON, "verified")
    policy = response["Content-Security-Policy"]
    for directive in ("form-action", "script-src", "connect-src"):
        assert f"{directive} 'none'" in policy
    assert "private" in response["Cache-Control"]
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()


@pytest.mark.parametrize("tail", ["look/", "look/page/"])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_address_takes_visits_only(browser: Client, mika: User, tail: str, method: str) -> None:
    event = scene(mika, "open")
    before = every_row()
    query = urlencode(asked(NOON + 2 * DAY, "verified"))
    assert getattr(browser, method)(f"{at(event, tail)}?{query}").status_code == 405
    assert every_row() == before


# --- What it shows -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("phase", "who", "words"),
    [
        ("before opening", "visitor", "Sign in, and we can mail you when it opens."),
        ("open", "visitor", "Sign in with your Neos account to take a place."),
        ("before opening", "gunter", "Registration opens Sun 2 June 2030, 00:00 (UTC)"),
        ("before opening", "verified", "Registration opens Sun 2 June 2030, 12:00 (UTC)"),
        ("early access", "gunter", "Take a place"),
        ("early access", "verified", "Registration opens Sun 2 June 2030, 12:00 (UTC)"),
        ("early access", "lapsed", "Registration opens Sun 2 June 2030, 12:00 (UTC)"),
        ("open", "verified", "Take a place"),
        ("open", "unverified", "is not verified"),
        ("open", "locked", "has locked your Neos account"),
        ("open", "banned", "is banned at Neos"),
        ("open", "ban-over", "Take a place"),
        ("open", "blocked", "The organizers do not let this Neos account take part."),
        ("open", "stale", "Your Neos verification has expired."),
        ("open", "local", "needs a verified Neos account, and your account has none yet"),
        ("full", "verified", "Join the waitlist"),
        ("full without a waitlist", "verified", "All places are taken, and there is no waitlist."),
        ("closed", "verified", "Registration is closed."),
        ("ended", "verified", "Registration is closed."),
        ("cancelled", "verified", "This event was cancelled."),
        ("draft", "verified", "Take a place"),
        ("lottery", "verified", "Take part in the draw"),
        ("paid", "verified", "Take a place for €5.00"),
        ("paid", "gunter", "Take a place for €4.00"),
        ("for patrons", "gunter", "Take a place"),
        ("for patrons", "verified", "from $10.00 a month"),
        ("for patrons", "unshared", "you have not let Neos tell us"),
    ],
)
def test_page_follows_the_rules_of_that_time_for_that_person(
    browser: Client, mika: User, phase: str, who: str, words: str
) -> None:
    event = scene(mika, phase)
    assert words in yours(look(browser, event, PHASES[phase][0], who))


@pytest.mark.parametrize("who", ["verified", "gunter", "unverified", "local"])
def test_page_says_what_a_real_person_reads_at_that_time(
    browser: Client, mika: User, who: str, clock: object, signed_in: SignedIn
) -> None:
    """The oracle is the site itself, once it is that time and the person has signed in."""
    event = scene(mika, "early access")
    instant = PHASES["early access"][0]
    looked = yours(look(browser, event, instant, who))
    clock.move_to(instant)  # type: ignore[attr-defined]
    kind = people.find_kind(who)
    assert kind is not None
    person = kind.make(instant)
    assert person is not None
    person.user.save()
    person.user = person.user
    person.save()
    real = yours(signed_in(person.user).get(event.get_absolute_url()))
    assert looked == real


def test_places_and_holds_are_those_of_now(browser: Client, mika: User) -> None:
    event = scene(mika, "full")
    Registration.objects.filter(attendee__neos_username="Ada").update(
        status="awaiting_payment", hold_until=NOON + HOUR, amount=500
    )
    response = look(browser, event, NOON + 2 * DAY, "verified")
    assert "Join the waitlist" in yours(response)
    assert "All 1 places" not in read(response).text
    assert "Places and the waitlist are shown as they are now." in read(response).text


def test_page_shows_times_of_the_event_and_nothing_of_who_looks(
    signed_in: SignedIn, mika: User
) -> None:
    event = scene(mika, "open")
    Event.objects.update(time_zone="Asia/Tokyo")
    Attendee.objects.create(user=mika, display_name="Mika Mine", time_zone="America/New_York")
    browser = signed_in(mika)
    browser.cookies["zone"] = "Europe/Berlin"
    text = read(look(browser, event, NOON + 2 * DAY)).text
    assert ("(Asia/Tokyo)" in text, "Mon 3 June 2030, 12:00" in text) == (True, True)
    assert [w for w in ("Mika Mine", "New_York", "Berlin", "Sign out") if w in text] == []


def test_way_back_leads_to_the_form_as_it_was(browser: Client, mika: User) -> None:
    event = scene(mika, "open")
    shown = read(look(browser, event, NOON + 2 * DAY, "gunter"))
    (back,) = [a for a in shown.all("a") if "data-stays" in a.attributes]
    form = read(browser.get(back.attributes["href"])).first("form", class_="look")
    values = [each.attributes["value"] for each in form.all("input")]
    assert values == ["2030-06-03", "12:00"]
    chosen = [o.attributes["value"] for o in form.all("option") if "selected" in o.attributes]
    assert chosen == ["gunter"]


def test_form_begins_with_a_visitor_now(browser: Client, mika: User) -> None:
    event = scene(mika, "open")
    form = read(browser.get(at(event, "look/"))).first("form", class_="look")
    assert [i.attributes["value"] for i in form.all("input")] == ["2030-06-01", "12:00"]
    assert len(list(form.all("option"))) == len(people.kinds())


@pytest.mark.parametrize(
    "changes",
    [{"at_0": "x"}, {"at_0": "1999-01-01"}, {"at_0": "9999-12-31"}, {"at_1": ""}, {"who": "root"}],
)
def test_what_cannot_be_understood_is_asked_again(
    browser: Client, mika: User, changes: dict[str, str]
) -> None:
    event = scene(mika, "open")
    typed = asked(NOON, "verified") | changes
    response = browser.get(at(event, "look/page/"), typed, follow=True)
    assert response.redirect_chain[0][0].startswith(at(event, "look/"))
    assert len(list(read(response).all("ul", class_="errorlist"))) == 1


def test_moments_lead_to_the_page_as_it_is_then(browser: Client, mika: User) -> None:
    event = scene(mika, "open")
    shown = read(browser.get(at(event, "look/"), {"who": "verified"}))
    ways = [a.attributes["href"] for a in shown.all("a") if "look/page/" in a.attributes["href"]]
    assert len(ways) == 6
    answers = [yours(browser.get(way)) for way in ways]
    assert ["Take a place" in answer for answer in answers] == [False, False, True] + [False] * 3


def test_another_organizer_sees_no_such_page(signed_in: SignedIn, robin: User, mika: User) -> None:
    event = scene(mika, "open")
    assert look(signed_in(robin), event, NOON).status_code == 404


# --- What the parameters do elsewhere: nothing ---------------------------------------------------


def addresses(event: Event) -> Iterator[str]:
    """Return every address of the site and of the event's desk, with what exists in them."""
    code = Registration.objects.filter(event=event)[0].code
    own = {"<slug:slug>": event.slug, "<slug:workshop_slug>": "mixing", "<uuid:code>": str(code)}
    admin = [f"/admin/{route}" for route in routes() if "(?P" not in route]
    for address in (*every_address(get_resolver()), *admin):
        for variable, value in {**FILLED, **own, "<id>": "1", "<int:number>": "1"}.items():
            address = address.replace(variable, value)
        yield address.replace("<path:object_id>", str(event.pk))


def test_no_address_of_the_site_takes_anything_from_there(mika: User) -> None:
    """The page holds no token, so a form that somebody made up on it is refused everywhere."""
    event = scene(mika, "open")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_user(is_staff=True, is_superuser=True))
    choice = asked(NOON + 2 * DAY, "verified")
    assert look(browser, event, NOON + 2 * DAY, "verified").status_code == 200
    before, found = every_row(), list(addresses(event))
    statuses = {a: browser.post(f"{a}?{urlencode(choice)}", choice).status_code for a in found}
    assert every_row() == before
    assert {a: s for a, s in statuses.items() if s not in {403, 405}} == {
        COMPLETE: 400,
        "/mails/x/": 404,
        "/payments/stripe/": 404,
    }
    assert len(found) > 120


def test_time_and_person_change_nothing_about_real_actions(signed_in: SignedIn, mika: User) -> None:
    """Every address is posted to twice, from the same rows: with the parameters, and without."""
    event = scene(mika, "before opening")
    organizer = make_attendee(user=mika)
    choice = asked(NOON + 2 * DAY, "gunter")

    def post(address: str, typed: dict[str, str]) -> tuple[object, ...]:
        cache.clear()  # what was counted before
        with transaction.atomic():
            browser = signed_in(User.objects.get(pk=organizer.user_id))
            browser.raise_request_exception = False
            query = f"?{urlencode(typed)}" if typed else ""
            response = browser.post(f"{address}{query}", typed)
            found = response.status_code, kinds_of_rows()
            transaction.set_rollback(True)
        return found

    found = [address for address in addresses(event) if "logout" not in address]
    pairs = {address: (post(address, choice), post(address, {})) for address in found}
    other = {a: (looked[0], plain[0]) for a, (looked, plain) in pairs.items() if looked != plain}
    # Lists of the admin refuse every filter that they do not know.
    assert set(other.values()) == {(400, 200)}
    assert [address for address in other if address.count("/") != 4] == []
    taken = {looked[0] for looked, _plain in pairs.values()}
    assert {200, 302, 403, 404, 405, 409, 422} <= taken


def test_opening_that_is_ahead_keeps_closed_for_who_has_looked_beyond_it(
    browser: Client, mika: User
) -> None:
    event = scene(mika, "before opening")
    make_attendee(user=mika)
    choice = asked(NOON + 2 * DAY, "gunter")
    assert "Take a place" in yours(look(browser, event, NOON + 2 * DAY, "gunter"))
    pages = [browser.get(event.get_absolute_url(), typed) for typed in (choice, {})]
    assert yours(pages[0]) == yours(pages[1])
    before = every_row()
    register = f"/events/fog/register/?{urlencode(choice)}"
    assert browser.post(register, choice).status_code == 409
    assert every_row() == before
    Event.objects.update(opens_at=None)
    assert browser.post(register, choice).status_code == 302


def test_looking_at_a_draft_publishes_nothing(browser: Client, mika: User) -> None:
    event = scene(mika, "draft")
    look(browser, event, NOON, "verified")
    event_edits.follow_up(event_edits.begin(event.pk))
    assert Event.objects.get().status == "draft"
