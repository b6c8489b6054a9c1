"""Forms at the door: signing in, choosing a password, changing it."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    SetPasswordForm,
    SetPasswordMixin,
)
from django.http import HttpRequest, QueryDict

from portal.accounts.lockout import one_at_a_time

RULE = "At least 12 characters. Do not use a common password, your name or your e-mail."


class SignInForm(AuthenticationForm):
    # Small letters: otherwise every way of writing an e-mail would have tries of its own before the lock-out.
    username = forms.EmailField(
        label="E-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )
    error_messages = {
        "invalid_login": (
            "E-mail or password is wrong. After five wrong attempts you must wait before each further one."
        ),
        "inactive": "This account is closed. An admin can open it again.",
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).lower()

    def clean(self) -> dict[str, Any]:
        with one_at_a_time(self.cleaned_data.get("username", "")) as alone:
            if not alone:
                raise forms.ValidationError("Others are signing in with this e-mail. Try again in a moment.")
            return super().clean()


class AgainForm(forms.Form):
    """The password of who is signed in, once more. Wrong ones count as at the door."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )

    def __init__(self, request: HttpRequest, email: str, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.request, self.email = request, email

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if "password" not in given:
            return given
        with one_at_a_time(self.email) as alone:
            if not alone:
                raise forms.ValidationError("Others are signing in with this e-mail. Try again in a moment.")
            person = authenticate(self.request, username=self.email, password=given["password"])
        if person is None or person.get_username() != self.email:
            self.add_error("password", "This is not your password. After five wrong ones you must wait.")
        return given


def _passwords(label: str) -> tuple[forms.CharField, forms.CharField]:
    """Django's two fields for a new password in the portal's words."""
    first, again = SetPasswordMixin.create_password_fields(label, "The same password again")
    first.help_text, again.help_text = RULE, ""
    return first, again


class ChoosePasswordForm(SetPasswordForm):  # type: ignore[type-arg]
    new_password1, new_password2 = _passwords("Password")


class ChangePasswordForm(PasswordChangeForm):
    old_password = forms.CharField(
        label="Current password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new_password1, new_password2 = _passwords("New password")
    error_messages = {
        **SetPasswordForm.error_messages,
        "password_incorrect": "This is not your password. Enter the one you signed in with.",
    }
