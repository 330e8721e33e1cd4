"""The events of the demo. Times are relative to the day on which it is first loaded."""

from dataclasses import dataclass, field
from datetime import time, timedelta

#: Fields of an event's workshop, with its start in minutes after the event's.
WorkshopPlan = dict[str, object]


@dataclass(frozen=True, slots=True)
class EventPlan:
    """One event: `days` from today at `at` o'clock of its zone, `hours` long.

    `draw_in` is when a lottery is drawn, from now; a negative one has been drawn. `going` people
    sign up while it is open, and `paid` of those who have to pay have done so.
    """

    slug: str
    title: str
    summary: str
    days: int
    at: time = time(20)
    hours: float = 2
    zone: str = "Europe/Berlin"
    going: int = 0
    paid: int = 0
    opens_in: timedelta | None = None
    draw_in: timedelta | None = None
    is_running: bool = False
    status: str = "published"
    fields: dict[str, object] = field(default_factory=dict)
    workshops: tuple[WorkshopPlan, ...] = ()
    perks: tuple[dict[str, object], ...] = ()


FESTIVAL = """\
Three days of worlds, music and learning.

- **Friday:** opening walk through forty new worlds
- **Saturday:** workshops and the avatar parade
- **Sunday:** closing concert

Bring an avatar that runs well with eighty people in one place. The session is for people with a
place; the link appears here shortly before the start.
"""

PERKS: tuple[dict[str, object], ...] = (
    {"min_cents": 600, "early_hours": 24, "discount_percent": 10, "label": "Blade Runner patron"},
    {"min_cents": 1200, "early_hours": 48, "discount_percent": 25, "label": "Gunter patron"},
)

EVENTS: tuple[EventPlan, ...] = (
    EventPlan(
        "creator-jam-100",
        "Creator Jam 100",
        "The hundredth weekly jam: one theme, one hour, one world.",
        days=-30,
        going=12,
    ),
    EventPlan(
        "lantern-night",
        "Lantern Night",
        "We walked through a thousand paper lanterns.",
        days=-7,
        at=time(19),
        zone="Asia/Tokyo",
        going=9,
        fields={"capacity": 30},
    ),
    EventPlan(
        "open-stage",
        "Open Stage",
        "Five minutes for everybody who wants the microphone. Running right now.",
        days=0,
        is_running=True,
        hours=3,
        zone="America/New_York",
        going=6,
        fields={"session_url": "neos-session:///S-demo-open-stage"},
    ),
    EventPlan(
        "avatar-lab",
        "Avatar Lab",
        "Build an avatar from a single cube, together.",
        days=3,
        going=11,
        fields={"capacity": 8, "neos_required": True},
    ),
    EventPlan(
        "festival",
        "Festival of Worlds",
        "Three days of worlds, music and workshops.",
        days=10,
        at=time(18),
        hours=50,
        going=18,
        paid=9,
        fields={
            "capacity": 80,
            "price": 1500,
            "currency": "EUR",
            "description": FESTIVAL,
            "payment_instructions": "Transfer to the community account DE00 0000 0000 0000, "
            "or give it to Mika in the world.",
        },
        perks=PERKS,
        workshops=(
            {
                "slug": "logix",
                "title": "LogiX for beginners",
                "summary": "Your first impulse, your first node.",
                "start": 60,
                "minutes": 120,
                "capacity": 5,
            },
            {
                "slug": "shaders",
                "title": "Materials that glow",
                "summary": "At the same time as LogiX: choose one.",
                "start": 120,
                "minutes": 90,
                "capacity": 6,
                "price": 500,
            },
            {
                "slug": "sound",
                "title": "Sound in space",
                "summary": "Reverb zones and where to put them.",
                "start": 300,
                "minutes": 60,
            },
        ),
    ),
    EventPlan(
        "hanami",
        "Hanami under the stars",
        "Cherry blossoms, tea and quiet music. 日本語 OK.",
        days=14,
        at=time(21),
        zone="Asia/Tokyo",
        going=4,
        fields={"capacity": 40, "price": 500, "currency": "JPY"},
    ),
    EventPlan(
        "headless-hosting",
        "Host your own headless",
        "From an empty server to a public session in one evening.",
        days=16,
        at=time(19, 30),
        zone="America/New_York",
        going=5,
        fields={"capacity": 12, "neos_required": True},
    ),
    EventPlan(
        "mini-golf-cup",
        "Mini Golf Cup",
        "Registration opens soon; patrons go first.",
        days=20,
        opens_in=timedelta(days=2),
        fields={"capacity": 16, "neos_required": True},
        perks=PERKS,
    ),
    EventPlan(
        "patron-salon",
        "Patron Salon",
        "An evening with the developers, for Patreon supporters.",
        days=22,
        going=0,
        fields={"capacity": 20, "patron_cents": 600},
    ),
    EventPlan(
        "world-tour",
        "World Tour",
        "Twelve worlds in two hours, no place limit.",
        days=27,
        zone="America/New_York",
        going=7,
    ),
    EventPlan(
        "photo-walk",
        "Photo Walk",
        "Cancelled: our photographer is ill. We will find another day.",
        days=5,
        going=5,
        status="cancelled",
    ),
    EventPlan(
        "new-year",
        "New Year in every zone",
        "A draft: only its organizers see it.",
        days=38,
        status="draft",
    ),
    EventPlan(
        "tiny-concert",
        "Tiny Concert",
        "Eight chairs, one harp, no waitlist.",
        days=8,
        at=time(22),
        going=8,
        fields={"capacity": 8, "has_waitlist": False},
    ),
    EventPlan(
        "masquerade",
        "Masquerade",
        "Five masks, drawn by lot: the first to register has no better chance than the last.",
        days=12,
        going=9,
        draw_in=timedelta(days=2),
        fields={"capacity": 5, "neos_required": True},
    ),
    EventPlan(
        "comet-watch",
        "Comet Watch",
        "Drawn already: see who was lucky, and check the draw yourself.",
        days=6,
        at=time(23),
        zone="Asia/Tokyo",
        going=7,
        draw_in=timedelta(0),
        fields={"capacity": 4},
    ),
)
