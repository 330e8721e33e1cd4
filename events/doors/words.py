"""The lines that a door answers: one of ASCII, short enough to compare in a world.

A world compares the first word, which is ALLOW, DENY or OUT. The second is a role or a code, the
third a number of seconds.
"""

from events.access.door import Answer, Denial

OUT = "OUT"
UNKNOWN_KEY = "DENY unknown-key"
READ_ONLY_KEY = "DENY read-only-key"
WRONG_METHOD = "DENY wrong-method"
TRY_AGAIN = "DENY try-again"


def line_of(answer: Answer) -> str:
    if answer.denial is None:
        return f"ALLOW {answer.role}"
    if answer.denial is Denial.TOO_EARLY:
        return f"DENY {answer.denial} {answer.wait}"
    return f"DENY {answer.denial}"


def too_many_tries(seconds: int) -> str:
    return f"DENY too-many-tries {seconds}"


def is_denied(line: str) -> bool:
    return line.startswith("DENY")


def code_of(line: str) -> str:
    """Return `allow`, or the code of the denial."""
    first, _, rest = line.partition(" ")
    return rest.partition(" ")[0] if first == "DENY" else first.lower()


def in_one_word(line: str) -> str:
    """Return `yes` or `no`, for a world that has no room to compare more."""
    return "no" if is_denied(line) else "yes"
