"""The address that a request comes from, and the network that one visitor has to themselves."""

import re
from ipaddress import IPv6Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

#: Some proxies append the port of the connection, which differs each time.
WITH_PORT = re.compile(r"\[(?P<v6>[^]]*)\](?::\d+)?|(?P<v4>\d+\.\d+\.\d+\.\d+):\d+")
PREFIX_OF_ONE_VISITOR = 64  # bits


def client_address(request: HttpRequest) -> str:
    """Return the peer's address, or the one that our own proxies add to X-Forwarded-For.

    Each of `TRUSTED_PROXY_HOPS` proxies appends the address it was called from. Only so many
    entries, counted from the right, cannot be forged by the client.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    hops: int = settings.TRUSTED_PROXY_HOPS
    forwarded = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",")]
    return forwarded[-hops] if 0 < hops <= len(forwarded) and forwarded[-hops] else peer


def client_network(request: HttpRequest) -> str:
    return network_of(client_address(request))


def network_of(address: str) -> str:
    """Return an IPv4 address, or the /64 of an IPv6 address, all of which one visitor may have.

    An IPv4 address that is written as IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
    """
    match = WITH_PORT.fullmatch(address)
    try:
        parsed = ip_address((match["v6"] or match["v4"]) if match else address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((int(parsed), PREFIX_OF_ONE_VISITOR), strict=False))
