"""The style sheet that sets the site's accent, and its address."""

import re

from pytest_django import Settings

from events.http import theme


def accents(sheet: str) -> list[str]:
    return re.findall(r"--accent:(#[0-9a-f]{6});", sheet)


def test_sheet_sets_the_accent_of_both_schemes(settings: Settings) -> None:
    settings.SITE_ACCENT = "#0b6b3a"
    light, dark = theme.sheet().split("@media (prefers-color-scheme: dark)")
    assert accents(light) == ["#0b6b3a"]
    assert [len(accents(dark)), accents(dark) == accents(light)] == [1, False]
    for name in ("--on-accent", "--accent-paper"):
        assert theme.sheet().count(f"{name}:#") == 2


def test_address_changes_with_the_accent_and_only_with_it(settings: Settings) -> None:
    found = []
    for accent in ("#0b6b3a", "#a3182b", "#0b6b3a"):
        settings.SITE_ACCENT = accent
        found.append(theme.address())
    assert found[0] == found[2] != found[1]
    assert re.fullmatch(r"/theme\.css\?[0-9a-f]{12}", found[0])
