"""The former password, which only the person knows."""

from django import forms


class FormerPasswordForm(forms.Form):
    former_password = forms.CharField(
        label="Your old password",
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
