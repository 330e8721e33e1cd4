"""Accounts, for superusers only. Closing one gives up the person's places; none is deleted."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from events.accounts import closing
from events.accounts.forms import AddressOfUser
from events.formatting.mail_address import MailAddressField

from . import shown
from .base import SuperusersOnlyAdmin
from .confirmed_actions import ConfirmedActionsAdmin

ERASED = ngettext_lazy("%(n)d person is erased.", "%(n)d people are erased.", "n")

admin.site.unregister(User)


class UserForm(AddressOfUser, UserChangeForm[User]):
    email = MailAddressField(label=_("E-mail"), required=False)


@admin.register(User)
class UserAdmin(ConfirmedActionsAdmin, SuperusersOnlyAdmin, StockUserAdmin[User]):
    form = UserForm
    actions = ["erase"]

    # A person who may edit accounts could become any other person: permissions do not count.
    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Forbid it: registrations and payments stay, so accounts are closed or erased instead."""
        return False

    def narrow(self, q: QuerySet[User], request: HttpRequest) -> QuerySet[User]:
        """Narrow nothing: permissions close the pages, also those of users that do not exist."""
        return q

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "is_active":
            kwargs["help_text"] = _(
                "People cannot sign in to an account that is not active. Closing an account "
                "gives up the person's places, also those on waitlists, at coming events; other "
                "people can then have them."
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Give up places after the commit: events must be locked before people, one by one."""
        super().save_model(request, obj, form, change)
        if change and "is_active" in form.changed_data and not obj.is_active:
            transaction.on_commit(partial(self._close, request, obj))

    def _close(self, request: HttpRequest, user: User) -> None:
        number = closing.deactivate(user)
        text = ngettext(
            "The account is closed, and %(n)d registration of it was given up.",
            "The account is closed, and %(n)d registrations of it were given up.",
            number,
        )
        self.message_user(request, text % {"n": number}, messages.SUCCESS)

    @admin.action(description=_("Erase the selected people"), permissions=["change"])
    def erase(self, request: HttpRequest, q: QuerySet[User]) -> HttpResponse | None:
        chosen = self.choose(request, q.select_related("attendee").order_by("pk"))
        erasable = [user for user in chosen if may_be_erased(user, by=request.user)]
        left = len(chosen) - len(erasable)
        if self.must_ask(request, erasable):
            return self._ask_erase(request, erasable, left)
        for user in erasable:
            closing.erase(user)
            # Only now, because the log would keep the name.
            self.log_change(request, user, gettext("Erased."))
        self.report(request, ERASED, len(erasable))
        self.report_left(request, left, _("you cannot erase your own account or a superuser"))
        return None

    def _ask_erase(self, request: HttpRequest, people: list[User], left: int) -> HttpResponse:
        question = _(
            "Erase these people? Their places go to other people, their names and e-mail "
            "addresses are deleted, and nobody can sign in as them again. This cannot be undone."
        )
        note = _("Your own account and superusers are not erased.") if left else ""
        yes = _("Yes, erase them")
        return self.ask(request, people, "erase", question, note=note, yes=yes)

    def describe(self, user: User) -> SafeString:
        attendee = getattr(user, "attendee", None)
        who = shown.person(attendee) if attendee else shown.NOTHING
        return shown.joined(shown.name(user.get_username()), who)


def may_be_erased(user: User, *, by: Any) -> bool:
    """Superusers and your own account cannot be erased; revoke superuser status first."""
    return user.pk != by.pk and not user.is_superuser
