"""The hosts of the demo: who stands behind its events."""

from .plan import HostPlan

HOSTS = (
    HostPlan(
        "portal-commons",
        "Portal Commons",
        "Neighbours who keep the long street open: the square, the stage, the notice board. "
        "Everything here is run by people who came for one evening and stayed.\n\n"
        "If you want to try something and need a room for it, **ask us first**. The answer is "
        "nearly always yes.",
        ("mika", "robin"),
    ),
    HostPlan(
        "makers-shed",
        "Makers' Shed",
        "A workbench for everybody who makes worlds, avatars and tools. We meet to build "
        "together, to lend each other a hand, and to throw away what does not work.\n\n"
        "- beginners get a table of their own\n- what is made here may be used by anybody",
        ("mika",),
    ),
    HostPlan(
        "hotaru",
        "Hotaru · ほたる",
        "夜の静かな集まりを開いています。お茶、灯り、星。日本語が中心ですが、どなたでも歓迎です。\n\n"
        "Quiet evenings: tea, lanterns, stars. Mostly in Japanese, and open to all.",
        ("robin",),
    ),
    HostPlan(
        "wayfarers",
        "The Wayfarers",
        "We walk through worlds, slowly, and show them to people who are new. Every tour has a "
        "guide in front and one at the back, so that nobody is lost.",
        ("mika",),
    ),
    HostPlan(
        "green-and-glow",
        "Green & Glow",
        "Games that one can play without having practised: crooked courses, masks, riddles. We "
        "count points only if everybody wants to.",
        ("robin",),
    ),
    HostPlan(
        "small-rooms",
        "Small Rooms",
        "Evenings for as many people as fit around one table. Music without amplifiers, talks "
        "without slides.\n\nWe do not record, and we start on time.",
        ("robin", "mika"),
    ),
)
