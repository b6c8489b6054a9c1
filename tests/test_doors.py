"""Every URL × every person of the cast. A URL without a row here fails: who may open it is decided, not discovered.

Codes: ``+`` opens, ``3`` is refused (403), ``4`` is not there for them (404), ``>`` is sent to the sign-in page.
Columns: nobody, Ada (admin), Lea (leads Mia's team, her manager), Mia (owns the agent), Finn (finance), Aud (auditor),
Olga (outsider).
"""

import pytest
from django.db import transaction
from django.urls import reverse

from portal.checks import patterns
from tests.cast import NAMES, Cast, as_
from tests.world import make_world

ANY = "> + + + + + +"
ADMIN = "> + 3 3 3 3 3"
AGENT_SEEN = "> + + + 4 4 4"
AGENT_MANAGED = "> 3 3 + 4 4 4"
CONNECTION_MANAGED = "> + 3 3 4 4 4"
OWN_TASK = "> 4 4 + 4 4 4"

# url name: (method, the object its pk names, who)
DOORS: dict[str, tuple[str, str, str]] = {
    "home": ("GET", "", ANY),
    "sign-in": ("GET", "", "+ + + + + + +"),
    "sign-out": ("POST", "", "+ + + + + + +"),
    "invitation": ("GET", "invitation", "+ + + + + + +"),
    "people:list": ("GET", "", ANY),
    "people:suggestions": ("GET", "", ANY),
    "people:profile": ("GET", "", ANY),
    "people:password": ("GET", "", ANY),
    "people:sign-outs": ("POST", "", ANY),
    "people:new": ("GET", "", ADMIN),
    "people:chart": ("GET", "", ADMIN),
    "people:imports": ("POST", "", ADMIN),
    "people:detail": ("GET", "person", ANY),
    "people:edit": ("GET", "person", ADMIN),
    "people:manager": ("GET", "person", ADMIN),
    "people:roles": ("GET", "person", ADMIN),
    "people:links": ("POST", "person", ADMIN),
    "people:deactivation": ("GET", "person", ADMIN),
    "people:reactivation": ("POST", "person", ADMIN),
    "teams:list": ("GET", "", ANY),
    "teams:new": ("GET", "", ADMIN),
    "teams:detail": ("GET", "team", ANY),
    "teams:edit": ("GET", "team", ADMIN),
    "teams:add-member": ("GET", "team", "> + + 3 3 3 3"),
    "teams:end-membership": ("POST", "membership", "> + + 3 3 3 3"),
    "audit:list": ("GET", "", "> 3 3 3 3 + 3"),
    "audit:export": ("GET", "", "> 3 3 3 3 + 3"),
    "usage:mine": ("GET", "", ANY),
    "usage:export": ("GET", "", ANY),
    "usage:looks": ("GET", "", ANY),
    "reports:teams": ("GET", "", ANY),
    "reports:team": ("GET", "team", "> 4 + 4 4 4 4"),
    "reports:cost_centres": ("GET", "", "> 3 3 3 + 3 3"),
    "reports:cost_centres_export": ("GET", "", "> 3 3 3 + 3 3"),
    "reports:looks": ("GET", "", "> 3 3 3 3 + 3"),
    "reports:permits": ("GET", "", "> + 3 3 3 3 3"),
    "reports:new_permit": ("GET", "", ANY),
    "reports:permit": ("GET", "permit", "> + + + 4 + 4"),
    "reports:decision": ("POST", "permit", "> + 3 3 4 3 4"),
    "reports:revocation": ("POST", "permit", "> + + 3 4 3 4"),
    "registry:list": ("GET", "", ANY),
    "registry:new": ("GET", "", ANY),
    "registry:detail": ("GET", "agent", AGENT_SEEN),
    "registry:edit": ("GET", "agent", AGENT_MANAGED),
    "registry:history": ("GET", "agent", AGENT_SEEN),
    "registry:stop": ("GET", "agent", "> + 3 + 4 4 4"),
    "registry:resumption": ("POST", "agent", "> + 3 + 4 4 4"),
    "registry:record": ("GET", "agent", AGENT_SEEN),
    "registry:looks": ("POST", "agent", AGENT_SEEN),
    "registry:live": ("GET", "agent", "> + 3 + 4 4 4"),
    "registry:shadow": ("POST", "agent", "> + 3 + 4 4 4"),
    "registry:shares": ("GET", "agent", AGENT_MANAGED),
    "registry:unshare": ("POST", "agent", AGENT_MANAGED),
    "registry:owner": ("GET", "agent", AGENT_MANAGED),
    "registry:retirement": ("GET", "agent", AGENT_MANAGED),
    "connections:list": ("GET", "", ANY),
    "connections:new": ("GET", "", ANY),
    "connections:add": ("GET", "kind", ANY),
    "connections:detail": ("GET", "connection", AGENT_SEEN),
    "connections:edit": ("GET", "connection", CONNECTION_MANAGED),
    "connections:test": ("POST", "connection", CONNECTION_MANAGED),
    "connections:stop": ("GET", "connection", CONNECTION_MANAGED),
    "connections:rights": ("GET", "connection", CONNECTION_MANAGED),
    "connections:take": ("POST", "connection", CONNECTION_MANAGED),
    "connections:removal": ("GET", "connection", CONNECTION_MANAGED),
    "grants:inbox": ("GET", "", ANY),
    "grants:new": ("GET", "agent", AGENT_MANAGED),
    "grants:request": ("GET", "request", AGENT_SEEN),
    "grants:decision": ("POST", "request", "> + 3 3 4 4 4"),
    "grants:withdrawal": ("POST", "request", "> 3 3 + 4 4 4"),
    "grants:on": ("GET", "connection", CONNECTION_MANAGED),
    "grants:end-on": ("GET", "connection", CONNECTION_MANAGED),
    "grants:of": ("GET", "agent", AGENT_SEEN),
    "grants:end-of": ("GET", "agent", AGENT_MANAGED),
    "grants:renewal": ("GET", "agent", AGENT_MANAGED),
    "grants:detail": ("GET", "grant", AGENT_SEEN),
    "grants:revocation": ("POST", "grant", "> + 3 + 4 4 4"),
    "queue:list": ("GET", "", ANY),
    "queue:latest": ("GET", "", ANY),
    "queue:new": ("GET", "agent", AGENT_MANAGED),
    "queue:detail": ("GET", "task", OWN_TASK),
    "queue:cancel": ("GET", "task", OWN_TASK),
    "queue:step": ("GET", "step", OWN_TASK),
    "queue:call": ("GET", "call", OWN_TASK),
    "approvals:list": ("GET", "", ANY),
    "approvals:detail": ("GET", "ask", OWN_TASK),
    "approvals:answer": ("POST", "ask", OWN_TASK),
    "approvals:proposal": ("POST", "ask", OWN_TASK),
    "chat:list": ("GET", "", ANY),
    "stops:list": ("GET", "", ANY),
    "stops:everything": ("GET", "", ADMIN),
    "stops:capability": ("GET", "", ADMIN),
    "stops:lifting": ("POST", "stop", ADMIN),
}
PRIVATE = ("agent", "connection", "grant", "request", "task", "ask", "call", "step", "permit", "stop")


