"""Writes four weeks of model calls for the sample company, through the ordinary ledger as source ``sample``."""

import random
from datetime import UTC, datetime, timedelta

from agents.registry.models import Agent
from metering.usage.calls import ModelCall
from metering.usage.ledger import record_many
from portal.people.models import Person
from portal.teams.models import Team

DAYS = 63  # two whole four-week periods and what has begun of the next
MODELS = (("anthropic", "claude-haiku-4-5"), ("openai", "gpt-5-mini"))


def history(team: Team, agent: Agent, people: list[Person]) -> None:
    """The same company uses the same amounts wherever it is made: the numbers are drawn with a fixed seed."""
    draw = random.Random(7)  # noqa: S311  (sample figures, not secrets)
    now = datetime.now(UTC)
    first = (now - timedelta(days=DAYS)).replace(hour=8, minute=0, second=0, microsecond=0)
    made = []
    for day in range(DAYS):
        morning = first + timedelta(days=day)
        if morning.weekday() > 4:
            continue
        for person in people:
            for number in range(draw.choice((0, 1, 2))):
                provider, model = draw.choice(MODELS)
                tokens = draw.randrange(20_000, 180_000)
                made.append(
                    ModelCall(
                        source="sample",
                        key=f"{team.pk}:{person.pk}:{day}:{number}",
                        at=morning + timedelta(minutes=draw.randrange(540)),
                        person_id=person.pk,
                        team_id=team.pk,
                        agent_id=agent.pk,
                        agent_name=str(agent),
                        provider=provider,
                        model=model,
                        input_tokens=tokens,
                        cache_read_tokens=tokens * draw.randrange(20, 60) // 100,
                        output_tokens=draw.randrange(800, 6_000),
                    )
                )
    record_many(made)
