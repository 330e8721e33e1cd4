"""Each error of a new password stands under the field that it is about."""

import pytest
from django.contrib.auth.models import User
from django.forms import BaseForm

from events.accounts.forms import SignUpForm
from events.accounts.password_forms import ChangePasswordForm, FirstPasswordForm
from events.admin.user_forms import AccountPasswordForm, NewAccountForm
from tests.factories import make_user

pytestmark = pytest.mark.django_db

DIFFERS = ["The two password fields didn\u2019t match."]
COMMON = ["This password is too common."]


def forms_with(first: str, second: str) -> list[BaseForm]:
    user = make_user()
    new = {"username": "ann", "email": "ann@example.org", "usable_password": "true"}
    new |= {"old_password": "", "password1": first, "password2": second}
    new |= {"new_password1": first, "new_password2": second}
    return [
        SignUpForm(new),
        NewAccountForm(new),
        FirstPasswordForm(user, new),
        ChangePasswordForm(user, new),
        AccountPasswordForm(user, new),
    ]


@pytest.mark.parametrize(
    ("first", "second", "errors"),
    [
        ("password1", "password1", (COMMON, [])),
        ("password1", "password2", (COMMON, DIFFERS)),
        ("correct horse battery", "correct horse", ([], DIFFERS)),
        ("correct horse battery", "correct horse battery", ([], [])),
    ],
)
def test_error_of_a_password_stands_under_its_field(
    first: str, second: str, errors: tuple[list[str], list[str]]
) -> None:
    for form in forms_with(first, second):
        found = {name[-1]: list(form.errors.get(name, [])) for name in form.fields}
        assert (found["1"], found["2"]) == errors


def test_help_and_rule_of_a_username_agree() -> None:
    allowed = SignUpForm({"username": "Ann.9+_-é"})
    assert "username" not in allowed.errors
    assert "@" not in str(allowed.fields["username"].help_text)
    assert "no e-mail address" in str(allowed.fields["username"].help_text)
    for name in ["a@b", "a b", "a/b", "a" * 151]:
        assert "username" in SignUpForm({"username": name}).errors
    assert User.objects.count() == 0
