"""Forms that clean what people type about themselves."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, PasswordResetForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneFormField

from events.formatting.mail_address import MailAddressField

NAME_TAKEN = _("Somebody has this name already. Please choose another.")


class SignInForm(AuthenticationForm):
    """Django's form without autofocus, which opens a headset's keyboard over the Neos button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["username"].widget.attrs["autofocus"]


class AddressOfUser(forms.ModelForm[User]):
    """Base of forms with an address. Only their own field judges it: the model's validator takes no
    dots in odd places.
    """

    def _get_validation_exclusions(self) -> set[str]:
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return {*excluded, "email"}


class AddressForm(PasswordResetForm):
    email = MailAddressField(label=_("E-mail"))


class SignUpForm(AddressOfUser, BaseUserCreationForm[User]):
    """A local account. Organizers have to reach people, so an address is required."""

    email = MailAddressField(label=_("E-mail"))

    class Meta:
        model = User
        fields = ("username", "email")

    def clean_username(self) -> str:
        """Refuse names like `U-somebody`: accounts made by Neos have their Neos id as a name."""
        username: str = self.cleaned_data["username"]
        if username.casefold().startswith("u-"):
            raise ValidationError(
                _(
                    "Names that start with “U-” are reserved for Neos accounts. "
                    "Please choose another."
                )
            )
        if "@" in username:
            raise ValidationError(
                _("Organizers see this name, so please choose one that is no e-mail address.")
            )
        if User.objects.filter(username__iexact=username).exists():
            raise ValidationError(NAME_TAKEN)
        return username


class ProfileForm(forms.Form):
    display_name = forms.CharField(label=_("Display name"), max_length=64, required=False)
    email = MailAddressField(
        label=_("E-mail"),
        required=False,
        help_text=_("For messages about your registrations. A new address has to be confirmed."),
    )
    time_zone = TimeZoneFormField(label=_("Time zone"), use_pytz=False)

    def clean_display_name(self) -> str:
        """Return one line without invisible control characters."""
        name: Any = self.cleaned_data["display_name"]
        return " ".join("".join(c for c in name if c.isprintable()).split())
