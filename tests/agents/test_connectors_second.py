"""Deployments and mail that leaves need a second person by default: a declaration that forgets it does not start."""

from dataclasses import replace

import pytest
from django.core.checks import run_checks

from agents.connectors import catalogue
from agents.connectors.chat.connector import PortalChat
from agents.connectors.checks import lacking
from agents.policy.declarations import Argument, Capability, Effect, Role

START = Capability("deploy.launch", "start", "Start", Effect.IRREVERSIBLE)
TO = Argument("to", Role.DEST, "To", kind="address")
SEND = Capability("mail.send", "send mail", "Send", Effect.IRREVERSIBLE, (TO,))


@pytest.mark.parametrize(
    ("capability", "lacks"),
    [
        (START, "always"),
        (replace(START, name="deploy.cancel", effect=Effect.DESTRUCTIVE), "always"),
        (replace(START, name="deploy.note", effect=Effect.WRITE), "always"),
        (replace(START, second_person="outside"), "always"),
        (replace(START, second_person="always"), ""),
        (replace(START, name="deploy.status", effect=Effect.READ), ""),
        (SEND, "outside"),
        (replace(SEND, name="post.letter"), "outside"),
        (replace(SEND, second_person="outside"), ""),
        (replace(SEND, second_person="always"), ""),
        (replace(SEND, effect=Effect.WRITE), ""),  # a draft reaches nobody
    ],
)
def test_what_a_declaration_lacks(capability, lacks):
    assert lacking(capability) == lacks


def test_the_portal_does_not_start_with_a_declaration_that_forgot_it(monkeypatch):
    assert not [one for one in run_checks() if one.id == "agents.E001"]
    monkeypatch.setattr(PortalChat, "capabilities", (*PortalChat.capabilities, START))
    assert "deploy.launch" in catalogue()
    (found,) = [one for one in run_checks() if one.id == "agents.E001"]
    assert found.msg.startswith("deploy.launch needs a second person by default")
    assert 'second_person="always"' in found.hint
