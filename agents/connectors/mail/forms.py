"""The settings of a mailbox connection: a Maildir on this machine, or a server; and by which server mail leaves."""

from typing import Any

from django import forms

from agents.connectors.base import ConnectorError
from agents.connectors.mail.drafts import address
from agents.connectors.mail.location import resolve
from agents.connectors.mail.presets import PRESETS, of_address
from agents.connectors.mail.servers.encrypted import LOOPBACK, NONE, PORTS, STARTTLS, TLS
from agents.connectors.mail.servers.sign_in import PASSWORD, TOKEN

MAILDIR, IMAP = "maildir", "imap"
SECURITY = [(TLS, "TLS"), (STARTTLS, "STARTTLS"), (NONE, "None: a server on this machine only")]
# Fields that only one kind has are shown while it is chosen (forms.css).
OF_FOLDER, OF_SERVER, OF_BOTH = {"data-of": MAILDIR}, {"data-of": IMAP}, {"data-of": "own"}


class MailSettings(forms.Form):
    """Cleaned: what the kind needs and nothing else. A Maildir has ``path`` and no ``kind``; a preset is a server."""

    more = ("security", "port", "user", "smtp_security", "smtp_port", "smtp_user")

    address = forms.EmailField(
        label="Its e-mail address", max_length=254, help_text="Drafts are written from this address."
    )
    kind = forms.ChoiceField(
        label="Where the mail is",
        required=False,
        choices=[
            ("", "As the address says (gmail.com …)"),
            *((name, one.title) for name, one in PRESETS.items()),
            (IMAP, "Another mail server (IMAP)"),
            (MAILDIR, "A folder on this machine"),
        ],
        widget=forms.Select(attrs={"data-chooses": "kind"}),
        help_text="Google, Yahoo, iCloud, Fastmail and Zoho take an app password: make one in your account there. "
        "Microsoft takes no passwords: sign in after you added the mailbox.",
    )
    path = forms.CharField(
        label="Folder",
        max_length=1_000,
        required=False,
        widget=forms.TextInput(attrs=OF_FOLDER),
        help_text="The mailbox as a Maildir (with cur, new and tmp) inside the portal's mail folder. "
        "A name like support is enough.",
    )
    host = forms.CharField(
        label="Mail server",
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs=OF_SERVER),
        help_text="imap.example.com, say.",
    )
    security = forms.ChoiceField(label="Encryption", required=False, choices=SECURITY, initial=TLS)
    port = forms.IntegerField(
        label="Port", required=False, min_value=1, max_value=65_535, help_text="Empty: 993 for TLS, else 143."
    )
    user = forms.CharField(
        label="User", max_length=254, required=False, help_text="Empty: the e-mail address above."
    )
    sign_in = forms.ChoiceField(
        label="Sign in with",
        required=False,
        choices=[(PASSWORD, "A password"), (TOKEN, "A token (OAuth: Gmail, Microsoft 365)")],
        initial=PASSWORD,
        help_text="For a server. With a token: add the connection, then sign in on its page.",
    )
    smtp_host = forms.CharField(
        label="Server for outgoing mail",
        max_length=253,
        required=False,
        widget=forms.TextInput(attrs=OF_BOTH),
        help_text="smtp.example.com, say. Empty: this connection cannot send.",
    )
    smtp_security = forms.ChoiceField(
        label="Encryption of outgoing mail", required=False, choices=SECURITY, initial=TLS
    )
    smtp_port = forms.IntegerField(
        label="Port of outgoing mail",
        required=False,
        min_value=1,
        max_value=65_535,
        help_text="Empty: 465 for TLS, 587 for STARTTLS.",
    )
    smtp_user = forms.CharField(
        label="User for outgoing mail", max_length=254, required=False, help_text="Empty: the same user."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("path"):
            self.initial = {"kind": MAILDIR, **self.initial}

    def clean_address(self) -> str:
        try:
            return address(self.cleaned_data["address"]).addr_spec
        except ConnectorError as error:
            raise forms.ValidationError(str(error)) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kept: dict[str, Any] = {"address": given.get("address", "")}
        kind = given.get("kind") or self._kind(given)
        if preset := PRESETS.get(kind):
            user = given.get("user") or kept["address"]
            return kept | {"kind": IMAP, "user": user, **preset.settings(given.get("sign_in") or "")}
        if kind == IMAP:
            kept |= {"kind": IMAP, **self._server(given)}
        elif kind == MAILDIR:
            kept["path"] = self._path(str(given.get("path") or ""))
        if given.get("smtp_host"):
            kept |= self._reached(given, "smtp_")
            kept["smtp_user"] = given.get("smtp_user") or ""
            kept.setdefault("sign_in", given.get("sign_in") or PASSWORD)
        return kept

    def _kind(self, given: dict[str, Any]) -> str:
        """What is filled in tells, or else the address."""
        if given.get("path") or given.get("host"):
            return MAILDIR if given.get("path") else IMAP
        found = of_address(str(given.get("address", "")))
        if not found and not self.errors:
            self.add_error("kind", "This address does not say where its mail is. Choose it here.")
        return found

    def _path(self, written: str) -> str:
        if not written:
            self.add_error("path", "This field is required.")
            return ""
        try:
            return str(resolve(written))
        except ConnectorError as error:
            self.add_error("path", str(error))
            return ""

    def _server(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.get("host"):
            self.add_error("host", "Name the mail server.")
        signed = {
            "user": given.get("user") or given.get("address", ""),
            "sign_in": given.get("sign_in") or PASSWORD,
        }
        return self._reached(given, "") | signed

    def _reached(self, given: dict[str, Any], which: str) -> dict[str, Any]:
        host, security = str(given.get(f"{which}host") or ""), given.get(f"{which}security") or TLS
        if security == NONE and host.lower() not in LOOPBACK:
            self.add_error(
                f"{which}security", "Only a server on this machine (localhost) may go without encryption."
            )
        port = given.get(f"{which}port") or PORTS[f"{which}port"][security]
        return {f"{which}host": host, f"{which}port": port, f"{which}security": security}
