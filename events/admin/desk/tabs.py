"""All pages of an event's desk, in the order of their tabs, and what each needs."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from . import (
    acts,
    announcement,
    announcement_edit,
    answers,
    check_in,
    copy,
    door,
    door_key,
    exports,
    following,
    invitations,
    look,
    messages,
    money,
    money_table,
    organizers,
    overview,
    people,
    roles,
    series,
    share,
)
from .pages import Page

ANSWERS = "events_event_answers"
PEOPLE, ORGANIZERS = "events_event_people", "events_event_organizers"
MESSAGES, MONEY = "events_event_messages", "events_event_money"
COPY, SERIES = "events_event_copy", "events_event_series"
LOOK, DOOR = "events_event_look", "events_event_door"
EDIT = ("events.change_event",)
ADD = (*EDIT, "events.add_event")
SEE_MONEY = ("events.view_payment",)
SEE_MESSAGES = ("events.view_announcement",)
WRITE_MESSAGES = (*SEE_MESSAGES, "events.change_announcement")
LISTS = ("events.view_registration",)
CHECK_IN = ("events.view_registration", "events.change_registration")
#: A key reads who has a place, and notes who comes.
KEYS = (*EDIT, *CHECK_IN)

PAGES = (
    Page("desk/", "events_event_desk", overview.overview, _("Desk")),
    Page("people/", PEOPLE, people.people_page, pgettext_lazy("tab", "People"), people.SEE),
    *(
        Page(f"people/{name}/", f"{PEOPLE}_{name}", view, needs=people.CHANGE, below=PEOPLE)
        for name, view in (
            ("add", acts.add_page),
            ("move", acts.move_page),
            ("replace", acts.replace_page),
            ("invite", invitations.invite_page),
            ("roles", roles.roles_page),
        )
    ),
    Page("people/organizers/", ORGANIZERS, organizers.organizers_page, needs=EDIT, below=PEOPLE),
    Page("messages/", MESSAGES, messages.messages_page, messages.TITLE, SEE_MESSAGES),
    *(
        Page(path, f"events_event_message{name}", view, needs=needs, below=MESSAGES)
        for path, name, view, needs in (
            ("messages/new/", "_new", announcement_edit.new, WRITE_MESSAGES),
            ("messages/<int:number>/", "", announcement.announcement, SEE_MESSAGES),
            ("messages/<int:number>/edit/", "_edit", announcement_edit.edit, WRITE_MESSAGES),
        )
    ),
    Page("answers/", ANSWERS, answers.answers_page, _("Answers"), LISTS),
    Page("check-in/", "events_event_check_in", check_in.check_in_page, _("Check-in"), CHECK_IN),
    Page("door/", DOOR, door.door_page, door.TITLE, KEYS),
    Page("door/<int:key>/", f"{DOOR}_key", door_key.door_key_page, needs=KEYS, below=DOOR),
    Page("money/", MONEY, money.money_page, _("Money"), SEE_MONEY),
    Page("money.csv", f"{MONEY}_csv", money_table.money_table, needs=SEE_MONEY),
    Page("exports/", "events_event_exports", exports.exports_page, _("Lists"), LISTS),
    Page("copy/", COPY, copy.copy_page, copy.TITLE, ADD),
    Page("series/", SERIES, series.series_page, needs=ADD, below=COPY),
    Page("following/", "events_event_following", following.following_page, needs=ADD, below=COPY),
    Page("look/", LOOK, look.look_page, look.TITLE),
    Page("look/page/", "events_event_looked", look.looked_page, below=LOOK),
    Page("share/", "events_event_share", share.share_page, needs=EDIT, below=LOOK),
)
