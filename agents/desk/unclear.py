"""Describes a call of which nobody knows whether it happened: what it was to do, and what its system shows."""

import hashlib
import json
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.utils import timezone

from agents.approvals.argument_rows import rows
from agents.approvals.unclear import Unclear
from agents.connectors import catalogue
from agents.connectors.desk import Answer, Ask, Part, Question
from agents.desk.asks import about, of_agent, parts_of
from agents.permissions import TaskPermission
from agents.policy.language.invisible import spelled_out
from portal.addresses import absolute
from portal.people.models import Person
from portal.reasons import YOU, second
from portal.words import exact

KIND, LOOK = "unclear", "look"
HAPPENED, NOT, DO = (
    Answer("happened", "It happened"),
    Answer("not", "It did not happen: leave it"),
    Answer("do", "It did not happen: do it"),
)
AFTER_END = Answer("not", "It did not happen")
INTERRUPTED = (
    "The call had begun and was interrupted, so it is not done again by itself. If you let it be done and it had "
    "happened after all, it may be there twice."
)


def told(unclear: Unclear, reader: Person) -> Ask:
    """Of one that was fetched ``for_reading``, in the reader's time zone."""
    call, ended = unclear.call, unclear.call.task.ended
    with timezone.override(ZoneInfo(reader.time_zone)):
        return Ask(
            asked=Question(KIND, unclear.pk),
            digest=digest_of(unclear),
            about=about(call),
            waits="It does not know whether this happened, and waits for your word.",
            question=spelled_out(unclear.question),
            parts=tuple(_parts(unclear, reader)),
            answers=(
                HAPPENED,
                AFTER_END if ended else NOT,
                *(() if ended else (DO,)),
                Answer(LOOK, "Look again"),
            ),
            unanswered="Without an answer it stays unknown" + ("." if ended else ", and the task goes on."),
            closes_at=unclear.expires_at,
            open=unclear.answerable,
            mine=unclear.permits(reader, TaskPermission.ANSWER),
            second=unclear.second_person,
            outcome=_outcome(unclear),
            link=absolute(unclear.get_absolute_url()),
        )


def digest_of(unclear: Unclear) -> str:
    """Of what an answer is to: the call, and what its system showed."""
    call = unclear.call
    shown = [unclear.pk, call.capability, call.connection_id, call.arguments, unclear.shown]
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def _parts(unclear: Unclear, reader: Person) -> Iterator[Part]:
    call = unclear.call
    ask = getattr(call, "approval", None)
    words = YOU if call.task.person_id == reader.pk else second(str(call.task.person))
    yield from parts_of(
        call, rows(catalogue().get(call.capability), call.arguments, ask.origins if ask else (), words)
    )
    looked = exact(unclear.looked_at, timezone.get_current_timezone())
    yield Part(
        f"What {call.connection} shows", spelled_out(unclear.seen) or "Nothing is on record.", (looked,)
    )
    yield of_agent(call)
    yield Part("What happened so far", INTERRUPTED)


def _outcome(unclear: Unclear) -> tuple[str, str]:
    if unclear.state == Unclear.State.SHOWN:
        return unclear.get_state_display(), f"{unclear.call.connection} showed it."
    if unclear.answered_by:
        return unclear.get_state_display(), f"{unclear.answered_by} said so."
    return Unclear.State.EXPIRED.label, "It stays unknown, and the task went on."
