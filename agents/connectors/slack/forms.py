"""The settings of a Slack connection. Which workspace it is, the bot token says."""

from urllib.parse import urlsplit

from django import forms

API = "https://slack.com/api/"


class SlackSettings(forms.Form):
    """Cleaned: ``outside`` (may agents write where other companies read?) and ``api`` with a slash at its end."""

    more = ("api",)

    outside = forms.BooleanField(
        label="Agents may write in channels that are shared with other companies",
        required=False,
        help_text="Grants still say in which channels. Without this, such channels can only be read.",
    )
    api = forms.CharField(
        label="Address of Slack's API",
        max_length=300,
        required=False,
        help_text=f"Empty: {API} (GovSlack: https://slack-gov.com/api/).",
    )

    def clean_api(self) -> str:
        written = str(self.cleaned_data["api"]).strip() or API
        try:
            parts = urlsplit(written)
            port = parts.port
        except ValueError:
            raise forms.ValidationError("This is not an address on the web.") from None
        if (
            parts.scheme not in {"http", "https"}
            or not parts.hostname
            or parts.query
            or parts.fragment
            or port == 0
        ):
            raise forms.ValidationError("This is not an address on the web. It begins with https://.")
        return f"{written.rstrip('/')}/"
