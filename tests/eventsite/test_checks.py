"""Checks of settings that are right each, and do not fit together."""

import pytest
from django.core.checks import ERROR, WARNING
from pytest_django import Settings

from eventsite import checks, environment, platforms

pytestmark = pytest.mark.once

ALL = tuple(
    f"{prefix}_{part}"
    for prefix in ("NEOS", "RESONITE")
    for part in ("CLIENT_ID", "CLIENT_SECRET", "SANDBOX")
)


def found(settings: Settings, platform: str) -> list[tuple[int, str, str]]:
    settings.PLATFORM = platforms.PLATFORMS[platform]
    return [(one.level, f"{one.msg} {one.hint}", str(one.id)) for one in checks.check_variables()]


def set_only(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name in ALL:
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


def test_client_of_the_other_platform_is_a_warning(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site of this platform would start, and serve people of the wrong one."""
    set_only(monkeypatch, NEOS_CLIENT_ID="a", NEOS_CLIENT_SECRET="b", RESONITE_CLIENT_ID="c")
    said = (
        "PLATFORM=neos, but there is RESONITE_CLIENT_ID in the environment. Did you mean "
        "PLATFORM=resonite? A site of Neos reads none of it."
    )
    assert found(settings, "neos") == [(WARNING, said, "eventsite.W003")]
    said = (
        "PLATFORM=resonite, but there is NEOS_CLIENT_ID and NEOS_CLIENT_SECRET in the "
        "environment. Did you mean PLATFORM=neos? A site of Resonite reads none of it."
    )
    assert found(settings, "resonite") == [(WARNING, said, "eventsite.W003")]


@pytest.mark.parametrize("name", ["RESONITE_CLIENT_ID", "RESONITE_CLIENT_SECRET"])
@pytest.mark.parametrize("missing", ["SOCIAL_AUTH_KEY", "SOCIAL_AUTH_SECRET"])
def test_client_of_the_other_platform_alone_is_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, missing: str
) -> None:
    setattr(settings, missing, "")
    set_only(monkeypatch, **{name: "x"})
    said = (
        f"PLATFORM=neos, but there is {name} in the environment. Did you mean PLATFORM=resonite? "
        "A site of Neos reads none of it."
    )
    assert found(settings, "neos") == [(ERROR, said, "eventsite.E002")]
    assert found(settings, "resonite") == []


@pytest.mark.parametrize("word", [*environment.SWITCH, "", " "])
def test_sandbox_of_the_other_platform_is_named_where_a_client_is_missing(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """`make demo` sets both, so beside a client it is none of our business."""
    set_only(monkeypatch, RESONITE_SANDBOX=word)
    assert found(settings, "neos") == []
    settings.NEOS_SANDBOX = True
    settings.SOCIAL_AUTH_KEY = ""
    assert found(settings, "neos") == []
    settings.NEOS_SANDBOX = False
    named = ["eventsite.E002"] if word in ("1", "true", "yes", "on") else []
    assert [number for _, _, number in found(settings, "neos")] == named


def test_variables_of_this_platform_are_nobodys_business(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_only(monkeypatch, NEOS_CLIENT_ID="a", NEOS_CLIENT_SECRET="b", RESONITE_CLIENT_ID=" ")
    assert found(settings, "neos") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_WEBHOOK_SECRET", "whsec_..."),
        ("METRICS_TOKEN", "at-least-20-letters-and-digits"),
    ],
)
def test_other_secrets_of_an_example_are_errors(settings: Settings, name: str, value: str) -> None:
    assert list(checks.check_other_secrets()) == []
    setattr(settings, name, value)
    (error,) = checks.check_other_secrets()
    assert (error.level, error.msg) == (ERROR, f"{name} is one of an example.")
    settings.DEBUG = True
    assert list(checks.check_other_secrets()) == []
