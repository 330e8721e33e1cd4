"""The events of the demo. Their descriptions are in `descriptions/`, by their addresses: the main
one in `festival.md`, that in Japanese in `festival.ja.md`.

Times are relative to the day on which it is first loaded.
"""

from datetime import time

from .plan import FRIDAY, THURSDAY, EventPlan, WorkshopPlan
from .questions import AVATAR_QUESTIONS

PERKS: tuple[dict[str, object], ...] = (
    {"min_cents": 600, "early_hours": 24, "discount_percent": 10, "label": "Blade Runner patron"},
    {"min_cents": 1200, "early_hours": 48, "discount_percent": 25, "label": "Gunter patron"},
)

EVENTS: tuple[EventPlan, ...] = (
    EventPlan(
        "creator-jam-100",
        "Creator Jam 100",
        "The hundredth weekly jam: one theme, one hour, one world.",
        "meetup",
        ("makers-shed",),
        days=-27,
        weekday=THURSDAY,
        hours=1,
        going=12,
    ),
    EventPlan(
        "lantern-night",
        "Lantern Night",
        "A thousand paper lanterns, seven bridges and a river in the dark.",
        "tour",
        ("hotaru",),
        days=-7,
        language="",
        at=time(19),
        zone="Asia/Tokyo",
        going=21,
        fields={"capacity": 30},
    ),
    EventPlan(
        "open-stage",
        "Open Stage",
        "Five minutes for everybody who wants the microphone, for a whole day and night.",
        "show",
        ("portal-commons",),
        days=0,
        language="",
        is_running=True,
        hours=24,
        zone="America/New_York",
        going=14,
        fields={"session_url": "neos-session:///S-demo-open-stage"},
    ),
    EventPlan(
        "avatar-lab",
        "Avatar Lab",
        "Build an avatar from a single cube, together.",
        "workshop",
        ("makers-shed",),
        days=3,
        going=11,
        questions=AVATAR_QUESTIONS,
        fields={
            "capacity": 8,
            "neos_required": True,
            "contact": "Makers' Shed <shed@example.org>",
            "session_url": "neos-session:///S-demo-avatar-lab",
        },
    ),
    EventPlan(
        "festival",
        "Festival of Worlds",
        "Three days of worlds, music and workshops.",
        "festival",
        ("portal-commons", "makers-shed"),
        days=10,
        weekday=FRIDAY,
        at=time(18),
        hours=51,
        going=26,
        fields={
            "capacity": 80,
            "price": 1500,
            "currency": "EUR",
            "refund_days": 3,
            "payment_instructions": "Transfer to the community account DE00 0000 0000 0000, "
            "or give it to Mika in the world.",
            "session_url": "neos-session:///S-demo-festival",
            "translations": {
                "ja": {
                    "title": "ワールド・フェスティバル",
                    "summary": "ワールドと音楽とワークショップの三日間。",
                }
            },
        },
        perks=PERKS,
        workshops=(
            WorkshopPlan(
                "logix",
                "LogiX for beginners",
                "Your first impulse, your first node, a lamp that obeys you.",
                at=time(14),
                minutes=120,
                day=1,
                going=9,
                fields={
                    "capacity": 8,
                    "translations": {
                        "ja": {
                            "title": "はじめての LogiX",
                            "summary": "最初のインパルス、最初のノード、思いどおりに光るランプ。",
                        }
                    },
                },
            ),
            WorkshopPlan(
                "shaders",
                "Materials that glow",
                "Fog, glass and gold leaf. At the same time as LogiX: choose one.",
                at=time(15),
                minutes=90,
                day=1,
                first=9,
                going=4,
                fields={
                    "capacity": 6,
                    "price": 500,
                    "translations": {
                        "ja": {
                            "title": "光るマテリアル",
                            "summary": "霧、ガラス、金箔。LogiX と同じ時間なので、どちらか一つを。",
                        }
                    },
                },
            ),
            WorkshopPlan(
                "sound",
                "Sound in space",
                "Reverb zones, where to put them, and when to leave silence alone.",
                at=time(17),
                minutes=60,
                day=1,
                first=2,
                going=15,
                fields={
                    "translations": {
                        "ja": {
                            "title": "空間の音",
                            "summary": "リバーブをどこに置くか、いつ静けさをそのままにするか。",
                        }
                    },
                },
            ),
        ),
    ),
    EventPlan(
        "hanami",
        "星空の花見",
        "夜桜の下で、お茶と静かな音楽を。",
        "meetup",
        ("hotaru",),
        days=14,
        language="ja",
        at=time(21),
        zone="Asia/Tokyo",
        going=10,
        fields={
            "capacity": 12,
            "price": 500,
            "currency": "JPY",
            "written_in": "ja",
            "translations": {
                "en": {
                    "title": "Hanami under the stars",
                    "summary": "Cherry blossoms at night, with tea and quiet music.",
                }
            },
        },
    ),
    EventPlan(
        "headless-hosting",
        "Host your own headless",
        "From an empty server to a public session in one evening.",
        "workshop",
        ("makers-shed",),
        days=-16,
        at=time(19, 30),
        hours=3,
        zone="America/New_York",
        going=10,
        fields={"capacity": 12, "neos_required": True},
    ),
    EventPlan(
        "mini-golf-cup",
        "Mini Golf Cup",
        "Eighteen holes, eighteen kinds of gravity, sixteen players.",
        "game",
        ("green-and-glow",),
        days=20,
        opens_in=3,
        fields={"capacity": 16, "neos_required": True},
        perks=PERKS,
    ),
    EventPlan(
        "patron-salon",
        "Patron Salon",
        "An evening with the developers, for Patreon supporters.",
        "talk",
        ("small-rooms",),
        days=22,
        going=6,
        fields={"capacity": 20, "patron_cents": 600},
    ),
    EventPlan(
        "world-tour",
        "World Tour",
        "Twelve worlds in two hours, for people who are new here.",
        "tour",
        ("wayfarers",),
        days=4,
        zone="America/New_York",
        going=17,
    ),
    EventPlan(
        "photo-walk",
        "Photo Walk",
        "Cancelled: our photographer is ill. We will find another day.",
        "tour",
        ("wayfarers",),
        days=5,
        language="de",
        going=5,
        status="cancelled",
    ),
    EventPlan(
        "new-year",
        "New Year in every zone",
        "One midnight after another, from Kiritimati to the last island.",
        "show",
        ("portal-commons",),
        days=3,
        date=(12, 31),
        language="",
        at=time(23),
        hours=27,
        zone="Pacific/Kiritimati",
        status="draft",
    ),
    EventPlan(
        "tiny-concert",
        "Tiny Concert",
        "Eight chairs, one harp, and rain on the roof.",
        "music",
        ("small-rooms",),
        days=8,
        at=time(22),
        hours=1,
        going=8,
        fields={
            "capacity": 8,
            "has_waitlist": False,
            "translations": {"ja": {"title": "小さなコンサート"}},
        },
    ),
    EventPlan(
        "masquerade",
        "Masquerade",
        "Five masks, drawn by lot, and one night to play your part.",
        "show",
        ("green-and-glow", "small-rooms"),
        days=12,
        at=time(21),
        hours=3.5,
        going=9,
        draw_in=5,
        fields={"capacity": 5, "neos_required": True},
    ),
    EventPlan(
        "comet-watch",
        "Comet Watch",
        "A dome, a brass telescope, four places, and a comet that keeps its word.",
        "talk",
        ("hotaru",),
        days=6,
        language="",
        at=time(23),
        zone="Asia/Tokyo",
        going=7,
        draw_in=0,
        fields={"capacity": 4},
    ),
)
