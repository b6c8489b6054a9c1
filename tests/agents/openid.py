"""A certified OpenID provider of its own for tests, and a person who signs in there with a browser."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import httpx2
from django.utils import timezone

from agents.connections.access import Access
from agents.connections.models import Connection
from tests.brokers import running
from tests.cast import Cast, as_
from tests.node import node
from tests.portal.machine import free_port, wait_until

PROGRAM = Path(__file__).with_name("oidc_provider.mjs")
MAIL = "https://mail.example.com"  # the audience of tokens for the mail server
SIGNED_IN = "Signed in. The connection test says"
BACK = "http://localhost:8000/connections/sign-in/"
KEYS = {"portal": "the-portals-own-secret", "mail-server": "the-mail-servers-own-secret"}


@dataclass(frozen=True)
class OpenID:
    url: str

    def said(self, **more: Any) -> dict[str, Any]:
        """As ``PORTAL_OAUTH`` names it."""
        named = {"title": "Company sign-in", "issuer": self.url, "client_id": "portal"}
        places = {"authorize": "auth", "token": "token", "revoke": "token/revocation"}
        here = {name: f"{self.url}/{path}" for name, path in places.items()}
        scopes = ["openid", "email", "offline_access", "mail"]
        rest = {"client_secret": KEYS["portal"], "scopes": scopes, "extra": {"prompt": "consent"}}
        return {"company": {**named, **here, **rest, "inside": ["127.0.0.1"], **more}}

    def browser(self) -> "Browser":
        return Browser(self.url)

    def knows(self, token: str) -> dict[str, Any]:
        """What it says of a token to the mail server."""
        client = ("mail-server", KEYS["mail-server"])
        answer = httpx2.post(f"{self.url}/token/introspection", data={"token": token}, auth=client)
        told: dict[str, Any] = answer.json()
        return told

    def ends(self, token: str) -> None:
        """This access token is over, before anybody here thinks so."""
        httpx2.get(f"{self.url}/ends", params={"token": token}).raise_for_status()

    def revoke(self, token: str) -> None:
        """As its admin does, or the person on its own pages: with every token that the person allowed."""
        client = ("portal", KEYS["portal"])
        httpx2.post(f"{self.url}/token/revocation", data={"token": token}, auth=client).raise_for_status()


class Browser:
    """At the provider only; where it sends the person back to is not asked for."""

    def __init__(self, url: str) -> None:
        self.url, self.client = url, httpx2.Client()

    def goes(self, address: str, name: str, *, refuses: bool = False) -> str:
        """Sign in by the name and allow it, or refuse: the address that the provider sends back to."""
        answer = self.client.get(address)
        for _ in range(12):
            if answer.has_redirect_location:
                target = urljoin(str(answer.url), answer.headers["location"])
                if not target.startswith(self.url):
                    return target
                answer = self.client.get(target)
                continue
            asks = re.search(r'name="prompt" value="(\w+)"', answer.text)
            form = re.search(r'action="([^"]+)"', answer.text)
            assert asks, answer.text
            assert form, answer.text
            if asks[1] == "consent" and refuses:
                answer = self.client.get(f"{form[1]}/abort")
            else:
                said = {"prompt": asks[1], "login": name, "password": "x"}
                answer = self.client.post(urljoin(self.url, form[1]), data=said)
        raise AssertionError(f"it goes on and on: {answer.url}")


@contextmanager
def provider(folder: Path, *, lasts: int = 3600, code: int = 60, told: bool = True) -> Iterator[OpenID]:
    """``lasts``: seconds of an access token; ``code``: of a code. ``told``: is the e-mail in the ID token?"""
    binary, packages = node("oidc-provider")
    port = free_port()
    clients = [
        {
            "client_id": "portal",
            "client_secret": KEYS["portal"],
            "redirect_uris": [BACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_post",
        },
        {
            "client_id": "mail-server",
            "client_secret": KEYS["mail-server"],
            "redirect_uris": [],
            "grant_types": [],
            "response_types": [],
        },
    ]
    given = {"clients": clients, "mail": MAIL, "lasts": lasts, "code": code, "told": told}
    with running(folder / "openid", binary, str(PROGRAM), str(packages), str(port), json.dumps(given)):
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(url), 20)
        yield OpenID(url)


def _answers(url: str) -> bool:
    with suppress(httpx2.TransportError):
        return httpx2.get(f"{url}/.well-known/openid-configuration").is_success
    return False


def signs_in(cast: Cast, openid: OpenID, box: Connection, by: Browser | None = None, **how: Any) -> str:
    """What the portal says at the end."""
    mine = as_(cast.mia)
    away = mine.get(f"/connections/{box.pk}/sign-in/company/")["Location"]
    back = (by or openid.browser()).goes(away, how.get("name", cast.mia.email), refuses="refuses" in how)
    return mine.get(how.get("changed", str)(back), follow=True).text


def about_over() -> None:
    Access.objects.standing().update(token_ends_at=timezone.now() + timedelta(seconds=30))


def stored() -> dict[str, str]:
    return Access.objects.standing().get().kept()
