"""The ``chat`` connector: one capability, ``chat.post``. Others read what is posted, so it cannot be taken back."""

from typing import Any

from django import forms
from django.apps import apps

from agents.connectors.base import (
    CallContext,
    Checked,
    ConnectionContext,
    Connector,
    ConnectorError,
    EventKind,
    Example,
    Happened,
    News,
    Result,
    Watch,
)
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

MENTION = EventKind(name="chat.mention", title="a message that mentions it", needs=POST.name)
ANOTHER = "Another message was posted for this call before. Nothing was posted now."
AT_MOST = 200  # mentions of one look; the next goes on from there


def _is(message: Any, call: CallContext) -> bool:
    """Is it this call's message? Not when it has another reader or other words; words are removed after a time."""
    to = message.to_person.email if message.to_person else message.to_team.name
    words = ("", storable(call.arguments["text"]))
    return bool(to.lower() == storable(call.arguments["to"]).lower() and message.text in words)


class PortalChat(Connector):
    kind = "chat"
    title = "Portal chat"
    description = "Messages to people and teams inside this portal."
    icon = "chat-bubble-left-right"
    capabilities = (POST,)
    deeds = {POST.name: ("post", "posted")}
    counted = {POST.name: {"posted": 1}}
    personal = False  # others read what is posted, so somebody else grants it
    settings_form = forms.Form  # nothing to set: the chat is this portal's own
    tells = POST.name
    events = (MENTION,)
    examples = (Example("Post “The inbox is sorted” to me in the chat.", frozenset({POST.name})),)

    def check(self, connection: ConnectionContext) -> Checked:
        readers = apps.get_model("portal", "Person").objects.filter(is_active=True).count()
        return Checked(f"{plural(readers, 'person', 'people')} can be reached", {POST.name: ""})

    def perform(self, connection: ConnectionContext, call: CallContext) -> Result:
        messages = apps.get_model("chat", "ChatMessage").objects
        reader = self._reader(storable(call.arguments["to"]))
        message, made = messages.get_or_create(
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
        if not made and not _is(message, call):
            raise ConnectorError(ANOTHER)
        return self._posted(call)

    def reconcile(self, connection: ConnectionContext, call: CallContext) -> Result | None:
        message = apps.get_model("chat", "ChatMessage").objects.filter(key=call.key).first()
        if message is None:
            return None
        if not _is(message, call):
            raise ConnectorError(ANOTHER)
        return self._posted(call)

    def news(self, connection: ConnectionContext, watch: Watch) -> News:
        """Messages that the person reads too and that name the agent as ``@Inbox triage``; its own are none."""
        messages = apps.get_model("chat", "ChatMessage").objects.filter(connection=connection.id)
        latest = messages.order_by("-pk").values_list("pk", flat=True).first() or 0
        if watch.cursor is None:
            return News((), latest)
        person = apps.get_model("portal", "Person").objects.get(pk=watch.person)
        rows = messages.visible_to(person).for_lists().filter(pk__gt=watch.cursor, pk__lte=latest)
        rows = rows.exclude(agent=watch.agent).filter(text__icontains=f"@{watch.agent_name}").order_by("pk")
        found = list(rows[:AT_MOST])
        happened = tuple(
            Happened(str(row.pk), row.posted_at, f"{row.agent}, for {row.on_behalf_of}:\n{row.text}")
            for row in found
        )
        return News(happened, found[-1].pk if len(found) == AT_MOST else latest)

    def _posted(self, call: CallContext) -> Result:
        to = call.arguments["to"]
        return Result({"posted": True, "to": to}, f"Posted a message to {to}", self.counted[POST.name])

    def _reader(self, to: str) -> dict[str, Any]:
        """The one active person with this e-mail, or the one team of this name, exactly."""
        people = apps.get_model("portal", "Person").objects
        if person := people.filter(is_active=True, email__iexact=to).first():
            return {"to_person": person}
        if team := apps.get_model("portal", "Team").objects.filter(name__iexact=to).first():
            return {"to_team": team}
        raise ConnectorError(f"Nobody here has the e-mail or team name “{to}”.")
