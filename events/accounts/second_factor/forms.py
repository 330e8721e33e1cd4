"""Forms that take a code, and proof that the person is there."""

from datetime import timedelta
from math import ceil
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from events.accounts.forms import PresenceForm

from . import codes
from .codes import Came, Try

NO_CODE = _("A code of your app has six digits; a recovery code has 16 letters and digits.")
MINUTE = 60  # seconds
SIX_DIGITS = _("The code has six digits. Your app shows a new one every half minute.")


class CodeField(forms.CharField):
    """Takes a code in any spelling: with blanks or dashes, in wide digits, in capitals."""

    def __init__(self, *, keys: str = "numeric", **kwargs: Any) -> None:
        asked = {"autocomplete": "one-time-code", "inputmode": keys, "spellcheck": "false"}
        super().__init__(max_length=64, widget=forms.TextInput(attrs=asked), **kwargs)
        del self.widget.attrs["maxlength"]

    def clean(self, value: Any) -> str:
        return codes.clean(super().clean(value))


class CodeForm(forms.Form):
    """Asks for a code of the app, or with the keyboard for letters for a recovery code."""

    code = CodeField(label=_("Code of your app"), help_text=SIX_DIGITS)

    def __init__(self, *args: Any, is_recovery: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_recovery:
            help_text = _("16 letters and digits. Each code works once.")
            self.fields["code"] = CodeField(
                keys="text", label=_("Recovery code"), help_text=help_text
            )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not codes.is_code(code):
            raise ValidationError(NO_CODE)
        return code

    def refuse(self, tried: Try) -> None:
        is_of_app = codes.is_of_app(self.cleaned_data["code"])
        self.add_error("code", why_not(tried, is_of_app=is_of_app))


class FirstCodeForm(CodeForm):
    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if not codes.is_of_app(code):
            raise ValidationError(SIX_DIGITS)
        return code


class ProofForm(PresenceForm):
    def clean(self) -> None:
        self.check_presence(None)


class RemoveForm(CodeForm, ProofForm):
    field_order = ("current_password", "code")


def why_not(tried: Try, *, is_of_app: bool) -> str:
    """Say why a code was not taken, and what to do."""
    if tried.came is Came.TOO_SOON:
        return _wait(tried)
    if not is_of_app:
        return gettext("This recovery code is not right, or it was used already.")
    if tried.came is Came.USED:
        return gettext("This code was used already. Wait until your app shows the next one.")
    return gettext("This code is not right. Type the one that your app shows now.")


def _wait(tried: Try) -> str:
    """Tell the pause after wrong codes in seconds, or in minutes if it is longer."""
    left = tried.until - timezone.now() if tried.until else timedelta()
    seconds = max(ceil(left.total_seconds()), 1)
    if seconds < MINUTE:
        text = ngettext(
            "There were wrong codes, so we did not look at this one. Try again in %(n)d second.",
            "There were wrong codes, so we did not look at this one. Try again in %(n)d seconds.",
            seconds,
        )
        return text % {"n": seconds}
    minutes = -(-seconds // MINUTE)
    text = ngettext(
        "There were many wrong codes, so we did not look at this one. Try again in %(n)d minute.",
        "There were many wrong codes, so we did not look at this one. Try again in %(n)d minutes.",
        minutes,
    )
    return text % {"n": minutes}
