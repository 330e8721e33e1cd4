"""Events and people of the demo, as on the first of June 2030."""

from collections import Counter
from collections.abc import Iterable, Iterator
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from events import demo
from events.access import facts
from events.demo import pages as demo_pages
from events.demo.load import DESCRIPTIONS
from events.desk.chart import chart
from events.http import site_pages
from events.models import Attendee, Event, Host, Registration, Workshop
from tests.factories import NOON, statuses

pytestmark = [pytest.mark.once, pytest.mark.django_db, pytest.mark.usefixtures("clock")]

QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="module", autouse=True)
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the demo once, for tests that only look at it; each is rolled back to this point."""
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(NOON, tick=False), override_settings(PASSWORD_HASHERS=QUICK):
            demo.load()
        yield
        transaction.set_rollback(True)


# --- What is in it -----------------------------------------------------------------------------


def test_demo_is_the_same_every_time() -> None:
    places = {event.slug: tally(statuses(event)) for event in Event.objects.order_by("pk")}
    assert places == {
        "creator-jam-100": {"confirmed": 12},
        "lantern-night": {"confirmed": 21},
        "open-stage": {"confirmed": 14},
        "avatar-lab": {"confirmed": 8, "waitlisted": 3},
        "festival": {"confirmed": 26},
        "hanami": {"confirmed": 10},
        "headless-hosting": {"confirmed": 10},
        "mini-golf-cup": {},
        "patron-salon": {"confirmed": 6},
        "world-tour": {"confirmed": 17},
        "photo-walk": {"confirmed": 5},
        "new-year": {},
        "tiny-concert": {"confirmed": 8},
        "masquerade": {"waitlisted": 9},
        "comet-watch": {"confirmed": 4, "waitlisted": 3},
    }


def tally(found: Iterable[str]) -> dict[str, int]:
    return dict(Counter(found))


def test_demo_spans_times_zones_and_prices() -> None:
    now = timezone.now()
    events = list(Event.objects.all())

    assert {event.slug for event in events if event.ends_at <= now} == {
        "creator-jam-100",
        "lantern-night",
        "headless-hosting",
    }
    assert [e.slug for e in events if e.starts_at <= now < e.ends_at] == ["open-stage"]
    assert {str(event.time_zone) for event in events} == {
        "America/New_York",
        "Asia/Tokyo",
        "Europe/Berlin",
        "Pacific/Kiritimati",
    }
    assert {(e.price, e.currency) for e in events if e.price} == {(1500, "EUR"), (500, "JPY")}
    assert [e.slug for e in events if e.opens_at and e.opens_at > now] == ["mini-golf-cup"]
    assert [e.slug for e in events if e.status == Event.Status.DRAFT] == ["new-year"]
    assert [e.slug for e in events if e.status == Event.Status.CANCELLED] == ["photo-walk"]


def test_workshops_of_the_demo_are_taken_by_people_with_a_place() -> None:
    workshops = Workshop.objects.filter(event__slug="festival").order_by("starts_at")
    taken = {w.slug: tally(w.registrations.values_list("status", flat=True)) for w in workshops}
    holders = Registration.objects.filter(event__slug="festival", status="confirmed")
    guests = Registration.objects.filter(workshop__in=workshops)

    assert taken == {
        "logix": {"confirmed": 8, "waitlisted": 1},
        "shaders": {"confirmed": 4},
        "sound": {"confirmed": 15},
    }
    assert set(guests.values_list("attendee")) - set(holders.values_list("attendee")) == set()


def test_no_event_of_the_demo_is_over_its_capacity() -> None:
    taking = Registration.objects.taking_place(timezone.now()).filter(workshop=None)

    limited = Event.objects.exclude(capacity=None)
    assert [e.slug for e in limited if taking.filter(event=e).count() > (e.capacity or 0)] == []
    assert limited.count() == 10


def test_workshops_of_the_festival_are_on_its_saturday() -> None:
    festival = Event.objects.get(slug="festival")
    local = [w.starts_at.astimezone(festival.zone) for w in festival.workshops.all()]

    assert [(at.weekday(), at.hour) for at in local] == [(5, 14), (5, 15), (5, 17)]
    start, end = (at.astimezone(festival.zone) for at in (festival.starts_at, festival.ends_at))
    assert [(start.weekday(), start.hour), (end.weekday(), end.hour)] == [(4, 18), (6, 21)]


def test_states_differ_from_event_to_event() -> None:
    now = timezone.now()
    free = {e.slug: (e.capacity or 0) - e.taken for e in Event.objects.with_occupancy(now)}
    draws = Event.objects.exclude(draw_at=None).order_by("slug")

    assert {slug: free[slug] for slug in ("hanami", "avatar-lab", "tiny-concert")} == {
        "hanami": 2,
        "avatar-lab": 0,
        "tiny-concert": 0,
    }
    assert [e.slug for e in Event.objects.filter(has_waitlist=False)] == ["tiny-concert"]
    assert [(e.slug, e.drawn_at is not None) for e in draws] == [
        ("comet-watch", True),
        ("masquerade", False),
    ]
    assert [e.slug for e in Event.objects.filter(patron_cents__gt=0)] == ["patron-salon"]
    running = Event.objects.get(starts_at__lte=now, ends_at__gt=now)
    assert running.session_url == "neos-session:///S-demo-open-stage"
    assert set(Event.objects.values_list("kind", flat=True)) == set(Event.Kind.values)


def test_every_event_has_a_text_of_its_own() -> None:
    texts = {e.slug: e.description for e in Event.objects.all()}
    files = {path.stem for path in DESCRIPTIONS.glob("*.md")}
    further = {f"{e.slug}.{code}" for e in Event.objects.all() for code in e.descriptions}

    assert files - {"salon"} == (set(texts) - {"patron-salon"}) | further
    assert {slug for slug, text in texts.items() if len(text.strip().split("\n\n")) < 2} == set()
    assert {slug for slug, text in texts.items() if len(text) < 250} == set()


def test_japanese_event_is_in_japanese() -> None:
    hanami = Event.objects.get(slug="hanami")

    assert hanami.language == Event.Language.JAPANESE
    assert "茶席は十二人まで" in hanami.description
    assert "花見" in hanami.title
    assert hanami.written_in == "ja"


def test_three_events_have_texts_in_further_languages() -> None:
    """One in Japanese with English texts, one wholly in both, one with a Japanese title only."""
    found = {
        event.slug: {
            (code, name)
            for code, texts in event.translations.items()
            for name in (*texts, *(["description"] if code in event.descriptions else []))
        }
        for event in Event.objects.exclude(translations={})
    }
    whole = ("title", "summary", "description")
    assert found == {
        "festival": {("ja", name) for name in whole},
        "hanami": {("en", name) for name in whole},
        "tiny-concert": {("ja", "title")},
    }
    workshops = Workshop.objects.values_list("translations", flat=True)
    assert [[*texts["ja"]] for texts in workshops] == [["title", "summary"]] * 3


# --- Who is in it ------------------------------------------------------------------------------


def test_thirty_attendees_are_verified() -> None:
    attendees = Attendee.objects.exclude(neos_id=None)
    assert [attendee.is_verified for attendee in attendees] == [True] * 30
    assert len({attendee.neos_username for attendee in attendees}) == 30


@pytest.mark.parametrize(
    ("name", "is_superuser", "seen"),
    [(demo.STAFF, [True], 15), ("mika", [False], 8), ("robin", [False], 7)],
)
def test_login_of_the_demo_opens_the_admin(
    client: Client, name: str, is_superuser: list[bool], seen: int
) -> None:
    assert client.login(username=name, password=demo.PASSWORD) is True
    assert [User.objects.get(username=name).is_superuser] == is_superuser
    response = client.get("/admin/events/event/")
    assert response.context["cl"].result_count == seen


def test_hosts_of_an_event_are_groups_of_its_organizers() -> None:
    events = Event.objects.prefetch_related("hosts__members", "organizers")
    strangers = {
        event.slug
        for event in events
        for host in event.hosts.all()
        if not set(event.organizers.all()) <= set(host.members.all())
    }

    assert strangers == set()
    assert {event.slug for event in events if not event.hosts.all()} == set()
    used = Host.objects.filter(events__isnull=False).distinct()
    assert used.count() == Host.objects.count() == 6
    assert [host.slug for host in Host.objects.all() if not host.about] == []


def test_footer_leads_to_rules_of_conduct_in_both_languages(client: Client) -> None:
    site_pages.forget()
    assert 'href="/conduct/"' in client.get("/").content.decode()
    english = client.get("/conduct/").content.decode()
    japanese = client.get("/conduct/", HTTP_ACCEPT_LANGUAGE="ja").content.decode()

    assert [mark for mark in demo_pages.WORDS if mark in english + japanese] == []
    assert "Robin reads it and answers within two days." in english
    assert "ロビン が読み、2 日以内に返事をします。" in japanese


def test_some_people_agreed_to_be_shown_and_some_did_not() -> None:
    shown = {event.slug: len(facts.shown_people(event)) for event in Event.objects.all()}
    going = {
        event.slug: event.registrations.filter(workshop=None, status="confirmed").count()
        for event in Event.objects.all()
    }

    assert {slug for slug, number in going.items() if number and not 0 < shown[slug] < number} == (
        set()
    )


def test_people_signed_up_one_after_the_other_over_days_before_the_start() -> None:
    now = timezone.now()
    for event in Event.objects.filter(registrations__isnull=False).distinct():
        own = event.registrations.filter(workshop=None).order_by("pk")
        came = list(own.values_list("created_at", flat=True))
        drawn = [chart(event, now)]
        assert (came, len({*came})) == (sorted(came), len(came))
        assert came[-1] < min(now, event.starts_at)
        assert [len(c.points) > 10 and c.points[0].places < c.top for c in drawn if c] == [True]


def test_what_came_with_a_sign_up_has_its_time() -> None:
    now = timezone.now()
    for row in Registration.objects.filter(taken_at__isnull=False, waitlisted_at=None):
        assert row.created_at == row.taken_at == row.confirmed_at
        assert [p.paid_at for p in row.payments.all()] in ([], [row.created_at])
        assert {a.answered_at for a in row.answers.all()} <= {row.created_at}
    moved_up = Registration.objects.filter(taken_at__isnull=False, waitlisted_at__isnull=False)
    assert {row.event.slug for row in moved_up} == {"comet-watch"}
    assert {row.taken_at for row in moved_up} == {now}
    assert [row.pk for row in moved_up if row.waitlisted_at != row.created_at] == []


def test_workshops_were_taken_after_the_place_at_the_event() -> None:
    for row in Registration.objects.filter(workshop__isnull=False):
        place = Registration.objects.get(event=row.event, attendee=row.attendee, workshop=None)
        assert place.created_at < row.created_at < timezone.now()


def test_audit_finds_nothing_in_the_demo() -> None:
    out = StringIO()
    call_command("audit", stdout=out)

    assert out.getvalue() == "15 events, 0 mismatches\n"
