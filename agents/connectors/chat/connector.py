"""The ``chat`` connector: one capability, ``chat.post``. Others read what is posted, so it cannot be taken back."""

from typing import Any

from django import forms
from django.apps import apps

from agents.connectors.base import CallContext, ConnectionContext, Connector, ConnectorError, Example, Result
from agents.policy.declarations import Argument, Capability, Effect, Output, Role
from agents.storable import storable
from portal.words import plural

POST = Capability(
    name="chat.post",
    title="post in the portal's chat",
    says="Post in the chat to {to}",
    effect=Effect.IRREVERSIBLE,
    description="Post a message to a person (their e-mail) or a team (its name) inside the portal.",
    arguments=(
        Argument(
            "to",
            Role.DEST,
            "To",
            kind="reader",
            description="a person's e-mail or a team's name",
            longest=254,
        ),
        Argument("text", Role.CONTENT, "Text", description="plain text", longest=4_000),
    ),
    output=Output(trusted=True, private=False),
    max_days=90,
)


class PortalChat(Connector):
    kind = "chat"
    title = "Portal chat"
    description = "Messages to people and teams inside this portal."
    icon = "chat-bubble-left-right"
    capabilities = (POST,)
    deeds = {POST.name: ("post", "posted")}
    personal = False  # others read what is posted, so somebody else grants it
    settings_form = forms.Form  # nothing to set: the chat is this portal's own
    tells = POST.name
    examples = (Example("Post “The inbox is sorted” to me in the chat.", frozenset({POST.name})),)

    def check(self, connection: ConnectionContext) -> str:
        readers = apps.get_model("portal", "Person").objects.filter(is_active=True).count()
        return f"{plural(readers, 'person', 'people')} can be reached"

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        messages = apps.get_model("chat", "ChatMessage").objects
        reader = self._reader(storable(call.arguments["to"]))
        messages.get_or_create(
            key=call.key,
            defaults={
                "agent_id": call.agent,
                "on_behalf_of_id": call.person,
                "task_number": call.task,
                "connection_id": connection.id,
                "text": storable(call.arguments["text"]),
                **reader,
            },
        )
        return self._posted(call)

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        posted = apps.get_model("chat", "ChatMessage").objects.filter(key=call.key).exists()
        return self._posted(call) if posted else None

    def _posted(self, call: CallContext) -> Result:
        to = call.arguments["to"]
        return Result({"posted": True, "to": to}, f"Posted a message to {to}", {"posted": 1})

    def _reader(self, to: str) -> dict[str, Any]:
        """The one active person with this e-mail, or the one team of this name, exactly."""
        people = apps.get_model("portal", "Person").objects
        if person := people.filter(is_active=True, email__iexact=to).first():
            return {"to_person": person}
        if team := apps.get_model("portal", "Team").objects.filter(name__iexact=to).first():
            return {"to_team": team}
        raise ConnectorError(f"Nobody here has the e-mail or team name “{to}”.")
