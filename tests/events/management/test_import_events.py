"""`manage.py import_events`: drafts by the rules of the admin's form, all of a file or none."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError

from events.management import import_file, imported
from events.models import Event
from tests.factories import make_event, make_host, make_organizer, make_user

from .running import Ran, run

pytestmark = [
    pytest.mark.both,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("clock"),
]

HEAD = "title,starts_at,length,time_zone"
NO_SUM = "Write the amount in EUR with digits and a point, with 2 decimals at most, like 15.00."
ROW = "Fog Jam,2030-06-10 20:00,1:30,Europe/Berlin"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "events.csv"


def load(file: Path, content: str | bytes, *options: str) -> Ran:
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return run("import_events", str(file), *options)


def errors(file: Path, content: str | bytes, *options: str) -> list[tuple[int, str | None, str]]:
    """Refused rows; nothing was imported, as is looked at here."""
    before = set(Event.objects.values_list("slug", flat=True))
    ran = load(file, content, "--json", *options)
    assert set(Event.objects.values_list("slug", flat=True)) == before
    assert (ran.status, ran.json["events"]) == (1, [])
    return [(one["line"], one["column"], one["text"]) for one in ran.json["errors"]]


# --- What is made --------------------------------------------------------------------------------


def test_row_becomes_a_draft_of_its_organizer(file: Path) -> None:
    mika = make_organizer(username="mika")
    done = load(file, f"{HEAD}\n{ROW}\n", "--organizer", "mika", "--json").json
    event = Event.objects.get()
    assert (event.slug, event.status, event.title) == ("fog-jam", "draft", "Fog Jam")
    assert event.starts_at == datetime(2030, 6, 10, 18, tzinfo=UTC)
    assert (event.ends_at - event.starts_at).total_seconds() == 5_400
    assert list(event.organizers.all()) == [mika]
    assert (event.has_waitlist, event.listed, event.price) == (True, True, 0)
    assert LogEntry.objects.get().change_message == "Imported from a file."
    assert done == {
        "dry_run": False,
        "events": [
            {
                "line": 2,
                "slug": "fog-jam",
                "title": "Fog Jam",
                "starts_at": "2030-06-10T18:00:00Z",
                "ends_at": "2030-06-10T19:30:00Z",
            }
        ],
        "errors": [],
    }


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_file_of_any_spreadsheet_is_read(file: Path, mark: str, sign: str, end: str) -> None:
    text = f"{HEAD}{end}{ROW}{end}".replace(",", sign)
    assert load(file, mark + text).status == 0
    assert Event.objects.get().title == "Fog Jam"


def test_every_kind_of_cell_is_read(file: Path) -> None:
    make_host(slug="club")
    make_host(slug="band")
    more = "price,currency,capacity,has_waitlist,refund_days,hosts,title_ja,draw_at,neos_required"
    row = '7.50,usd,20,no,never,"club band",霧,2030-06-09T20:00Z,yes'
    assert load(file, f"{HEAD},{more}\n{ROW},{row}\n").status == 0
    event = Event.objects.get()
    assert (event.price, event.currency, event.capacity) == (750, "USD", 20)
    assert (event.has_waitlist, event.refund_days, event.neos_required) == (False, None, True)
    assert set(event.hosts.values_list("slug", flat=True)) == {"band", "club"}
    assert event.translations == {"ja": {"title": "霧"}}
    assert event.draw_at == datetime(2030, 6, 9, 20, tzinfo=UTC)


def test_json_has_types_and_lines(file: Path) -> None:
    text = """[
      {"title": "A", "starts_at": "2030-06-10T20:00:00+02:00", "length": "1:00", "capacity": 5,
       "has_waitlist": false, "time_zone": "Asia/Tokyo", "price": 5.5, "hosts": [], "slug": null},
      {"title": "B", "starts_at": "2030-06-10 20:00", "ends_at": "2030-06-10 21:00"}
    ]"""
    done = load(file, text, "--zone", "Europe/Berlin", "--json").json
    assert [(one["line"], one["slug"]) for one in done["events"]] == [(2, "a"), (4, "b")]
    a, b = Event.objects.order_by("slug")
    assert a.starts_at == b.starts_at == datetime(2030, 6, 10, 18, tzinfo=UTC)
    assert (str(a.time_zone), str(b.time_zone)) == ("Asia/Tokyo", "Europe/Berlin")
    assert (a.capacity, a.has_waitlist, a.price, b.capacity) == (5, False, 550, None)


def test_same_title_makes_addresses_of_their_own(file: Path) -> None:
    make_event(slug="fog-jam")
    load(file, f"{HEAD}\n{ROW}\n{ROW}\n")
    assert sorted(Event.objects.values_list("slug", flat=True)) == [
        "fog-jam",
        "fog-jam-2",
        "fog-jam-3",
    ]


def test_address_that_is_written_is_not_made_for_another(file: Path) -> None:
    """The row before would get it by its title."""
    done = load(file, f"{HEAD},slug\n{ROW},\n{ROW},fog-jam\n", "--json").json
    assert [one["slug"] for one in done["events"]] == ["fog-jam-2", "fog-jam"]


def test_address_that_somebody_takes_meanwhile_ends_the_import(file: Path) -> None:
    file.write_text(f"{HEAD},slug\n{ROW},\n{ROW},jam\n")
    running = imported.Import(None, None)

    def rows() -> Iterator[import_file.Row]:
        yield from import_file.read(str(file))
        make_event(slug="jam")

    with pytest.raises(CommandError, match=r"^Somebody saved the same a moment ago\."):
        running.run(rows(), is_tried=False)
    assert list(Event.objects.values_list("slug", flat=True)) == ["jam"]


def test_dry_run_says_the_same_and_makes_nothing(file: Path) -> None:
    tried = load(file, f"{HEAD}\n{ROW}\n", "--dry-run").out
    assert Event.objects.count() == 0
    done = load(file, f"{HEAD}\n{ROW}\n").out
    line = "line 2  fog-jam  Mon 10 June 2030, 20:00 (Europe/Berlin)  Fog Jam\n"
    assert (tried, done) == (f"{line}1 draft would be made.\n", f"{line}1 draft made.\n")


# --- What is refused -----------------------------------------------------------------------------


def test_every_error_of_every_row_is_listed_and_nothing_is_made(file: Path) -> None:
    """The first row is right: it is undone with the others."""
    text = f"{HEAD},price\n{ROW},\n,2030-06-10,1:30,UTC,many\n\nX,2030-06-10 20:00,,Mars/Base,5\n"
    assert errors(file, text) == [
        (3, "starts_at", "Write a day and a time, like 2030-06-01 20:00."),
        (3, "title", "This field is required."),
        (3, "price", NO_SUM),
        (5, "time_zone", "Write the time zone of the times, like Europe/Berlin; or give --zone."),
        (5, "length", "Give the length, or set the end."),
    ]


def test_errors_for_people_are_on_standard_error(file: Path) -> None:
    ran = load(file, f"{HEAD}\n,2030-06-10 20:00,1:30,UTC\n")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.splitlines() == [
        "line 2, title: This field is required.",
        "1 error. Nothing was imported.",
    ]


def test_times_that_do_not_come_or_come_twice_are_refused(file: Path) -> None:
    rows = "A,2030-10-27 02:30,1:30,Europe/Berlin\nB,2030-03-31 02:30,1:30,Europe/Berlin\n"
    why = "The clocks change then in Europe/Berlin: this time never comes, or comes twice."
    assert errors(file, f"{HEAD}\n{rows}") == [(2, "starts_at", why), (3, "starts_at", why)]


def test_address_is_that_of_one_event_only(file: Path) -> None:
    make_event(slug="there")
    rows = f"{ROW},jam\n{ROW},there\n{ROW},jam\n"
    assert errors(file, f"{HEAD},slug\n{rows}") == [
        (3, "slug", "Event with this Web address already exists."),
        (4, "slug", "Line 2 has this address, too."),
    ]


def test_only_drafts_and_known_columns_are_imported(file: Path) -> None:
    found = errors(file, f"{HEAD},status,organizers,Search_Text\n{ROW},published,1,x\n{ROW},,1,x\n")
    assert [(line, column) for line, column, _text in found] == [
        (2, "status"),
        (2, "organizers"),
        (2, "search_text"),
    ]


def test_organizer_writes_their_own_hosts_only(file: Path) -> None:
    mika = make_organizer(username="mika")
    make_host(slug="hers").members.add(mika)
    make_host(slug="other")
    row = f"{HEAD},hosts\n{ROW},%s\n"
    why = "The host 'other' may not be written on events by this organizer."
    assert errors(file, row % "other", "--organizer", "mika") == [(2, "hosts", why)]
    assert errors(file, row % "none") == [(2, "hosts", "The host 'none' is not there.")]
    assert load(file, row % "hers", "--organizer", "mika").status == 0


def test_organizer_has_to_be_one(file: Path) -> None:
    make_user(username="ada")
    make_user(username="eve", is_staff=True)
    with pytest.raises(CommandError, match=r"^No member of staff has the user name 'ada'\.$"):
        load(file, f"{HEAD}\n{ROW}\n", "--organizer", "ada")
    with pytest.raises(CommandError, match=r"^eve may not make events\.$"):
        load(file, f"{HEAD}\n{ROW}\n", "--organizer", "eve")


TOO_DEEP = "[" * 100_000
FILES = [
    (b"", 1, "there is no event in the file."),
    (b"title\n", 1, "there is no event in the file."),
    (b"[]", 1, "there is no event in the file."),
    (b"title\nx\0y", 2, "there is a NUL byte."),
    (b"title\n\xe4\n", 2, "this is not UTF-8. In spreadsheets, choose “CSV UTF-8” when you save."),
    ("title\nx".encode("utf-16"), 1, "the file is UTF-16. Save it as UTF-8."),
    (b"title,title\nx,y", 1, "there are two columns 'title'."),
    (b"title,\nx,y", 1, "a column has no name."),
    (b"title\nx,y", 2, "there are 2 cells, and the header has 1 columns."),
    (
        b'title\n"x',
        2,
        "a quotation mark is not closed or at the wrong place, or a cell is too long.",
    ),
    (b'{"title": "x"}', 1, "a '[' is missing: write a list of objects."),
    (b"[1]", 1, "each event has to be an object: {…}."),
    (b'[\n{"title": NaN}]', 2, "NaN is no number of JSON."),
    (b'[{"title": "x", "title": "y"}]', 1, "a name stands twice in one object."),
    (b'[{"title": "x"},\n]', 2, "this is no JSON, at column 1."),
    (b'[{"title": "x"}\n', 2, "a ',' is missing: write a list of objects."),
    (b'[{"title": "x"}]\nx', 2, "there is something behind the list."),
    (TOO_DEEP.encode(), 1, "there are too many brackets in one another."),
]


@pytest.mark.parametrize(("content", "line", "why"), FILES, ids=range(len(FILES)))
def test_file_that_is_none_is_refused_with_its_line(
    file: Path, content: bytes, line: int, why: str
) -> None:
    assert errors(file, content) == [(line, None, why)]


VALUES = [
    ("title", "true", "Write a text, in quotation marks."),
    ("title", "7", "Write a text, in quotation marks."),
    ("title", '{"en": "x"}', "Write a text, in quotation marks."),
    ("capacity", "1e999", "Write a whole number in digits, like 20."),
    ("capacity", "9" * 5_000, "Write a whole number in digits, like 20."),
    ("capacity", "true", "Write a number."),
    ("capacity", "-1", "Write a number that is not below 0."),
    ("has_waitlist", '"maybe"', "Write yes or no."),
    ("hosts", "[1]", "Write the addresses of hosts."),
    ("starts_at", '"2030-13-01 20:00"', "Write a date, like 2030-06-01."),
    ("starts_at", '"9999-12-31 23:59-12:00"', "There is no such time."),
    ("starts_at", '"1999-12-31 23:59"', "Choose a year between 2000 and 2100."),
    ("price", "1e999", NO_SUM),
    ("kind", '"x"', "Select a valid choice. x is not one of the available choices."),
    (
        "session_url",
        '"javascript:x"',
        "Write the address of a session or of a world, like neos-session:///S-…, "
        "neosrec:///U-…/R-… or https://go.resonite.com/session/S-…",
    ),
    ("description", '"' + "x" * 100_001 + '"', "This is too long."),
]


@pytest.mark.parametrize(("name", "value", "why"), VALUES, ids=range(len(VALUES)))
def test_value_that_makes_no_sense_is_an_error_of_its_column(
    file: Path, name: str, value: str, why: str
) -> None:
    known = {"title": '"A"', "starts_at": '"2030-06-10 20:00"', "length": '"1:00"'}
    pairs = ", ".join(f'"{key}": {text}' for key, text in (known | {name: value}).items())
    assert errors(file, f"[{{{pairs}}}]", "--zone", "UTC") == [(1, name, why)]


def test_file_has_a_size_and_a_number_of_rows(file: Path) -> None:
    rows = f"{ROW}\n" * (import_file.MAX_ROWS + 1)
    why = f"there are more than {import_file.MAX_ROWS} events. Split the file."
    assert errors(file, f"{HEAD}\n{rows}") == [(import_file.MAX_ROWS + 2, None, why)]
    with pytest.raises(CommandError, match=r"^The file has more than 5 MB\. Split it\.$"):
        load(file, b"x" * (import_file.MAX_BYTES + 1))


@pytest.mark.parametrize("name", ["missing.csv", ".", "\0", "x" * 5_000])
def test_file_that_cannot_be_read_is_said_in_our_words(name: str) -> None:
    with pytest.raises(CommandError, match=r"cannot be read\. Is it there, and a file\?$"):
        run("import_events", name)
