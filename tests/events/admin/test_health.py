"""The two pages about how the site does are for superusers, and for staff who were given them."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from events import happened, places
from events.admin import health_words
from events.happened import Kind, counts, figures
from events.health.reasons import Reason
from events.health.words import JOBS, REASONS
from events.housekeeping import ROUND
from events.models import Job
from tests.factories import make_attendee, make_event, make_organizer, make_user

from .conftest import SignedIn

pytestmark = pytest.mark.django_db
PAGES = ["/admin/now/", "/admin/hours/"]


@pytest.fixture
def staff(signed_in: SignedIn) -> Client:
    user = make_user(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_figure"))
    return signed_in(user)


@pytest.mark.parametrize("address", PAGES)
def test_organizers_and_strangers_do_not_see_them(
    signed_in: SignedIn, client: Client, address: str
) -> None:
    assert signed_in(make_organizer()).get(address).status_code == 403
    assert signed_in(make_attendee().user).get(address).status_code == 302
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("address", PAGES)
def test_staff_with_the_permission_and_superusers_see_them(
    signed_in: SignedIn, staff: Client, address: str
) -> None:
    root = signed_in(make_user(is_staff=True, is_superuser=True))
    pages = [browser.get(address) for browser in (staff, root)]

    assert [page.status_code for page in pages] == [200, 200]
    assert [page["Cache-Control"].count("no-store") for page in pages] == [1, 1]


def test_first_page_leads_there_only_who_may_see_them(signed_in: SignedIn, staff: Client) -> None:
    own, other = staff.get("/admin/"), signed_in(make_organizer()).get("/admin/")

    assert [address in own.content.decode() for address in PAGES] == [True, True]
    assert [address in other.content.decode() for address in PAGES] == [False, False]


def test_now_says_what_is_wrong_and_what_to_do(staff: Client) -> None:
    late = staff.get("/admin/now/").content.decode()
    Job.objects.create(name=ROUND, ended_at=timezone.now())
    well = staff.get("/admin/now/").content.decode()

    words = ["Something is wrong", "Start manage.py housekeeping", "Everything works"]
    assert [word in late for word in words] == [True, True, False]
    assert [word in well for word in words] == [False, False, True]


def test_now_says_of_all_periodic_work_when_it_was_done(staff: Client) -> None:
    Job.objects.create(name="backup", ended_at=timezone.now())

    page = " ".join(staff.get("/admin/now/").content.decode().split())

    assert page.count("never done yet") == len(JOBS) - 1
    assert "<dt>Housekeeping</dt> <dd>never done yet</dd>" in page
    assert "<dt>Back-up</dt> <dd>last done " in page


def test_now_names_the_longest_waitlists(staff: Client) -> None:
    event = make_event(title="<b>Jam</b>", capacity=1)
    for _ in range(3):
        places.register(user=make_attendee(neos_username="Wren").user, bookable=event)

    page = staff.get("/admin/now/").content.decode()

    assert "<bdi>&lt;b&gt;Jam&lt;/b&gt;</bdi>" in page
    assert "2 wait" in page
    assert "Wren" not in page


def test_hours_show_what_was_counted(staff: Client) -> None:
    counts.take_all()
    for _ in range(3):
        happened.note_at_once(Kind.SIGNED_IN, user=1)
    counts.count(happened.PROVIDER, "stripe refused", 2.0)
    counts.count(happened.PROVIDER, "mail ok", 0.1)
    counts.count(happened.PROVIDER, "elsewhere ok", 0.1)
    counts.count(happened.REQUEST, "events:list 5xx", 0.1)
    counts.count(happened.REQUEST, "events:list 2xx", 0.1)
    figures.flush()

    page = staff.get("/admin/hours/").content.decode()

    assert '<th scope="row">Sign-ins</th><td>3</td>' in page
    assert '<th scope="row">Stripe failed (refused)</th><td>1</td><td>2000 ms</td>' in page
    assert '<th scope="row">The mail server answered</th><td>1</td><td>100 ms</td>' in page
    assert '<th scope="row">elsewhere answered</th><td>1</td><td>100 ms</td>' in page
    assert '<th scope="row">events:list 5xx</th><td>1</td><td>0</td>' in page
    assert "events:list 2xx" not in page


def test_every_reason_and_every_kind_has_words() -> None:
    kinds = [kind for _title, words in health_words.PARTS for kind in words]

    assert set(REASONS) == set(Reason)
    assert sorted(kinds) == sorted(Kind)
