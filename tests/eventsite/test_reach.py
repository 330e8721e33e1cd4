"""Where the demo listens, and which address it prints."""

import socket
from ipaddress import AddressValueError, IPv4Address
from typing import Any

import pytest

from eventsite import reach

from .processes import run


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", ""])
def test_demo_is_for_this_machine_unless_an_address_is_named(host: str) -> None:
    site_url, listens_on = reach.reach(host, 8001)

    assert (site_url, listens_on) == ("http://localhost:8001", "127.0.0.1")


def test_named_address_is_the_one_that_is_printed() -> None:
    assert reach.reach("192.168.1.20", 80) == ("http://192.168.1.20:80", "192.168.1.20")


def test_other_address_of_this_machine_alone_is_printed_as_it_is() -> None:
    assert reach.reach("127.0.0.2", 8000) == ("http://127.0.0.2:8000", "127.0.0.2")


@pytest.mark.parametrize("host", ["255.255.255.255", "224.0.0.1", "240.0.0.1", "0.0.0.1"])
def test_address_that_no_machine_has_is_none_to_listen_on(host: str) -> None:
    with pytest.raises(AddressValueError):
        reach.address_of_a_machine(host)


def test_demo_for_everybody_prints_an_address_of_this_machine() -> None:
    site_url, listens_on = reach.reach("0.0.0.0", 8000)

    assert listens_on == "0.0.0.0"
    assert site_url == f"http://{reach.lan_address()}:8000"


def test_address_in_the_network_is_one_on_which_this_machine_can_listen() -> None:
    with socket.create_server((reach.lan_address(), 0)) as listener:
        assert listener.getsockname()[1] > 0


class Unconnected(socket.socket):
    """A socket of a machine that has no way to anybody."""

    def connect(self, address: Any) -> None:
        raise OSError("Network is unreachable")


def test_machine_without_a_way_out_takes_the_address_of_its_own_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "socket", Unconnected)
    monkeypatch.setattr(socket, "gethostname", lambda: "here")
    own = ["127.0.1.1", "10.1.2.3"]
    monkeypatch.setattr(socket, "gethostbyname_ex", lambda name: (name, [], own))

    assert reach.lan_address() == "10.1.2.3"


def test_machine_in_no_network_is_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(name: str) -> None:
        raise socket.gaierror(name)

    monkeypatch.setattr(socket, "socket", Unconnected)
    monkeypatch.setattr(socket, "gethostbyname_ex", unknown)

    assert reach.reach("0.0.0.0", 8000) == ("http://localhost:8000", "0.0.0.0")


def test_make_reads_both() -> None:
    """In a fresh process, as make starts it: there are no settings yet."""
    process = run("-m", "eventsite.reach", "0.0.0.0", "8000")

    site_url, listens_on = process.stdout.split()
    address = site_url.removeprefix("http://").removesuffix(":8000")
    assert (listens_on, process.stderr) == ("0.0.0.0", "")
    assert address == "localhost" or not IPv4Address(address).is_loopback


HOST_FORM = (
    "HOST must be localhost, an IPv4 address of this machine, or 0.0.0.0 for all of them. "
    "If your shell has set it: HOST=localhost make demo"
)
PORT_FORM = "PORT must be a whole number from 1 to 65535."


@pytest.mark.parametrize(
    ("host", "port", "sentence"),
    [
        *(
            (host, "8000", HOST_FORM)
            for host in ("x86_64-conda-linux-gnu", "foo", "::1", "192.168.1", "192.168.1.20:80")
        ),
        *(
            ("localhost", port, PORT_FORM)
            for port in ("", "http", "0", "-1", "65536", "80.5", "8_0", "\u0663")
        ),
    ],
)
def test_senseless_value_ends_the_start_with_one_line(
    capsys: pytest.CaptureFixture[str], host: str, port: str, sentence: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        reach.main(host, port)

    assert (ended.value.code, capsys.readouterr()) == (
        3,
        ("", f"eventsite cannot start: {sentence}\n"),
    )
