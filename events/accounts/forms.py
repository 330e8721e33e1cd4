"""Forms that clean what people type about themselves."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm, PasswordResetForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from timezone_field import TimeZoneFormField

from events.formatting.fields import AccountNameField, AddressField, LineField
from events.formatting.zones import offer_zones
from events.models import Attendee

from . import names
from .password_forms import ChosenPassword

WRONG_PASSWORD = _("This is not your password. Nothing was changed.")
PASSWORD_NEEDED = _("Please type your password, so that we know that it is you.")
NAME_RULE = _("At most 150 letters, digits and the signs . + - _, and no blanks.")
SHOWN = _("Organizers see this name, so please choose one that is no e-mail address.")
NEOS_NEEDED = _("Please sign in with Neos again first, so that we know that it is you.")


class SignInForm(AuthenticationForm):
    """Django's form without autofocus, which opens a headset's keyboard over the Neos button."""

    username = AccountNameField(widget=forms.TextInput())


class StaffSignInForm(AdminAuthenticationForm):
    username = AccountNameField(widget=forms.TextInput())


class AddressOfUser(forms.ModelForm[User]):
    """Base of forms with an address. Only their own field judges it: the model's validator takes no
    dots in odd places.
    """

    def _get_validation_exclusions(self) -> set[str]:
        excluded = super()._get_validation_exclusions()  # type: ignore[misc]  # not in the stubs
        return {*excluded, "email"}


class SignUpForm(AddressOfUser, ChosenPassword, BaseUserCreationForm[User]):
    """A local account. Organizers have to reach people, so an address is required."""

    email = AddressField(label=_("E-mail"))

    class Meta:
        model = User
        fields = ("username", "email")
        field_classes = {"username": AccountNameField}
        help_texts = {"username": format_lazy("{} {}", NAME_RULE, SHOWN)}
        error_messages = {"username": {"invalid": NAME_RULE}}

    def clean_username(self) -> str:
        """Refuse reserved names and those of others, and e-mail addresses, which others see."""
        username: str = self.cleaned_data["username"]
        if "@" in username:
            raise ValidationError(SHOWN)
        names.check(username)
        return username


class AskForPasswordForm(PasswordResetForm):
    email = AddressField(
        label=_("E-mail"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class PresenceForm(forms.Form):
    """Ask for the current password, or for a new sign-in with Neos if there is none.

    `needs_neos` tells the page to offer that sign-in.
    """

    current_password = forms.CharField(
        label=_("Your current password"),
        strip=False,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, is_proved_by_neos: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.is_proved_by_neos = is_proved_by_neos
        self.needs_neos = False
        if not user.has_usable_password():
            del self.fields["current_password"]

    def check_presence(self, field: str | None) -> None:
        """Add an error to `field` if nothing proves that the person is there."""
        if "current_password" not in self.fields:
            self._check_neos(field)
        elif not self.cleaned_data.get("current_password"):
            self.add_error("current_password", PASSWORD_NEEDED)
        elif not self.user.check_password(self.cleaned_data["current_password"]):
            self.add_error("current_password", WRONG_PASSWORD)

    def _check_neos(self, field: str | None) -> None:
        if not self.is_proved_by_neos:
            self.needs_neos = True
            self.add_error(field, NEOS_NEEDED)


class EraseForm(PresenceForm):
    def clean(self) -> None:
        self.check_presence(None)


class ExportForm(PresenceForm):
    def clean(self) -> None:
        self.check_presence(None)


class LinkForm(PresenceForm):
    """Asks who has a password for it. Neos cannot prove anybody before it is linked."""

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data, user=user, is_proved_by_neos=False, auto_id="link_%s")

    def clean(self) -> None:
        self.check_presence(None)


class ProfileForm(PresenceForm):
    display_name = LineField(label=_("Display name"), max_length=64, required=False)
    email = AddressField(
        label=_("E-mail"),
        required=False,
        help_text=_("For messages about your places. A new address has to be confirmed."),
    )
    time_zone = TimeZoneFormField(
        label=_("Time zone"), use_pytz=False, required=False, empty_value=""
    )
    language = forms.ChoiceField(
        label=_("Language"), required=False, help_text=_("For pages, and for our mails to you.")
    )

    field_order = ("display_name", "time_zone", "language", "email", "current_password")

    def __init__(self, *args: Any, attendee: Attendee, **kwargs: Any) -> None:
        super().__init__(*args, user=attendee.user, **kwargs)
        self.attendee = attendee
        self.fields["display_name"].widget.attrs["placeholder"] = attendee.neos_username
        offer_zones(
            self.fields["time_zone"], stored=attendee.time_zone, none=_("The zone of each event")
        )
        language = cast("forms.ChoiceField", self.fields["language"])
        language.choices = [("", _("As in the browser")), *settings.LANGUAGES]
        if "current_password" in self.fields:
            self.fields["current_password"].help_text = _("Only to change your e-mail address.")

    def clean(self) -> None:
        """Ask for proof where the address changes, because its owner may reset the password."""
        address = self.cleaned_data.get("email")
        known = {self.attendee.user.email, self.attendee.pending_email or None}
        if address is not None and address not in known:
            self.check_presence("email")
