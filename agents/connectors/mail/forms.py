"""The settings of a mailbox connection."""

from django import forms

from agents.connectors.base import ConnectorError
from agents.connectors.mail.drafts import address
from agents.connectors.mail.location import resolve


class MailSettings(forms.Form):
    """Cleaned: ``path``, the Maildir's whole path without links, and ``address``."""

    path = forms.CharField(
        label="Folder",
        max_length=1_000,
        help_text="The mailbox as a Maildir (with cur, new and tmp) inside the portal's mail folder. "
        "A name like support is enough.",
    )
    address = forms.EmailField(
        label="Its e-mail address", max_length=254, help_text="Drafts are written from this address."
    )

    def clean_path(self) -> str:
        try:
            return str(resolve(self.cleaned_data["path"]))
        except ConnectorError as error:
            raise forms.ValidationError(str(error)) from None

    def clean_address(self) -> str:
        try:
            return address(self.cleaned_data["address"]).addr_spec
        except ConnectorError as error:
            raise forms.ValidationError(str(error)) from None
