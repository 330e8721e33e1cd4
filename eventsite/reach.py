"""Find out where the demo is to listen, and at which address other devices reach it.

`python -m eventsite.reach HOST PORT` prints SITE_URL and the address to listen on, or ends with one
line that says what is wrong with them. Nothing is sent.
"""

import re
import socket
import sys
from ipaddress import AddressValueError, IPv4Address

from eventsite.environment import refuse_to_start

EVERYWHERE = "0.0.0.0"  # noqa: S104 - asked for by HOST
LOCAL = "127.0.0.1"
NAMES_OF_LOCAL = ("", "localhost")
PORTS = range(1, 65_536)
#: One address of each private range: which of our addresses would the system use to go there?
PRIVATE = ("192.168.254.254", "10.254.254.254", "172.31.254.254")


def reach(host: str, port: int) -> tuple[str, str]:
    """Return (SITE_URL, address to listen on)."""
    listens_on = listening_address(host)
    if listens_on == LOCAL:  # which is what the name means: 127.0.0.2 answers only by its number
        return f"http://localhost:{port}", listens_on
    shown = lan_address() if listens_on == EVERYWHERE else listens_on
    return f"http://{shown}:{port}", listens_on


def listening_address(host: str) -> str:
    """Return the address that HOST means, or end the start: some shells set it to something."""
    if host in NAMES_OF_LOCAL:
        return LOCAL
    try:
        return str(address_of_a_machine(host))
    except AddressValueError:
        refuse_to_start(
            f"HOST must be localhost, an IPv4 address of this machine, or {EVERYWHERE} for all of "
            "them. If your shell has set it: HOST=localhost make demo"
        )


def lan_address() -> str:
    """Return this machine's address in its network, or `localhost` if it is in none."""
    found = [*filter(None, map(address_towards, PRIVATE)), *addresses_of_own_name()]
    return next((a for a in found if not IPv4Address(a).is_loopback), "localhost")


def address_towards(other: str) -> str:
    """Connect a UDP socket, which sends nothing, and see which address it got; "" for none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((other, 9))
        except OSError:
            return ""
        address: str = probe.getsockname()[0]
        return address


def address_of_a_machine(host: str) -> IPv4Address:
    """Raise `AddressValueError` also for addresses that no machine has, such as broadcast."""
    address = IPv4Address(host)
    is_of_this_net = address.packed[0] == 0 and host != EVERYWHERE
    if address.is_multicast or address.is_reserved or is_of_this_net:
        raise AddressValueError(host)
    return address


def addresses_of_own_name() -> list[str]:
    try:
        return socket.gethostbyname_ex(socket.gethostname())[2]
    except OSError:
        return []


def port_of(value: str) -> int:
    if not re.fullmatch("[0-9]{1,5}", value) or int(value) not in PORTS:
        refuse_to_start(f"PORT must be a whole number from {PORTS[0]} to {PORTS[-1]}.")
    return int(value)


def main(host: str, port: str) -> None:
    site_url, listens_on = reach(host.strip(), port_of(port.strip()))
    sys.stdout.write(f"{site_url} {listens_on}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
