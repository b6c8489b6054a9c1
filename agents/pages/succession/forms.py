"""The successor form: a new owner for each agent of a person who leaves, and a successor for their tasks."""

from collections import Counter
from typing import Any

from django import forms
from django.db.models import Q

from agents.queue.models import Task
from agents.registry.models import Agent, AgentPersonShare, AgentTeamShare
from portal.people.models import Person
from portal.words import plural


class SuccessorForm(forms.Form):
    """The page of the deactivation shows it; what is chosen goes to ``person_left``."""

    title = "Who takes over?"
    words = (
        "An agent without a new owner stops. The successor of a task sees its instruction, but "
        "nothing that the agent read, and decides whether to run it."
    )

    def __init__(self, data: Any = None, *, person: Person) -> None:
        super().__init__(data)
        for agent in Agent.objects.filter(owner=person).exclude(state=Agent.State.RETIRED):
            team = Person.objects.active().in_team(agent.team_id).distinct()
            self._ask(f"agent-{agent.pk}", f"New owner of {agent}", team, person, "Nobody: it stops")
        under_way = Task.objects.filter(person=person).under_way()
        counts = Counter(under_way.values_list("agent_id", flat=True))
        for agent in Agent.objects.filter(pk__in=counts):
            label = f"{plural(counts[agent.pk], 'open task')} with {agent}"
            self._ask(f"tasks-{agent.pk}", label, _users(agent), person, "Nobody: they end")

    def _ask(self, name: str, label: str, people: Any, person: Person, nobody: str) -> None:
        self.fields[name] = forms.ModelChoiceField(
            people.exclude(pk=person.pk), required=False, label=label, empty_label=nobody
        )


def _users(agent: Agent) -> Any:
    """Who has the agent, and who may get it on the same page. Whether they may operate it is looked at then."""
    own = AgentPersonShare.objects.filter(content_object=agent).values("user")
    teams = AgentTeamShare.objects.filter(content_object=agent).values("group")
    return Person.objects.active().filter(Q(pk__in=own) | Q(groups__in=teams)).distinct()
