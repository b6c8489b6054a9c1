"""Forms at the door: signing in, choosing a password, changing it."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm

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


class _Said:
    """Django's password forms in the portal's words."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = RULE
        self.fields["new_password2"].label = "The same password again"
        self.fields["new_password2"].help_text = ""


class ChoosePasswordForm(_Said, SetPasswordForm):  # type: ignore[type-arg]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = "Password"


class ChangePasswordForm(_Said, PasswordChangeForm):
    error_messages = {
        **SetPasswordForm.error_messages,
        "password_incorrect": "This is not your password. Enter the one you signed in with.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "Current password"
        self.fields["old_password"].widget.attrs.pop("autofocus", None)