def opened(person, method: str, url: str) -> str:
    """What this person gets. Whatever a POST did is rolled back before the next one tries."""
    with transaction.atomic():
        client = as_(person)
        response = client.post(url) if method == "POST" else client.get(url)
        transaction.set_rollback(True)
    if response.status_code == 302 and response["Location"].startswith(f"{reverse('sign-in')}?next="):
        return ">"
    assert response.status_code != 405, f"{url} does not answer {method}"
    assert response.status_code < 500, f"{url} broke"
    return {403: "3", 404: "4"}.get(response.status_code, "+")


def named_urls() -> list[str]:
    from django.urls import get_resolver

    def walk(resolver, prefix=""):
        for entry in resolver.url_patterns:
            if hasattr(entry, "url_patterns"):
                yield from walk(entry, f"{prefix}{entry.namespace}:" if entry.namespace else prefix)
            else:
                yield f"{prefix}{entry.name}"

    return list(walk(get_resolver()))


def test_every_url_has_a_row_and_every_row_a_url():
    assert sorted(named_urls()) == sorted(DOORS)
    assert len(named_urls()) == len(list(patterns()))


@pytest.mark.django_db
def test_every_door_opens_to_whom_it_should_and_to_nobody_else(cast: Cast):
    world = make_world(cast)
    wrong = []
    for name, (method, target, codes) in DOORS.items():
        url = reverse(name, args=world.arguments(target))
        found = " ".join(opened(person, method, url) for person in (None, *cast.everyone().values()))
        if found != codes:
            wrong.append(f"{name}: {method} {url} is {found}, should be {codes}")
    assert wrong == [], f"nobody {' '.join(NAMES)}"


@pytest.mark.django_db
def test_what_is_not_there_looks_like_what_may_not_be_seen(cast: Cast):
    for name, (method, target, _) in DOORS.items():
        if target in PRIVATE:
            url = reverse(name, args=[999_999_999])
            assert opened(cast.ada, method, url) == "4", url
