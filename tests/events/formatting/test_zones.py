"""Time zones on offer."""

from zoneinfo import ZoneInfo, available_timezones

from events.formatting import zones


def test_zones_on_offer_are_places_and_utc() -> None:
    offered = zones.offered()
    assert {name for name in offered if "/" not in name} == {"UTC"}
    assert {"Europe/Kyiv", "Asia/Kolkata", "Pacific/Chatham"} <= offered
    assert {"Europe/Kiev", "Asia/Calcutta", "localtime", "Etc/UTC", "US/Eastern"} & offered == set()


def test_every_zone_on_offer_exists() -> None:
    assert zones.offered() - available_timezones() == set()
    assert {str(ZoneInfo(name)) for name in zones.offered()} == zones.offered()
