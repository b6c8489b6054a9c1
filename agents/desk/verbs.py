"""The desk's verbs: those of the pages, for somebody who is not on a page. Each looks at the person's rights anew."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import ValidationError
from django.urls import reverse

from agents.approvals import actions as approvals
from agents.approvals.models import Approval
from agents.connectors.desk import Ask, Choice, Ended, Queued
from agents.desk.asks import told
from agents.queue import actions as tasks
from agents.queue.models import Task
from agents.queue.states import ENDED
from agents.registry.models import Agent
from portal.addresses import absolute
from portal.people.models import Person

MOST = 100  # rows of one answer
SHADOW = Agent.Mode.SHADOW


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

    def waiting(self, person: Person) -> list[int]:
        if _away(person):
            return []
        rows = Approval.objects.answerable_by(person).open().order_by("expires_at", "id")
        return list(rows.values_list("pk", flat=True)[:MOST])

    def ask(self, person: Person, number: int) -> Ask | None:
        if _away(person):
            return None
        row = Approval.objects.visible_to(person).for_reading().filter(pk=number).first()
        return told(row, person) if row else None

    def closed(self, asks: Iterable[int]) -> list[int]:
        return list(Approval.objects.filter(pk__in=list(asks)).closed().values_list("pk", flat=True))

    def answer(self, person: Person, number: int, *, yes: bool, digest: str) -> None:
        _refuse_away(person)
        row = Approval.objects.visible_to(person).filter(pk=number).first()
        if row is None:
            raise ValidationError("You cannot answer this ask. Somebody else must.")
        if row.second_person:
            raise ValidationError("This needs a second person, who answers on its page.")
        if row.answerable and row.digest != digest:
            raise ValidationError("The ask is not the one that was shown. Open its page.")
        approvals.answer(person, row, yes=yes)

    def page_of_asks(self) -> str:
        return absolute(reverse("approvals:list"))


def _away(person: Person) -> bool:
    """Has the person left, or is it not confirmed yet that it is them? Read now."""
    return not Person.objects.active().filter(pk=person.pk, held_since__isnull=True).exists()


def _refuse_away(person: Person) -> None:
    if _away(person):
        raise ValidationError("Your account here is closed, or an admin has yet to confirm that it is you.")
