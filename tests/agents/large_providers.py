"""Google and Microsoft as their public documentation says that they behave, on this machine."""

from typing import Any

from tests.agents.oidc import CLIENT, KEY, Provider

TENANT = "72f988bf-0000-0000-0000-2d7cd011db47"


class Google(Provider):
    """A refresh token only where it is asked for with consent, and always the same one; revoking ends all there are.

    ``unticked``: what the person did not allow.
    """

    def __init__(self) -> None:
        super().__init__()
        self.unticked = ""
        self.claims = {"iss": "accounts.google.com", "email_verified": True}

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        here = {name: f"{self.url}/{name}" for name in ("authorize", "token", "revoke")}
        return {"gmail": {**here, "client_id": CLIENT, "client_secret": KEY, "inside": ["127.0.0.1"]}}

    def given(self, asked: dict[str, str]) -> dict[str, Any]:
        found = self.tokens()
        self.scope = asked["scope"].replace("email", "https://www.googleapis.com/auth/userinfo.email")
        if (asked.get("access_type"), asked.get("prompt")) != ("offline", "consent"):
            self.good.discard(found.pop("refresh_token"))
        return {**found, "scope": self.scope.replace(self.unticked, "") if self.unticked else self.scope}

    def refreshed(self, token: str) -> dict[str, Any]:
        found = self.tokens()
        self.good.discard(found.pop("refresh_token"))
        return {**found, "scope": self.scope}

    def revoked(self, token: str) -> tuple[int, dict[str, Any]]:
        if token not in self.good:
            return 400, {"error": "invalid_token"}
        self.good.clear()
        return 200, {}


class Microsoft(Provider):
    """New refresh tokens at every use, and old ones stay good; nothing to revoke at; the tenant in the issuer's name.

    ``refuses``: what the token endpoint says instead of tokens.
    """

    def __init__(self) -> None:
        super().__init__()
        self.refuses: dict[str, str] = {}

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        here = {name: f"{self.url}/{{tenant}}/{name}" for name in ("authorize", "token")}
        named = {"client_id": CLIENT, "client_secret": KEY, "inside": ["127.0.0.1"]}
        return {"microsoft365": {**here, **named, "tenant": "contoso.example"}}

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        assert path == "/contoso.example/token"
        if self.refuses:
            return (401 if self.refuses["error"] == "invalid_client" else 400), self.refuses
        return super().answer("/token", form)

    def given(self, asked: dict[str, str]) -> dict[str, Any]:
        found = self.tokens()
        scopes = asked["scope"].split()
        if "offline_access" not in scopes:
            self.good.discard(found.pop("refresh_token"))
        self.scope = " ".join(scope for scope in scopes if scope.startswith("https://"))
        named = {"preferred_username": self.account, "email": ""} if "profile" in scopes else {"email": ""}
        self.claims = {**named, "tid": TENANT, "iss": f"https://login.microsoftonline.com/{TENANT}/v2.0"}
        return {**found, "scope": self.scope}

    def refreshed(self, token: str) -> dict[str, Any]:
        return {**self.tokens(), "scope": self.scope}
