"""Form fields that clean typed text before anything looks at it.

A NUL stays in the text, so that Django's own validator refuses it in words.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField

from . import text

NUL = "\0"


def _cleaned(value: Any, clean: Callable[[str], str]) -> Any:
    return clean(value) if isinstance(value, str) and NUL not in value else value


class LineField(forms.CharField):
    """One line, like a name or a title."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_line))


class LinesField(forms.CharField):
    """Text of many lines, like a description."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_lines))


class IdField(forms.CharField):
    """An id of another system, which is compared exactly."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_id))


class AddressField(forms.EmailField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_address))


class AccountNameField(UsernameField):
    """The name of an account: Django's field puts it into NFKC."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_account_name))
