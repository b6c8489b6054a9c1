"""An OpenID provider on this machine: code flow with PKCE, refresh tokens that are good once, revocation."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

CLIENT, KEY = "portal", "the-clients-own-secret"


class Provider:
    """``account``: who signs in. ``lasts``: seconds of an access token. ``claims``: put into ID tokens besides.

    ``fails``: the status that the token endpoint answers. ``asked``: what came to each endpoint.
    """

    def __init__(self) -> None:
        self.account, self.lasts, self.fails, self.claims = "mia.park@example.com", 3600, 0, dict[str, Any]()
        self.codes: dict[str, dict[str, str]] = {}
        self.good: set[str] = set()  # refresh tokens
        self.issued: list[str] = []  # every token there was
        self.asked: list[tuple[str, dict[str, str]]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                provider.asked.append((self.path, form))
                status, told = provider.answer(self.path, form)
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def said(self) -> dict[str, dict[str, Any]]:
        """As ``PORTAL_OAUTH`` names it."""
        here = {name: f"{self.url}/{name}" for name in ("authorize", "token", "revoke")}
        named = {"title": "Company sign-in", "issuer": self.url, "client_id": CLIENT, "client_secret": KEY}
        return {"company": {**here, **named, "scopes": ["openid", "email"], "inside": ["127.0.0.1"]}}

    def sign_in(self, address: str) -> str:
        """What a person does in the browser: the address that they are sent back to."""
        asked = dict(parse_qsl(urlsplit(address).query))
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if (form.get("client_id"), form.get("client_secret")) != (CLIENT, KEY):
            return 401, {"error": "invalid_client"}
        if path == "/revoke":
            return self.revoked(form["token"])
        if self.fails:
            return self.fails, {"error": "temporarily_unavailable"}
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.good:
                return 400, {"error": "invalid_grant"}
            return 200, self.refreshed(form["refresh_token"])
        asked = self.codes.pop(form["code"], None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or proof.rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, {**self.given(asked), "id_token": self.id_token(asked["nonce"])}

    def given(self, asked: dict[str, str]) -> dict[str, Any]:
        return self.tokens()

    def refreshed(self, token: str) -> dict[str, Any]:
        self.good.discard(token)
        return self.tokens()

    def revoked(self, token: str) -> tuple[int, dict[str, Any]]:
        self.good.discard(token)
        return 200, {}

    def tokens(self) -> dict[str, Any]:
        access, refresh = f"access-{secrets.token_hex(8)}", f"refresh-{secrets.token_hex(8)}"
        self.good.add(refresh)
        self.issued += [access, refresh]
        return {"access_token": access, "refresh_token": refresh, "expires_in": self.lasts}

    def id_token(self, nonce: str) -> str:
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "exp": time.time() + 600,
            "nonce": nonce,
            "email": self.account,
        }
        told = json.dumps({**claims, **self.claims}).encode()
        return f"e30.{base64.urlsafe_b64encode(told).rstrip(b'=').decode()}.x"
