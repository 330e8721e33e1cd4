"""Time zones on offer."""

from zoneinfo import ZoneInfo, available_timezones

import pytest

from events.formatting import zones
from tests.factories import NOON


def test_zones_on_offer_are_places_and_utc() -> None:
    offered = zones.offered()
    assert {name for name in offered if "/" not in name} == {"UTC"}
    assert {"Europe/Kyiv", "Asia/Kolkata", "Pacific/Chatham"} <= offered
    assert {"Europe/Kiev", "Asia/Calcutta", "localtime", "Etc/UTC", "US/Eastern"} & offered == set()


def test_every_zone_on_offer_exists() -> None:
    assert zones.offered() - available_timezones() == set()
    assert {str(ZoneInfo(name)) for name in zones.offered()} == zones.offered()


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
        ("Zulu", "UTC"),
        *((name, "") for name in ("", "Mars/Olympus", "Etc/GMT-9", "localtime", "../etc/passwd")),
    ],
)
def test_second_names_lead_to_the_zone_on_offer(name: str, zone: str) -> None:
    assert zones.named(name) == zone


def test_choices_say_what_the_clocks_show_now() -> None:
    shown = {choice.name: (choice.clock, choice.offset) for choice in zones.choices(NOON)}
    assert shown["Asia/Tokyo"] == ("21:00", "UTC+9")
    assert shown["Asia/Kathmandu"] == ("17:45", "UTC+5:45")
    assert shown["America/New_York"] == ("08:00", "UTC−4")
    assert list(shown) == sorted(zones.offered())


def test_near_zones_are_by_the_clock_of_now_and_the_zone_itself_first() -> None:
    """In June New York has the time of Halifax's winter, and La Paz all year."""
    same, around = zones.near(ZoneInfo("America/New_York"), NOON)
    names = [choice.name for choice in same]
    assert names[0] == "America/New_York"
    assert {"America/La_Paz", "America/Toronto"} <= {*names}
    assert "America/Halifax" in [choice.name for choice in around]
    distances = [abs(4 + hours(choice.offset)) for choice in around]
    assert distances == sorted(distances)
    assert (min(distances) > 0, max(distances)) == (True, 2)


def hours(offset: str) -> float:
    """Read "UTC−4" or "UTC−3:30" back."""
    whole, _, rest = offset.removeprefix("UTC").replace("−", "-").partition(":")
    return int(whole) - int(rest or 0) / 60
