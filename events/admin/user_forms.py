"""Forms of accounts: names are compared as they are stored, and nobody erased comes back."""

from typing import Any

from django.contrib.auth.forms import AdminPasswordChangeForm, AdminUserCreationForm, UserChangeForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from events.accounts import closing, names
from events.accounts.forms import AddressOfUser
from events.accounts.password_forms import ChosenPassword
from events.formatting.fields import AccountNameField, AddressField, LineField

IS_ERASED = _(
    "This person was erased, so nothing was saved. If they want to come back, they make a new "
    "account."
)


class NewAccountForm(ChosenPassword, AdminUserCreationForm[User]):
    class Meta:
        model = User
        fields = ("username",)
        field_classes = {"username": AccountNameField}

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        names.check(username)
        return username


class AccountForm(AddressOfUser, UserChangeForm[User]):
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {
            "username": AccountNameField,
            "first_name": LineField,
            "last_name": LineField,
            "email": AddressField,
        }

    def clean_username(self) -> str:
        """Accounts made by Neos keep their reserved names, but nobody is given one."""
        username: str = self.cleaned_data["username"]
        if "username" in self.changed_data:
            names.check(username, of=self.instance)
        return username

    def clean(self) -> dict[str, Any]:
        """Refuse a form that was opened before the person was erased."""
        if closing.is_erased(self.instance):
            raise ValidationError(IS_ERASED)
        return super().clean() or self.cleaned_data


class AccountPasswordForm(ChosenPassword, AdminPasswordChangeForm):  # type: ignore[type-arg]  # no generic
    def clean(self) -> dict[str, Any]:
        """Refuse as above. Django's page shows only errors of fields."""
        if closing.is_erased(self.user):
            self.add_error("password1", IS_ERASED)
        return super().clean() or self.cleaned_data
