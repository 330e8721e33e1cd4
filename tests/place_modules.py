"""Modules of `events.places`, for tests that take a rule away.

Some have the name of the function in them, which is what importing from the package gives.
"""

from importlib import import_module

NAMES = (
    *("answers", "cancel", "check_in", "confirm", "end", "lock", "lottery", "promote", "register"),
    *("settle", "waitlist", "move"),
)

(
    answers,
    cancel,
    check_in,
    confirm,
    end,
    lock,
    lottery,
    promote,
    register,
    settle,
    waitlist,
    move,
) = (import_module(f"events.places.{name}") for name in NAMES)
