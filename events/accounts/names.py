"""Names of accounts: which are free, and which nobody may choose."""

import uuid

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from events.formatting import text

TAKEN = _("Somebody has this name already. Please choose another.")
ERASED = "erased-"
#: Beginnings, as they are compared, and why they are refused.
RESERVED = {
    "u-": _("Names that start with “U-” are reserved for Neos accounts. Please choose another."),
    ERASED: _("Names that start with “erased-” are reserved. Please choose another."),
}


def check(name: str, *, of: User | None = None) -> None:
    """Raise `ValidationError` if the name is reserved, or somebody else than `of` has it."""
    key = text.account_key(name)
    for beginning, sentence in RESERVED.items():
        if key.startswith(beginning):
            raise ValidationError(sentence)
    if is_taken(name, by_others_than=of):
        raise ValidationError(TAKEN)


def is_taken(name: str, *, by_others_than: User | None) -> bool:
    """Compare without case. SQLite compares only ASCII like that, so common spellings are named."""
    spellings = {name, name.lower(), name.upper(), name.title(), name.casefold()}
    same = User.objects.filter(Q(username__iexact=name) | Q(username__in=spellings))
    others = same.exclude(pk=by_others_than.pk) if by_others_than else same
    return others.exists()


def nameless() -> str:
    """Return a name for an erased person that nobody can guess or have taken before."""
    return f"{ERASED}{uuid.uuid4().hex}"
