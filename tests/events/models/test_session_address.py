"""Addresses that lead into a session or a world, and none that run in the visitor's page."""

from contextlib import nullcontext

import pytest
from django.core.exceptions import ValidationError

from events.models.session_address import (
    is_world,
    validate_session_url,
    validate_shape,
    whole_session_address,
)

SESSIONS = [
    "neos-session:///S-0b1c5ad8-1f6d-4e3e-8f6e-6f5b6f1c2d3e",
    "neos-session:///S-U-ada:jam",
    "ressession:///S-1",
    "NEOS:?world=neos-session:///S-1",
    "resonite:?world=ressession:///S-1",
    "https://go.resonite.com/session/S-1",
    "http://cloudx.azurewebsites.net/open/session/S-1",
    "https://a.test/x",
]
WORLDS = [
    "neosrec:///U-ada/R-0b1c5ad8-1f6d-4e3e-8f6e-6f5b6f1c2d3e",
    "resrec:///G-The-Makers/R-1",
    "neosrec:///U-ada/Worlds/Bar",
    "RESREC:///U-ada/Worlds/Deep/Bar",
    "neos:?world=neosrec:///U-ada/R-1",
    "resonite:?world=resrec%3A%2F%2F%2FU-ada%2FR-1",
    "https://go.resonite.com/world/U-ada/R-1",
]
LEADING_NOWHERE = [
    *("https:", "https://", "https:///x", "neos:", "https://a.test/\nx"),
    *("neos-session:///", "neos-session:///U-ada/R-1", "neosrec:///S-1", "neosrec:///U-ada"),
    *("neosrec:///U-ada/", "neosrec:///U-ada//x", "neosrec:///Worlds/Bar"),
    *("neos-session:///S-1 onclick=x", "neos-session:///S-1/../x"),
]
REFUSED = [
    *LEADING_NOWHERE,
    *("javascript:alert(1)", " javascript:x", "JaVaScRiPt:x", "data:x", "vbscript:x", "file:///x"),
    *("x", "", "//x", "S-1", "blob:https://a.test/x"),
]


@pytest.mark.parametrize("address", [*SESSIONS, *WORLDS])
def test_session_address_may_lead_into_a_world(address: str) -> None:
    assert (validate_session_url(address), validate_shape(address)) == (None, None)


@pytest.mark.parametrize("address", REFUSED)
def test_session_address_may_lead_nowhere_else(address: str) -> None:
    with pytest.raises(ValidationError, match=r"like neos-session:///S-…, neosrec:"):
        validate_shape(address)


@pytest.mark.parametrize("address", REFUSED)
def test_address_that_is_stored_already_runs_nothing(address: str) -> None:
    """Those that lead nowhere stay where they are, because their scheme does no harm."""
    is_harmless = address in LEADING_NOWHERE
    with nullcontext() if is_harmless else pytest.raises(ValidationError):
        validate_session_url(address)


def test_world_is_told_from_a_session() -> None:
    assert [address for address in (*SESSIONS, *WORLDS, "") if is_world(address)] == WORLDS


@pytest.mark.usefixtures("neos")
@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("S-1f-e", "neos-session:///S-1f-e"),
        ("S-U-ada:my_jam", "neos-session:///S-U-ada:my_jam"),
        *((same, same) for same in ("", "S-", "s-1", "S-1 2", "S-1/x", "ressession:///S-1")),
    ],
)
def test_id_of_a_session_becomes_its_whole_address(typed: str, address: str) -> None:
    assert whole_session_address(typed) == address


@pytest.mark.usefixtures("resonite")
def test_id_of_a_session_becomes_an_address_of_resonite() -> None:
    assert whole_session_address("S-U-ada:jam") == "ressession:///S-U-ada:jam"
    assert whole_session_address("neos-session:///S-1") == "neos-session:///S-1"
