"""Actions on selected rows: ask first, on a page that names everybody, then report what happened.

An action does its work one row at a time, because each row is a transaction of its own:

    def cancel(self, request, q):
        chosen = self.choose(request, q)
        if self.must_ask(request, chosen):
            return self.ask(request, chosen, "cancel", question)
        done = sum(self._cancel_one(request, row) for row in chosen)
        self.report(request, CHANGED, done)
        self.report_left(request, len(chosen) - done, why)
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from . import shown
from .versions import VERSION, fingerprint_of

#: The confirmation names everybody, and each row is a transaction of its own.
MAX_SELECTED_ROWS = 200

CONFIRMED = "confirmed"


def is_confirmed(request: HttpRequest) -> bool:
    """Return whether somebody agreed to what the rows are now; `choose` looks at them."""
    return CONFIRMED in request.POST and not getattr(request, "is_outdated", False)


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what was typed on the page that asks, also if it has to be asked again."""
    return request.POST if CONFIRMED in request.POST else None


def _version(action: str, lines: Mapping[int, str]) -> str:
    """Return the fingerprint of what the page that asks says, in whichever order."""
    return fingerprint_of(action, sorted((pk, str(line)) for pk, line in lines.items()))


class ConfirmedActionsAdmin(admin.ModelAdmin[Any]):
    def choose(self, request: HttpRequest, q: QuerySet[Any]) -> list[Any]:
        """Return the selected rows; tell the person if there are none or too many (then none)."""
        chosen = list(q[: MAX_SELECTED_ROWS + 1])
        if not chosen:
            self.message_user(request, gettext("Nothing was selected."), messages.WARNING)
        if len(chosen) <= MAX_SELECTED_ROWS:
            self._compare(request, chosen)
            return chosen
        text = gettext("Please select at most %(max)d rows at a time.")
        self.message_user(request, text % {"max": MAX_SELECTED_ROWS}, messages.ERROR)
        return []

    def _compare(self, request: HttpRequest, chosen: Sequence[Any]) -> None:
        """Ask again if the rows are not any more as the page that asked has said."""
        if CONFIRMED not in request.POST or not chosen:
            return
        action = request.POST.get("action", "")
        if request.POST.get(VERSION) != _version(action, self.describe_all(action, chosen)):
            request.is_outdated = True  # type: ignore[attr-defined]  # `is_confirmed` reads it
            text = gettext("Something here changed while you had the page open. Please look again.")
            self.message_user(request, text, messages.WARNING)

    def describe_all(self, action: str, chosen: Sequence[Any]) -> dict[int, str]:
        """Return by primary key the lines of the page that asks; the version is made of them."""
        return {row.pk: self.describe(row) for row in chosen}

    def must_ask(self, request: HttpRequest, chosen: Sequence[Any]) -> bool:
        return bool(chosen) and not is_confirmed(request)

    def describe(self, row: Any) -> str:
        """Return the line that names a row on the page that asks; safe HTML."""
        return shown.name(str(row))

    def ask(
        self,
        request: HttpRequest,
        chosen: Sequence[Model],
        action: str,
        question: Any,
        **context: Any,
    ) -> HttpResponse:
        """Show a page that names everybody concerned. `context` may have `form`, `note`, `yes`."""
        lines = self.describe_all(action, chosen)
        page = self.admin_site.each_context(request) | {
            "title": _("Are you sure?"),
            "question": question,
            "opts": self.opts,
            "rows": list(lines.items()),
            "version": _version(action, lines),
            "action": action,
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "confirmed_name": CONFIRMED,
            "yes": _("Yes, go on"),
        }
        return TemplateResponse(request, "admin/events/confirm.html", page | context)

    def report(
        self, request: HttpRequest, sentence: Any, number: int, level: int = messages.SUCCESS
    ) -> None:
        """Show `sentence`, an `ngettext_lazy` with "n", unless the number is 0."""
        if number:
            self.message_user(request, sentence % {"n": number}, level)

    def report_left(self, request: HttpRequest, number: int, why: Any) -> None:
        """Say how many rows were not changed; `why` is a clause without a full stop."""
        if number:
            text = ngettext(
                "%(n)d was not changed: %(why)s.", "%(n)d were not changed: %(why)s.", number
            )
            self.message_user(request, text % {"n": number, "why": why}, messages.WARNING)
