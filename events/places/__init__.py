"""The only code that writes registrations: one file for each thing that can happen to a place.

All decisions are made under the lock of the event, on what is read after taking it; see `lock`.
"""

from .answers import AnswersNeeded, Sent, change_answers, forget_answers
from .backdate import backdate
from .cancel import cancel, falling_with, release
from .check_in import (
    Arrival,
    CheckIn,
    check_in,
    check_in_opens_at,
    go_out,
    is_early,
    undo_check_in,
)
from .confirm import confirm_paid
from .due import due_events
from .end import owe_everything_back
from .let_in import Act, MustAgree, Overruled, forget_reasons, let_in, would_overrule
from .lock import current, lock_all, lock_person, locked_event
from .lottery import draw, drawing_key, is_as_drawn, published, replay
from .move import HasOther, NotMovable, PriceDiffers, give_instead, move
from .organizers import LastOrganizer, NoOrganizer, add_organizer, remove_organizer
from .passed_over import tell_rest
from .place_invitations import (
    NotOpen,
    digest_of,
    find_invitation,
    invite,
    revoke_invitation,
    take_invited,
)
from .promote import promote
from .register import register
from .roles import (
    NewRole,
    NoPerson,
    copy_roles,
    give_role,
    show_roles,
    take_role,
    tell_roles,
    would_count,
)
from .settle import settle, settle_waited_for
from .show import hide_nameless, show
from .swap import swap
from .unpaid import Tie, ask_to_pay_again

__all__ = [
    "Act",
    "AnswersNeeded",
    "Arrival",
    "CheckIn",
    "HasOther",
    "LastOrganizer",
    "MustAgree",
    "NewRole",
    "NoOrganizer",
    "NoPerson",
    "NotMovable",
    "NotOpen",
    "Overruled",
    "PriceDiffers",
    "Sent",
    "Tie",
    "add_organizer",
    "ask_to_pay_again",
    "backdate",
    "cancel",
    "change_answers",
    "check_in",
    "check_in_opens_at",
    "confirm_paid",
    "copy_roles",
    "current",
    "digest_of",
    "draw",
    "drawing_key",
    "due_events",
    "falling_with",
    "find_invitation",
    "forget_answers",
    "forget_reasons",
    "give_instead",
    "give_role",
    "go_out",
    "hide_nameless",
    "invite",
    "is_as_drawn",
    "is_early",
    "let_in",
    "lock_all",
    "lock_person",
    "locked_event",
    "move",
    "owe_everything_back",
    "promote",
    "published",
    "register",
    "release",
    "remove_organizer",
    "replay",
    "revoke_invitation",
    "settle",
    "settle_waited_for",
    "show",
    "show_roles",
    "swap",
    "take_invited",
    "take_role",
    "tell_rest",
    "tell_roles",
    "undo_check_in",
    "would_count",
    "would_overrule",
]
