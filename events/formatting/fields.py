"""Form fields that clean typed text before anything looks at it.

A NUL stays in the text, so that Django's own validator refuses it in words.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from . import mail_address, text

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
    """Clean a typed e-mail address to the form in which it is stored."""

    default_validators = []

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": mail_address.LONGEST} | kwargs)

    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_address))

    def clean(self, value: Any) -> str:
        typed = super().clean(value)
        try:
            return mail_address.read(typed) if typed else ""
        except ValueError as error:  # `UnicodeError` of a host is one
            raise ValidationError(EmailValidator.message, code=EmailValidator.code) from error


class AccountNameField(UsernameField):
    """The name of an account: Django's field puts it into NFKC."""

    def to_python(self, value: Any) -> Any:
        return super().to_python(_cleaned(value, text.clean_account_name))
