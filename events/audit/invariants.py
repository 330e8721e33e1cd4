"""Short titles of the invariants that `audit` recounts, by their numbers in `docs/design.md`."""

TITLES = {
    1: "capacity",
    2: "one registration each",
    3: "waitlist order",
    5: "workshops",
    6: "money",
    7: "messages",
}
