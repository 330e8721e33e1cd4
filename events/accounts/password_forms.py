"""Forms on which a password is chosen. What is wrong with it stands under the first field, where
it is typed; that the second one differs stands under the second.
"""

from typing import Any

from django.contrib.auth import forms
from django.forms import Field

SECOND = "password2"


class ChosenPassword:
    """Judge the password in its first field, Django does it in the second; and leave the focus at
    the top of the page, where Django moves it into a field and opens the keyboard of a headset.
    """

    fields: dict[str, Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)

    def validate_password_for_user(
        self, user: Any, password_field_name: str = SECOND, **kwargs: Any
    ) -> None:
        first = {"password_field_name": password_field_name.replace("2", "1")}
        super().validate_password_for_user(user, **first, **kwargs)  # type: ignore[misc]  # a form


class FirstPasswordForm(ChosenPassword, forms.SetPasswordForm):  # type: ignore[type-arg]  # no generic
    pass


class ChangePasswordForm(ChosenPassword, forms.PasswordChangeForm):
    pass
