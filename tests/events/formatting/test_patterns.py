"""Days and times in each language's own form."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import formats, translation

from events.formatting import patterns, times
from events.formatting.times import Span

TOKYO, BERLIN = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/Berlin")
FRIDAY = datetime(2026, 12, 11, 9, tzinfo=UTC)


def test_instant_is_written_in_the_form_of_the_language() -> None:
    with translation.override("ja"):
        assert times.in_words(FRIDAY, TOKYO) == "2026年12月11日(金) 18:00 (Asia/Tokyo)"
        assert times.day(FRIDAY, TOKYO) == "2026年12月11日"
        assert times.weekday(FRIDAY, TOKYO) == "2026年12月11日(金曜日)"
        assert times.day_of_week(date(2026, 12, 11)) == "12月11日(金曜日)"
        assert times.month(date(2026, 12, 1)) == "2026年12月"
        assert times.short_month(FRIDAY, TOKYO) == "12月"
        assert times.clock(FRIDAY, TOKYO) == "18:00"
    with translation.override("en"):
        assert times.in_words(FRIDAY, TOKYO) == "Fri 11 December 2026, 18:00 (Asia/Tokyo)"


def test_doubled_hour_is_told_apart_in_japanese_too() -> None:
    first, second = (datetime(2027, 10, 31, hour, 15, tzinfo=UTC) for hour in (0, 1))
    with translation.override("ja"):
        assert times.span(first, second, BERLIN) == Span(
            "2027年10月31日(日) 02:15 CEST", "02:15 CET"
        )
        night = times.span(datetime(2027, 12, 30, 20, tzinfo=UTC), FRIDAY.replace(2028, 1), BERLIN)
        assert night == Span("2027年12月30日(木) 21:00", "2028年1月11日(火) 10:00")
        days = times.span(FRIDAY, FRIDAY.replace(day=12), BERLIN)
        assert days == Span("2026年12月11日(金) 10:00", "12月12日(土) 10:00")


@pytest.mark.parametrize("language", [None, "de", "en-gb"])
def test_other_languages_are_written_like_english(language: str | None) -> None:
    with translation.override(language):
        assert patterns.current() == patterns.ENGLISH


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_django_writes_days_and_times_in_the_same_form(language: str) -> None:
    with translation.override(language):
        by = patterns.current()
        assert formats.get_format("DATE_FORMAT") == by.day
        assert formats.get_format("TIME_FORMAT") == by.time
        assert formats.get_format("DATETIME_FORMAT") == f"{by.day_and_time} (e)"
        assert formats.get_format("DATE_INPUT_FORMATS")[0] == "%Y-%m-%d"


@pytest.mark.parametrize("language", [code for code, _name in settings.LANGUAGES])
def test_each_language_has_patterns_of_its_own(language: str) -> None:
    assert language in {"en", *patterns.OTHERS}
