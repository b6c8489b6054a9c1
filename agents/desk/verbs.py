"""The desk's verbs: those of the pages, for somebody who is not on a page. Each looks at the person's rights anew."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.approvals.unclear import Unclear
from agents.connectors.desk import Ask, Choice, Ended, Question, Queued
from agents.desk import asks, unclear
from agents.gate import unclear_calls
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import ENDED
from agents.registry.models import Agent
from portal.addresses import absolute
from portal.people.models import Person

MOST = 100  # rows of one answer
SHADOW = Agent.Mode.SHADOW
ROWS: dict[str, type[Approval] | type[Unclear]] = {asks.KIND: Approval, unclear.KIND: Unclear}


class TheDesk:
    """``agents.connectors.desk.Desk``."""

    def agents(self, person: Person) -> list[Choice]:
        if _away(person):
            return []
        rows = Agent.objects.operable_by(person).filter(state=Agent.State.ACTIVE)
        return [Choice(row.pk, row.name, row.mode == SHADOW) for row in rows]

    def queue(self, person: Person, agent: int, *, words: str, attached: str) -> Queued:
        _refuse_away(person)
        row = Agent.objects.operable_by(person).filter(pk=agent).first()
        if row is None:
            raise ValidationError(
                "You may not queue tasks for this agent. Its managers can share it with you."
            )
        task = tasks.queue(person, row, instruction=words, attached=attached, trigger="chat")
        return Queued(task.pk, row.name, row.mode == SHADOW, absolute(task.get_absolute_url()))

    def ended(self, tasks: Iterable[int]) -> Mapping[int, Ended]:
        rows = Task.objects.filter(pk__in=list(tasks), state__in=ENDED).select_related("agent")
        return {
            row.pk: Ended(row.pk, row.agent.name, row.tag.word, absolute(row.get_absolute_url()))
            for row in rows.defer("instruction", "attached", "result")
        }

    def waiting(self, person: Person) -> list[Question]:
        if _away(person):
            return []
        found = [
            (closes, Question(kind, number))
            for kind, rows in ROWS.items()
            for number, closes in rows.objects.answerable_by(person)
            .open()
            .order_by("expires_at", "id")
            .values_list("pk", "expires_at")[:MOST]
        ]
        return [asked for _, asked in sorted(found)][:MOST]

    def ask(self, person: Person, asked: Question) -> Ask | None:
        if _away(person):
            return None
        row = ROWS[asked.kind].objects.visible_to(person).for_reading().filter(pk=asked.number).first()
        if isinstance(row, Unclear):
            return unclear.told(row, person)
        return asks.told(row, person) if row else None

    def closed(self, asked: Iterable[Question]) -> list[Question]:
        numbers: dict[str, list[int]] = {kind: [] for kind in ROWS}
        for kind, number in asked:
            numbers[kind].append(number)
        return [
            Question(kind, number)
            for kind, rows in ROWS.items()
            for number in rows.objects.filter(pk__in=numbers[kind]).closed().values_list("pk", flat=True)
        ]

    def answer(self, person: Person, asked: Question, *, answer: str, digest: str, way: str) -> None:
        _refuse_away(person)
        row = ROWS[asked.kind].objects.visible_to(person).filter(pk=asked.number).first()
        if row is None:
            raise ValidationError("You cannot answer this. Somebody else must.")
        if row.second_person:
            raise ValidationError("This needs a second person, who answers on its page.")
        if isinstance(row, Unclear):
            _say(person, row, answer, digest, way)
            return
        if row.answerable and row.digest != digest:
            raise ValidationError("The ask is not the one that was shown. Open its page.")
        if answer not in {"yes", "no"}:
            raise ValidationError("An ask is answered with yes or no.")
        approvals.answer(person, row, yes=answer == "yes", way=way)

    def page_of_asks(self) -> str:
        return absolute(reverse("approvals:list"))


def _say(person: Person, row: Unclear, answer: str, digest: str, way: str) -> None:
    """What happened, for what was shown; or another look, which needs nothing shown."""
    if answer == unclear.LOOK:
        unclear_calls.look_again(person, row, way=way)
        return
    verb = unclear_calls.ANSWERS.get(answer)
    if verb is None:
        raise ValidationError("There is no such answer.")
    if row.answerable and unclear.digest_of(row) != digest:
        raise ValidationError("Something new was found out since. Look at it again.")
    verb(person, row, way=way)


def _away(person: Person) -> bool:
    """Has the person left, or is it not confirmed yet that it is them? Read now."""
    return not Person.objects.active().filter(pk=person.pk, held_since__isnull=True).exists()


def _refuse_away(person: Person) -> None:
    if _away(person):
        raise ValidationError("Your account here is closed, or an admin has yet to confirm that it is you.")
