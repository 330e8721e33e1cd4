"""A draft behind its secret link: seen by who has it, and nothing else of it is there."""

import re

import pytest
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.test import Client

from events.http import throttling
from events.http.limits import HOUR, Limit
from events.models import Event, Registration
from events.places import event_edits
from events.previews import links
from tests.factories import make_attendee, make_event, make_host, make_organizer, make_workshop
from tests.lines import register
from tests.markup import TreeBuilder
from tests.previewed import every_row, pressable

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def draft() -> Event:
    event = make_event(title="Fog Night", slug="fog", status="draft", session_url="neos://secret")
    make_workshop(event, title="Mixing", slug="mixing")
    make_host(event, name="The Foggers", slug="foggers")
    return event


@pytest.fixture
def path(draft: Event) -> str:
    return f"/preview/{links.make_link(draft, instead_of=links.link_of(draft))}/"


def text(response: HttpResponse) -> str:
    return TreeBuilder(response.content.decode()).root.text


def bare(client: Client, path: str) -> tuple[int, str, dict[str, str]]:
    """Return the answer without its address and id, and the tokens of its forms."""
    answer = client.get(path)
    html = TOKEN.sub("", answer.content.decode()).replace(path, "")
    headers = {name: text for name, text in answer.headers.items() if name != "X-Request-ID"}
    return answer.status_code, html, headers


def becomes(event: Event, status: str) -> None:
    before = event_edits.begin(event.pk)
    Event.objects.filter(pk=event.pk).update(status=status)
    event_edits.follow_up(before)


def test_who_has_the_link_sees_the_draft_and_can_press_nothing(client: Client, path: str) -> None:
    before = every_row()
    response = client.get(path)
    words = text(response)
    assert response.status_code == 200
    shown = ["Fog Night", "Mixing", "The Foggers", "Sign in to take a place."]
    assert [word for word in shown if word not in words] == []
    assert "This is a draft, shown by its secret link. Nothing can be pressed here." in words
    assert pressable(response.content.decode()) == []
    assert (every_row(), len(response.cookies)) == (before, 0)


def test_preview_tells_no_other_site_and_no_cache_of_its_address(client: Client, path: str) -> None:
    response = client.get(path)
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Cache-Control"] == "private, no-store"
    assert "form-action 'none'" in response["Content-Security-Policy"]
    html = response.content.decode()
    assert [word for word in ("canonical", "og:url", "schema.org", path) if word in html] == []


def test_preview_is_the_same_for_everybody(client: Client, draft: Event, path: str) -> None:
    organizer = make_organizer()
    draft.organizers.add(organizer)
    seen = client.get(path).content
    for user in (make_attendee(language="en").user, organizer):
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
        assert client.get(path).content == seen


def test_preview_names_nobody_and_gives_no_way_into_the_session(
    client: Client, draft: Event, path: str
) -> None:
    Event.objects.update(status="published")
    ada = make_attendee(neos_username="Ada Ames")
    register(ada, Event.objects.get())
    Registration.objects.update(is_shown=True)
    Event.objects.update(status="draft")
    html = client.get(path).content.decode()
    assert [word for word in ("Ada Ames", "neos://secret") if word in html] == []


def test_wrong_link_looks_like_an_address_that_is_not_there(client: Client, path: str) -> None:
    secret = path.split("/")[2]
    nothing = bare(client, "/events/nothing/")
    assert nothing[0] == 404
    for wrong in ("x", secret[:-1], secret.swapcase(), "a" * 43, "a" * 4000):
        answer = bare(client, f"/preview/{wrong}/")
        assert answer[:2] == nothing[:2]
        assert answer[2] == nothing[2] | {"Content-Length": answer[2]["Content-Length"]}


def test_old_revoked_and_deleted_links_look_like_wrong_ones(
    client: Client, draft: Event, path: str
) -> None:
    wrong = bare(client, "/preview/x/")
    newer = links.make_link(draft, instead_of=links.link_of(draft))
    assert bare(client, path)[:2] == wrong[:2]
    links.revoke_link(draft, link=links.link_of(draft))
    assert bare(client, f"/preview/{newer}/")[:2] == wrong[:2]
    last = links.make_link(draft, instead_of=None)
    draft.delete()
    assert bare(client, f"/preview/{last}/")[:2] == wrong[:2]


@pytest.mark.parametrize("status", ["published", "cancelled"])
def test_link_leads_to_the_page_once_the_event_is_public_and_never_back(
    client: Client, draft: Event, path: str, status: str
) -> None:
    becomes(draft, status)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, "/events/fog/")
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["Cache-Control"] == "private, no-store"
    becomes(draft, "draft")
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_address_of_a_preview_takes_visits_only(client: Client, path: str, method: str) -> None:
    before = every_row()
    answers = [getattr(client, method)(address).status_code for address in (path, "/preview/x/")]
    assert (answers, every_row()) == ([405, 405], before)


def test_other_addresses_of_the_draft_stay_closed_to_its_readers(
    client: Client, draft: Event, path: str
) -> None:
    html = client.get(path).content.decode()
    pages = [
        "/events/fog/",
        "/events/fog/calendar.ics",
        "/events/fog/workshops/mixing/calendar.ics",
        "/events/fog/draw.txt",
    ]
    assert [client.get(page).status_code for page in pages] == [404] * 4
    for page in ("/", "/feed.atom", "/calendar.ics", "/calendar/month/", "/?q=fog"):
        assert "Fog Night" not in client.get(page).content.decode()
    (art,) = [i for i in TreeBuilder(html).root.all("img") if "art" in i.attributes["class"]]
    assert client.get(art.attributes["src"]).status_code == 200
    assert ("Add to calendar" in html, "Tell others" in html) == (False, False)


def test_link_stays_while_the_draft_changes(client: Client, draft: Event, path: str) -> None:
    Event.objects.update(title="Mist Night", slug="mist")
    assert "Mist Night" in text(client.get(path))


def test_previews_are_limited_for_one_visitor(
    client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(throttling.LIMITS, "events:preview", (Limit(2, HOUR),))
    answers = [client.get(address).status_code for address in (path, "/preview/x/", path)]
    assert answers == [200, 404, 429]
    assert client.get(path, REMOTE_ADDR="192.0.2.7").status_code == 200


def test_superusers_and_signed_out_people_need_the_link_alike(client: Client, draft: Event) -> None:
    client.force_login(User.objects.create(username="root", is_superuser=True, is_staff=True))
    assert client.get(f"/preview/{draft.pk}/").status_code == 404
    assert client.get("/preview/fog/").status_code == 404
