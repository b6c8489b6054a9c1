"""Verbs on linked accounts: make a code, link by it, change, unlink."""

import secrets

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Now

from agents.connectors import the_desk
from agents.connectors.slack.events import SlackEvent
from agents.connectors.slack.linking.models import GOOD_FOR, Link, LinkCode, digest_of
from portal.audit.record import action, detail, on
from portal.people.models import Person

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another
LENGTH = 12
WRONG = "This code is not good, or not any more. Make a new one on your profile page."


@action(SlackEvent.CODE_MADE)
def make_code(actor: Person, connection: models.Model) -> str:
    """Good once, for ten minutes; a former one is good no more. Only the answer of this verb holds it."""
    if Link.objects.current().filter(person=actor, connection=connection.pk).exists():
        raise ValidationError("You have linked a Slack account already. Unlink it first.")
    LinkCode.objects.filter(person=actor, connection=connection.pk).delete()
    code = "".join(secrets.choice(SIGNS) for _ in range(LENGTH))
    LinkCode.objects.create(
        person=actor, connection_id=connection.pk, digest=digest_of(code), ends_at=Now() + GOOD_FOR
    )
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


@action(SlackEvent.LINKED)
def link(
    actor: Person,
    connection: models.Model,
    *,
    code: str,
    team: str,
    account: str,
    room: str,
    known_as: str = "",
) -> Link:
    """The account that sent the code is the person's who made it. Raises ValidationError."""
    used = LinkCode.objects.good(connection.pk, code).filter(person=actor)
    if not actor.is_active or actor.held_since or not used.update(used_at=Now()):
        raise ValidationError(WRONG)
    # Of somebody who has left, or whose connection is gone: the account is free.
    Link.objects.filter(connection=connection.pk, team=team, account=account, ended_at__isnull=True).exclude(
        pk__in=Link.objects.current().values("pk")
    ).update(ended_at=Now())
    made = Link(
        connection_id=connection.pk,
        person=actor,
        team=team,
        account=account,
        room=room,
        known_as=known_as[:200],
    )
    made.validate_constraints()
    made.save()
    on(made)
    detail(connection=str(connection), team=team, account=account)
    return made


@action(SlackEvent.LINK_CHANGED)
def change(actor: Person, link: Link, *, agent: int | None, told: bool) -> Link:
    """``agent``: who takes tasks without a name; ``told``: notices go there, too. Raises ValidationError."""
    if agent is not None and agent not in {choice.number for choice in the_desk().agents(actor)}:
        raise ValidationError({"agent": "Choose an agent that takes tasks of yours."})
    held = _held(link)
    held.agent_id, held.told = agent, told
    held.save(update_fields=["agent", "told"])
    detail(agent=agent, told=told)
    return held


@action(SlackEvent.UNLINKED)
def unlink(actor: Person | str, link: Link, *, why: str = "") -> Link:
    """What was shown there takes no answer any more. Raises ValidationError where it is not linked."""
    held = _held(link)
    Link.objects.filter(pk=held.pk).update(ended_at=Now())
    held.messages.exclude(ts="").update(due_at=Now(), tries=0)
    detail(why=why)
    return held


def _held(link: Link) -> Link:
    held = Link.objects.select_for_update(no_key=True, of=("self",)).filter(pk=link.pk, ended_at__isnull=True)
    if (row := held.first()) is None:
        raise ValidationError("This Slack account is not linked any more.")
    return row
