"""Accounts, for superusers only: closing one gives up what the person holds; none is deleted."""

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.auth.admin import UserAdmin as StockUserAdmin
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.accounts import closing

from .base import OwnEventsAdmin
from .registration_actions import MOST

if TYPE_CHECKING:
    BaseUserAdmin = StockUserAdmin[User]
else:
    BaseUserAdmin = StockUserAdmin

admin.site.unregister(User)


@admin.register(User)
class UserAdmin(OwnEventsAdmin, BaseUserAdmin):
    actions = ["erase"]

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Whatever rights somebody has: whoever edits accounts can become anybody."""
        return request.user.is_active and request.user.is_superuser

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return self.has_view_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Registrations and payments stay, so people are closed or erased instead."""
        return False

    def narrow(self, q: QuerySet[User], request: HttpRequest) -> QuerySet[User]:
        """Nothing to narrow: without being a superuser nobody gets here."""
        return q

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "is_active":
            kwargs["help_text"] = _(
                "Whoever has no active account cannot sign in. Closing an account gives up what "
                "the person holds or waits for at coming events, and that goes on to others."
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: Any) -> None:
        """Places are given up after the commit: events are locked before people, one by one."""
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
        chosen = list(q.select_related("attendee").order_by("pk")[: MOST + 1])
        if len(chosen) > MOST:
            text = gettext("Please select at most %(most)d people at a time.")
            self.message_user(request, text % {"most": MOST}, messages.ERROR)
            return None
        erasable = [user for user in chosen if may_be_erased(user, by=request.user)]
        if erasable and "confirmed" not in request.POST:
            return self._ask(request, erasable, left=len(chosen) - len(erasable))
        for user in erasable:
            closing.erase(user)
            self.log_change(request, user, "Erased.")  # after it: the log names nobody
        self._report_erased(request, len(erasable), len(chosen) - len(erasable))
        return None

    def _ask(self, request: HttpRequest, people: list[User], left: int) -> HttpResponse:
        """A page that names everybody concerned, before anything happens."""
        context = self.admin_site.each_context(request) | {
            "title": _("Are you sure?"),
            "opts": self.opts,
            "people": people,
            "left": left,
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/auth/user/erase.html", context)

    def _report_erased(self, request: HttpRequest, done: int, left: int) -> None:
        if done:
            text = ngettext("%(n)d person is erased.", "%(n)d people are erased.", done)
            self.message_user(request, text % {"n": done}, messages.SUCCESS)
        if left:
            why = ngettext(
                "%(n)d was left as it was: nobody erases themselves or a superuser.",
                "%(n)d were left as they were: nobody erases themselves or a superuser.",
                left,
            )
            self.message_user(request, why % {"n": left}, messages.WARNING)


def may_be_erased(user: User, *, by: Any) -> bool:
    """Not the last who can undo a mistake: roles are taken away first."""
    return user.pk != by.pk and not user.is_superuser
