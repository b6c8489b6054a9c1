"""Where people sign in for mailboxes of large providers: addresses, and what the person is asked to allow."""

from collections.abc import Mapping
from typing import Any

SENDING = "https://outlook.office.com/SMTP.Send"
PRESETS: Mapping[str, Mapping[str, Any]] = {
    "gmail": {
        "title": "Google",
        "kinds": ["mail"],
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "revoke": "https://oauth2.googleapis.com/revoke",
        "issuer": "https://accounts.google.com",
        "issuers": ["accounts.google.com"],
        "manage": "https://myaccount.google.com/connections",
        "scopes": ["openid", "email", "https://mail.google.com/"],
        "extra": {"access_type": "offline", "prompt": "consent"},
    },
    "microsoft365": {
        "title": "Microsoft 365",
        "kinds": ["mail"],
        "authorize": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize",
        "token": "https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token",
        "issuer": "https://login.microsoftonline.com/{tid}/v2.0",
        "scopes": [
            "openid",
            "email",
            "profile",  # the user's name stands in for the e-mail where the directory has none
            "offline_access",
            "https://outlook.office.com/IMAP.AccessAsUser.All",
        ],
        "scopes_for": {"mail.send": [SENDING], "mail.reply": [SENDING]},
        "manage": "https://myapps.microsoft.com",
        "extra": {"prompt": "select_account"},
    },
}
