"""The line with which a door answers; ASCII, because worlds compare it sign by sign."""

from events.access.door import Answer


def line_of(answer: Answer) -> str:
    """Return "ALLOW guest", "DENY waitlisted" or "DENY too-early 840" (seconds)."""
    if answer.denial is None:
        return f"ALLOW {answer.role}"
    wait = f" {answer.wait}" if answer.wait else ""
    return f"DENY {answer.denial}{wait}"
