"""Accounts, for superusers only. Closing one gives up the person's places; none is deleted."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from events.accounts import attendees, closing, local

from . import shown
from .base import SuperusersOnlyAdmin
from .confirmed_actions import ConfirmedActionsAdmin
from .permission_field import PermissionsMixin
from .user_forms import AccountForm, AccountPasswordForm, NewAccountForm

ERASED = ngettext_lazy("%(n)d person is erased.", "%(n)d people are erased.", "n")
#: Which rule money follows, `places.cancel.release` decides.
BY_OTHERS = _(
    "Erase these people? Their places go to other people and what they paid for them goes back in "
    "full. Their names, e-mail addresses and all notes about them are deleted, and nobody can sign "
    "in as them again. This cannot be undone."
)
BY_CHOICE = _(
    "Erase these people, because they asked for it? Their places go to other people, and money "
    "goes back as if they had cancelled. Their names, e-mail addresses and all notes about them "
    "are deleted, and nobody can sign in as them again. This cannot be undone."
)

admin.site.unregister(User)


@admin.register(User)
class UserAdmin(PermissionsMixin, ConfirmedActionsAdmin, SuperusersOnlyAdmin, StockUserAdmin[User]):
    actions = ["erase", "erase_as_asked"]
    form = AccountForm
    add_form = NewAccountForm
    change_password_form = AccountPasswordForm

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
        address = self._take_out_address(obj, form) if change else None
        super().save_model(request, obj, form, change)
        if address is not None:
            self._change_address(request, obj, address)
        if change and "is_active" in form.changed_data and not obj.is_active:
            transaction.on_commit(partial(self._close, request, obj))

    def _take_out_address(self, user: User, form: Any) -> str | None:
        """Put the stored address back, and return a new one for `_change_address`."""
        if "email" not in form.changed_data:
            return None
        address: str = user.email
        user.email = User.objects.values_list("email", flat=True).get(pk=user.pk)
        return address

    def _change_address(self, request: HttpRequest, user: User, address: str) -> None:
        """Change it by the rule of the person's own page: a typo here must not give it away."""
        if local.change_address(attendees.attendee_of(user), address) and address:
            text = gettext(
                "The person has to confirm the new address: we mailed a link to it. Until then a "
                "confirmed old address stays in use."
            )
            self.message_user(request, text, messages.WARNING)

    def user_change_password(
        self,
        request: HttpRequest,
        id: str,  # noqa: A002 - Django calls it by this name
        form_url: str = "",
    ) -> HttpResponse:
        """Drop a change of address with the old password: somebody else may have asked for it."""
        with transaction.atomic():  # the form keeps the person from being erased meanwhile
            response: HttpResponse = super().user_change_password(request, id, form_url)
            if response.status_code == HTTPStatus.FOUND:
                local.drop_pending_address(attendees.attendee_of(User.objects.get(pk=id)))
        return response

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
        return self._erase(request, q, by_choice=False)

    @admin.action(
        description=_("Erase the selected people, who asked for it"), permissions=["change"]
    )
    def erase_as_asked(self, request: HttpRequest, q: QuerySet[User]) -> HttpResponse | None:
        return self._erase(request, q, by_choice=True)

    def _erase(
        self, request: HttpRequest, q: QuerySet[User], *, by_choice: bool
    ) -> HttpResponse | None:
        chosen = self.choose(request, q.select_related("attendee").order_by("pk"))
        erasable = [user for user in chosen if may_be_erased(user, by=request.user)]
        left = len(chosen) - len(erasable)
        if self.must_ask(request, erasable):
            return self._ask_erase(request, erasable, left, by_choice=by_choice)
        for user in erasable:
            closing.erase(user, by_choice=by_choice)
            # Only now, because the log would keep the name.
            self.log_change(request, user, gettext("Erased."))
        self.report(request, ERASED, len(erasable))
        self.report_left(request, left, _("you cannot erase your own account or a superuser"))
        return None

    def _ask_erase(
        self, request: HttpRequest, people: list[User], left: int, *, by_choice: bool
    ) -> HttpResponse:
        question = BY_CHOICE if by_choice else BY_OTHERS
        action = "erase_as_asked" if by_choice else "erase"
        note = _("Your own account and superusers are not erased.") if left else ""
        yes = _("Yes, erase them")
        return self.ask(request, people, action, question, note=note, yes=yes)

    def describe(self, user: User) -> SafeString:
        attendee = getattr(user, "attendee", None)
        who = shown.person(attendee) if attendee else shown.NOTHING
        return shown.joined(shown.name(user.get_username()), who)


def may_be_erased(user: User, *, by: Any) -> bool:
    """Superusers and your own account cannot be erased; revoke superuser status first."""
    return user.pk != by.pk and not user.is_superuser
