"""The people of the sandbox on Neos: one for each kind of account that a site must handle."""

from django.utils.translation import gettext_noop as _

from neos_backend.sandbox.neos_person import NeosPerson, Pledge

# The plain verified account comes first, for people in a hurry.
PEOPLE = (
    NeosPerson(
        key="verified",
        label=_("Verified"),
        description=_("An ordinary account with a confirmed e-mail address."),
        id="U-Plain-Visitor",
        username="Plain Visitor",
        registered="2021-02-14T18:03:22.4471935Z",
    ),
    NeosPerson(
        key="unverified",
        label=_("Not verified"),
        description=_("Never confirmed the e-mail address."),
        id="U-Pending-Penguin",
        username="Pending Penguin",
        registered="2022-03-09T20:15:41.0083172Z",
        is_verified=False,
    ),
    NeosPerson(
        key="locked",
        label=_("Locked"),
        description=_("Locked by the platform."),
        id="U-Locked-Lynx",
        username="Locked Lynx",
        registered="2020-10-30T07:58:02.6610094Z",
        is_locked=True,
    ),
    NeosPerson(
        key="banned",
        label=_("Banned"),
        description=_("Barred from public sessions for another 30 days."),
        id="U-Benched-Badger",
        username="Benched Badger",
        registered="2021-07-19T22:40:10.9950321Z",
        public_ban_days=30,
    ),
    NeosPerson(
        key="ban-over",
        label=_("Ban that is over"),
        description=_("Was barred from public sessions until yesterday."),
        id="U-Sorry-Salamander",
        username="Sorry Salamander",
        registered="2020-04-02T11:11:59.1203300Z",
        public_ban_days=-1,
    ),
    NeosPerson(
        key="blade-runner",
        label=_("Patron: Blade Runner"),
        description=_("Pledges 6 US dollars a month."),
        id="U-Neon-Newt",
        username="Neon Newt",
        registered="2019-11-23T04:27:36.5500127Z",
        pledge=Pledge(cents=600, paid_days_ago=3, total_cents=4_800),
    ),
    NeosPerson(
        key="gunter",
        label=_("Patron: Gunter"),
        description=_("Pledges 12 US dollars a month."),
        id="U-gearfox",
        username="gearfox",
        registered="2019-08-01T06:41:09.0012318Z",
        tags=("mmc participant", "mute"),
        pledge=Pledge(cents=1_200, paid_days_ago=12, total_cents=31_200),
    ),
    NeosPerson(
        key="curator",
        label=_("Patron: Curator"),
        description=_("Pledges 72 US dollars a month."),
        id="U-Marble-Marmot",
        username="Marble Marmot",
        registered="2018-09-12T15:00:48.7330459Z",
        tags=("neos mentor",),
        pledge=Pledge(cents=7_200, paid_days_ago=39, total_cents=43_200),
    ),
    NeosPerson(
        key="lapsed",
        label=_("Lapsed patron"),
        description=_("Had a tier of their own, last paid 55 days ago."),
        id="U-Lantern-Lemur",
        username="Lantern Lemur",
        registered="2019-01-07T13:33:33.3812200Z",
        pledge=Pledge(
            cents=600, paid_days_ago=55, total_cents=9_600, custom_tier="Keeper of Lanterns"
        ),
    ),
    NeosPerson(
        key="lifetime",
        label=_("Lifetime patron"),
        description=_("Gave 612 US dollars over the years and pledges nothing now."),
        id="U-Old-Oak-Otter",
        username="Old Oak Otter",
        registered="2018-05-21T09:09:09.4040111Z",
        pledge=Pledge(paid_days_ago=400, total_cents=61_200),
    ),
    NeosPerson(
        key="japanese",
        label=_("Japanese name"),
        description=_("A name without Latin letters, an id without a name, no picture."),
        id="U-4d1c7a52-93be-4f0e-8a61-b7c20f5de913",
        username="柚子 たぬき",
        registered="2022-01-30T12:00:00Z",
        tags=("neos east",),
        has_icon=False,
    ),
    NeosPerson(
        key="odd-name",
        label=_("Name that misbehaves"),
        description=_("Spaces, bidirectional marks and rich-text tags in the name."),
        id="U-colorredLoudcolor--G",
        username="<color=red>Loud</color>  \u202eGlider\u200f <b>",
        registered="2021-12-24T23:59:59.9999999Z",
    ),
    NeosPerson(
        key="renamed-before",
        label=_("Renamed: before"),
        description=_("Sign in as this one first, then as the next."),
        id="U-Kestrel",
        username="Kestrel",
        registered="2020-06-06T06:06:06.0606060Z",
    ),
    NeosPerson(
        key="renamed-after",
        label=_("Renamed: after"),
        description=_("The same account as the one before, under its new name."),
        id="U-Kestrel",
        username="Windhover",
        registered="2020-06-06T06:06:06.0606060Z",
        former_names=("kestrel",),
    ),
    NeosPerson(
        key="bare",
        label=_("Bare account"),
        description=_("No profile and no Patreon data at all."),
        id="U-Bare-Bones",
        username="Bare Bones",
        registered="2021-05-05T05:05:05.0500501Z",
        has_profile=False,
        pledge=None,
    ),
)

CROWD = tuple(
    NeosPerson(
        key=f"crowd-{number}",
        label=_("Verified, one of the crowd"),
        description=_("One more ordinary account, to fill an event."),
        id=f"U-{name.replace(' ', '-')}",
        username=name,
        registered=f"2021-09-{number:02d}T10:00:00.0000001Z",
    )
    for number, name in enumerate(
        ("Amber Alpaca", "Birch Beaver", "Cobalt Crane", "Dusty Dingo", "Ember Egret"), start=1
    )
)
