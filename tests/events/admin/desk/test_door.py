"""The keys of a door on the desk: listed, and made on a page that shows the secret once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from events import series
from events.doors import keys
from events.models import DoorKey, Event, Registration
from events.series import Rule
from tests.events.admin.conftest import SignedIn
from tests.events.admin.ledgers import at, cells
from tests.events.admin.pages import errors, logged, names, read
from tests.factories import NOON, make_attendee, make_event, make_user, make_workshop
from tests.lines import register
from tests.states.state import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

HOUR = timedelta(hours=1)


@pytest.fixture
def jam(mika: User) -> Event:
    return make_event(title="Jam", organizers=[mika], time_zone="Europe/Berlin")


def make(browser: Client, event: Event, **typed: str) -> HttpResponse:
    return browser.post(at(event, "door/"), {"label": "Main hall"} | typed)


def secret_in(response: HttpResponse) -> str:
    """Return the last part of the address that the page shows."""
    return read(response).first("code", class_="whole").text.rstrip("/").rpartition("/")[2]


def rows(browser: Client, event: Event) -> list[list[str]]:
    return cells(browser.get(at(event, "door/")), "door-keys")


def test_key_is_shown_once_and_noted_without_its_secret(
    browser: Client, jam: Event, settings: Settings
) -> None:
    made = make(browser, jam)
    secret = secret_in(made)
    assert f"{settings.SITE_URL}/door/{secret}/" in read(made).text
    assert (made.status_code, "no-store" in made["Cache-Control"]) == (200, True)
    assert DoorKey.objects.get().digest == keys.digest_of(secret)
    assert logged() == [("mika", "Made a door key: Main hall.")]
    again = browser.get(at(jam, "door/"))
    history = browser.get(at(jam, "history/")).content.decode()
    assert "Made a door key: Main hall." in history
    assert [secret in page for page in (again.content.decode(), history)] == [False, False]
    assert "no-store" in again["Cache-Control"]


def test_answer_says_what_a_leaked_key_costs(browser: Client, jam: Event) -> None:
    asks = read(make(browser, jam)).text
    notes = read(make(browser, jam, label="Headless", may_check_in="on")).text
    assert "Who has the key learns the Neos ids of everybody with a place." in asks
    assert ("can note people as come or gone" in asks, "come or gone" in notes) == (False, True)
    assert "docs/door.md" in asks


def test_keys_are_listed_with_what_they_do_and_those_that_work_first(
    browser: Client, jam: Event
) -> None:
    fog = make_workshop(jam, title="Fog")
    make(browser, jam, workshop=str(fog.pk), may_check_in="on")
    make(browser, jam, label="Old", expires_at_0="2030-06-01", expires_at_1="15:00")
    make(browser, jam, label="Leaked")
    old = DoorKey.objects.filter(label="Old")
    old.update(expires_at=NOON, last_used_at=NOON - HOUR)
    DoorKey.objects.filter(label="Leaked").update(revoked_at=NOON)
    when = "Sat 1 June 2030, 14:00 (Europe/Berlin)"
    listed = [row[:6] for row in rows(browser, jam)]
    assert listed == [
        ["Main hall", "Fog", "works", "you revoke it", "never",
         "asks, and notes who comes and goes"],
        ["Leaked", "Jam", "revoked", when, "never", "asks who may come in"],
        ["Old", "Jam", "expired", when, when.replace("14", "13"), "asks who may come in"],
    ]  # fmt: skip
    assert rows(browser, jam)[0][6].startswith(when)
    assert rows(browser, jam)[0][6].endswith("mika")


def test_end_of_a_key_is_read_in_the_zone_of_the_event(browser: Client, jam: Event) -> None:
    make(browser, jam, expires_at_0="2030-06-02", expires_at_1="20:00")
    assert DoorKey.objects.get().expires_at == NOON + timedelta(hours=30)


def test_form_proposes_a_day_after_the_end_and_nothing_for_a_series(
    browser: Client, jam: Event
) -> None:
    def proposed() -> list[str]:
        form = read(browser.get(at(jam, "door/")))
        fields = [form.first("input", name=f"expires_at_{n}") for n in (0, 1)]
        return [field.attributes.get("value", "") for field in fields]

    assert proposed() == ["2030-06-09", "16:00"]
    rule = Rule(jam.starts_at.date(), "weekly", count=2)
    series.repeat(jam, rule=rule, days_ahead=None)
    assert proposed() == ["", ""]


def test_loading_the_answer_again_makes_no_second_key(browser: Client, jam: Event) -> None:
    make(browser, jam)
    again = make(browser, jam)
    expected = "A key with this name works here already. Choose another name, or rotate that key."
    assert (again.status_code, errors(again)) == (422, [expected])
    assert DoorKey.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"label": " "}, "This field is required."),
        ({"label": "\u200b"}, "This field is required."),
        ({"label": "x" * 61}, "Ensure this value has at most 60 characters (it has 61)."),
        ({"expires_at_0": "2030-06-01", "expires_at_1": "14:00"}, "This time has passed."),
        ({"expires_at_0": "2030-06-01"}, "Write a time of day"),
        ({"expires_at_0": "2030-03-31", "expires_at_1": "02:30"}, "The clocks change then"),
    ],
)
def test_nothing_is_made_or_lost_on_bad_input(
    browser: Client, jam: Event, typed: dict[str, str], sentence: str
) -> None:
    answer = make(browser, jam, **{"may_check_in": "on"} | typed)
    assert (answer.status_code, DoorKey.objects.count()) == (422, 0)
    assert [error for error in errors(answer) if error.startswith(sentence)] != []
    assert "checked" in read(answer).first("input", name="may_check_in").attributes


def test_workshop_of_another_event_is_no_choice(browser: Client, jam: Event, ball: Event) -> None:
    answer = make(browser, jam, workshop=str(ball.workshops.get().pk))
    assert (answer.status_code, DoorKey.objects.count()) == (422, 0)
    assert "Masks" not in read(answer).text


@pytest.mark.parametrize("tail", ["door/", "desk/"])
def test_who_came_is_counted_once_the_event_is_over(browser: Client, jam: Event, tail: str) -> None:
    came, missing = [register(make_attendee(), jam) for _ in range(2)]
    Registration.objects.filter(pk=came.pk).update(checked_in_at=NOON)
    assert not any(read(browser.get(at(jam, tail))).all("table", id="turnouts"))
    change(jam, starts_at=NOON - 2 * HOUR, ends_at=NOON - HOUR)
    shown = browser.get(at(jam, tail))
    assert cells(shown, "turnouts") == [["Jam", "1 came : Jam", "1 did not come : Jam"]]
    links = read(shown).first("table", id="turnouts").all("a")
    lists = [browser.get(link.attributes["href"]) for link in links]
    assert [names(one) for one in lists] == [[came.attendee.name], [missing.attendee.name]]


@pytest.mark.parametrize("missing", ["change_event", "view_registration", "change_registration"])
def test_door_needs_all_that_a_key_can_do(signed_in: SignedIn, jam: Event, missing: str) -> None:
    """A key reads who has a place, and may note who comes."""
    names = {"view_event", "change_event", "view_registration", "change_registration"} - {missing}
    reader = make_user(is_staff=True)
    reader.user_permissions.set(Permission.objects.filter(codename__in=names))
    jam.organizers.add(reader)
    browser = signed_in(reader)
    assert browser.get(at(jam, "door/")).status_code == 403
    assert make(browser, jam).status_code == 403
    assert DoorKey.objects.count() == 0


def test_organizer_of_another_event_finds_no_door(browser: Client, jam: Event, ball: Event) -> None:
    assert browser.get(at(ball, "door/")).status_code == 404
    assert make(browser, ball).status_code == 404
    assert (make(browser, jam).status_code, DoorKey.objects.get().event) == (200, jam)


def test_page_needs_the_token_of_its_form(mika: User, jam: Event) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(mika, "django.contrib.auth.backends.ModelBackend")
    assert make(browser, jam).status_code == 403
    assert DoorKey.objects.count() == 0
