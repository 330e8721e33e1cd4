"""Loading the demo, again and after an interrupt; and the command that serves it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import time_machine
from django.contrib.auth.models import User
from django.core import serializers
from django.core.management import CommandError, call_command

from events import demo
from events.management.commands.demo import refuse_busy_port
from events.models import Attendee, Event, Notification, Payment, Registration, Workshop
from eventsite.reach import lan_address

ROOT = Path(__file__).resolve().parents[2]
MODELS = (User, Attendee, Event, Workshop, Registration, Payment, Notification)
# The demo has a SQLite file of its own.
pytestmark = [pytest.mark.once, pytest.mark.django_db]


def everything() -> str:
    """Every row of the demo, with its id: a row made anew would be another one."""
    rows = (row for model in MODELS for row in model.objects.order_by("pk"))
    return serializers.serialize("json", rows)


# --- Loading -------------------------------------------------------------------------------------


def test_loading_again_changes_nothing(clock: time_machine.Traveller) -> None:
    made = demo.load()
    before = everything()
    clock.shift(timedelta(days=2, hours=5))

    assert (made, demo.load()) == (15, 0)
    assert everything() == before


def test_interrupted_load_is_completed_by_the_next(clock: time_machine.Traveller) -> None:
    def interrupt(done: int, _of: int) -> None:
        if done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        demo.load(interrupt)
    slugs = list(Event.objects.order_by("pk").values_list("slug", flat=True))

    assert slugs == ["creator-jam-100", "lantern-night", "open-stage", "avatar-lab", "festival"]
    assert demo.load() == 10


# --- The command -------------------------------------------------------------------------------


def test_command_needs_the_sandbox() -> None:
    with pytest.raises(CommandError, match=r"^The demo needs DEBUG=1 and NEOS_SANDBOX=1\."):
        call_command("demo")

    assert Event.objects.count() == 0


LISTENERS = [
    (socket.AF_INET, "127.0.0.1"),
    (socket.AF_INET, "0.0.0.0"),
    (socket.AF_INET6, "::1"),
    (socket.AF_INET6, "::"),
]


@pytest.fixture(params=LISTENERS, ids=[address for _family, address in LISTENERS])
def busy_port(request: pytest.FixtureRequest) -> Iterator[int]:
    """A port at which another server listens, on each address that would be in the way."""
    family, address = request.param
    try:
        listener = socket.create_server((address, 0), family=family)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with closing(listener):
        yield listener.getsockname()[1]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_busy_port_is_refused(busy_port: int) -> None:
    with pytest.raises(CommandError) as refused:
        refuse_busy_port(busy_port)

    expected = f"Port {busy_port} is in use. Choose another one: PORT={busy_port + 1} make demo"
    assert str(refused.value) == expected


def test_free_port_is_not_refused() -> None:
    refuse_busy_port(free_port())
    refuse_busy_port(free_port(), "0.0.0.0")


def test_port_that_is_busy_on_one_address_is_refused_for_all_of_them() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(CommandError, match=rf"^Port {port} is in use\."):
            refuse_busy_port(port, "0.0.0.0")


def test_address_of_another_machine_is_refused() -> None:
    elsewhere = "198.51.100.77"  # from a range for documents
    with pytest.raises(CommandError) as refused:
        refuse_busy_port(free_port(), elsewhere)

    sentence = f"This machine has no address {elsewhere}. Try: HOST=0.0.0.0 make demo"
    assert str(refused.value) == sentence


@contextmanager
def running(
    port: int,
    database: Path,
    *options: str,
    host: str = "localhost",
    platform: str = "neos",
    sandboxes: tuple[str, ...] = ("NEOS_SANDBOX", "RESONITE_SANDBOX"),
) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own, which ends with the block at the latest."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", *options],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "PYTHONUNBUFFERED": "1",
            "DEBUG": "1",
            "PLATFORM": platform,
            **dict.fromkeys(sandboxes, "1"),
            "PAYMENT_PROVIDER": "sandbox",
            "SITE_URL": f"http://{host}:{port}",
            "DATABASE_URL": f"sqlite:///{database}",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A suite in the background of a shell ignores interrupts, and its children would too.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.once  # its process has an SQLite database of its own
@pytest.mark.server
def test_command_on_a_busy_port_says_so_before_it_loads_anything(
    busy_port: int, tmp_path: Path
) -> None:
    with running(busy_port, tmp_path / "demo.sqlite3") as process:
        printed, complaint = process.communicate(timeout=90)

    sentence = f"Port {busy_port} is in use. Choose another one: PORT={busy_port + 1} make demo"
    assert (process.returncode, printed) == (1, "")
    assert complaint == f"CommandError: {sentence}\n"
    assert list(tmp_path.iterdir()) == []


# In a process of its own, because the platform is chosen when the settings are read.
@pytest.mark.once  # and it has an SQLite database of its own
@pytest.mark.server
@pytest.mark.parametrize(
    ("platform", "guest", "people", "others"),
    [
        ("neos", "U-demo-03", {"Old Oak Otter"}, {"Prize Platypus"}),
        ("resonite", "U-1aD0jgVcRzq", {"Prize Platypus"}, {"Old Oak Otter"}),
    ],
)
def test_command_tells_a_program_what_it_would_serve(
    tmp_path: Path, platform: str, guest: str, people: set[str], others: set[str]
) -> None:
    port, options = free_port(), ("--dry-run", "--json")
    with running(port, tmp_path / "demo.sqlite3", *options, platform=platform) as process:
        printed, complaint = process.communicate(timeout=90)

    told = json.loads(printed)
    assert (process.returncode, complaint, told["dry_run"]) == (0, "", True)
    assert (told["site"], told["is_open"]) == (f"http://localhost:{port}", False)
    assert (told["staff"], told["organizers"]) == ("staff", ["mika", "robin"])
    assert (told["platform"], told["door"].rpartition("/")[2]) == (platform, guest)
    assert {*told["people"]} & (people | others) == people
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once  # its process has an SQLite database of its own
@pytest.mark.server
def test_command_needs_the_sandbox_of_its_platform(tmp_path: Path) -> None:
    neos = ("NEOS_SANDBOX",)
    database = tmp_path / "demo.sqlite3"
    with running(free_port(), database, platform="resonite", sandboxes=neos) as process:
        printed, complaint = process.communicate(timeout=90)

    sentence = "The demo needs DEBUG=1 and RESONITE_SANDBOX=1. Use: PLATFORM=resonite make demo"
    assert (process.returncode, printed) == (1, "")
    assert complaint == f"CommandError: {sentence}\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.once  # its process has an SQLite database of its own
@pytest.mark.server
def test_command_serves_the_demo_until_it_is_interrupted(tmp_path: Path) -> None:
    port = free_port()
    with running(port, tmp_path / "demo.sqlite3") as process:
        page = fetch(f"http://localhost:{port}/", process)
        by_number = get(f"http://127.0.0.1:{port}/?when=past")
        mails = fetch(f"http://localhost:{port}/sandbox/mail/", process)
        stranger = get(f"http://localhost:{port}/sandbox/neos/connect/authorize")
        process.send_signal(signal.SIGINT)
        printed, complaint = process.communicate(timeout=60)

    assert "Festival of Worlds" in page
    assert by_number.url == f"http://localhost:{port}/?when=past"
    assert "Lantern Night" in by_number.text
    assert "No mail was sent yet." in mails
    # The sandbox is there, with an error page of its own for who comes without a question.
    assert (stranger.status_code, "Neos" in stranger.text) == (400, True)
    assert f"The site         http://localhost:{port}\n" in printed
    assert f"Its mails        http://localhost:{port}/sandbox/mail/\n" in printed
    assert "Open to this machine only. For a headset or a phone: HOST=0.0.0.0 make demo" in printed
    assert [line.split(maxsplit=1) for line in printed.splitlines() if " / demo" in line] == [
        ["Staff", "staff / demo"],
        ["Organizer", "mika / demo"],
        ["Organizer", "robin / demo"],
    ]
    assert "    Plain Visitor – Verified: " in printed
    assert "Traceback" not in complaint
    assert process.returncode == 0


@pytest.mark.once  # its process has an SQLite database of its own
@pytest.mark.server
def test_command_serves_the_demo_to_the_house(tmp_path: Path) -> None:
    port, host = free_port(), lan_address()
    options = ("--listen", "0.0.0.0")
    with running(port, tmp_path / "demo.sqlite3", *options, host=host) as process:
        page = fetch(f"http://{host}:{port}/", process)
        here = get(f"http://127.0.0.1:{port}/")
        process.send_signal(signal.SIGINT)
        printed, complaint = process.communicate(timeout=60)

    assert "Festival of Worlds" in page
    assert here.url == f"http://{host}:{port}/"
    assert f"The site         http://{host}:{port}\n" in printed
    assert "Everybody in your network can open it, sign in as anybody" in printed
    assert "0.0.0.0" not in printed
    assert "Traceback" not in complaint


@pytest.mark.once  # its process has an SQLite database of its own
@pytest.mark.server
def test_interrupt_while_loading_is_no_traceback(tmp_path: Path) -> None:
    with running(free_port(), tmp_path / "demo.sqlite3") as process:
        while process.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        printed, complaint = process.communicate(timeout=60)

    assert (process.returncode, complaint) == (0, "")
    assert "The site" not in printed


def fetch(address: str, process: subprocess.Popen[str]) -> str:
    """The page, as soon as the server is up."""
    while process.poll() is None:
        try:
            return get(address).text
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError(process.communicate()[1])


def get(address: str) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.get(address, timeout=30)
