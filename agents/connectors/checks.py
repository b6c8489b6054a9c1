"""System check: what starts a deployment, and mail that leaves, is declared to need a second person by default."""

from typing import Any

from django.core.checks import CheckMessage, Error

from agents.connectors import catalogue
from agents.policy.declarations import Capability, Effect, Role

TOLD = {Effect.IRREVERSIBLE, Effect.DESTRUCTIVE}
ADDRESS = "address"  # the kind of a destination that is an e-mail address


def lacking(capability: Capability) -> str:
    """Who else must agree by default, where the declaration does not say so; empty when nothing lacks.

    A grant may still leave it out: the person who grants decides that, on the record.
    """
    if capability.name.startswith("deploy.") and capability.effect not in {Effect.READ, Effect.FETCH}:
        return "" if capability.second_person == "always" else "always"
    mails = any(argument.role is Role.DEST and argument.kind == ADDRESS for argument in capability.arguments)
    if mails and capability.effect in TOLD:
        return "" if capability.second_person in {"outside", "always"} else "outside"
    return ""


def second_people_are_the_default(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{capability.name} needs a second person by default and does not declare it.",
            hint=f'Declare second_person="{lacking(capability)}" in its Capability.',
            id="agents.E001",
        )
        for capability in catalogue().values()
        if lacking(capability)
    ]
