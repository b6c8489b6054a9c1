"""Random companies over some periods: people join, leave and move, teams pass to other cost centres.

They use agents very unequally.
"""

from dataclasses import dataclass, field
from random import Random

from metering.privacy.disclosure import Rule
from metering.publishing.cohorts import Place
from metering.publishing.plan import Period, Plan, Use, Year, plan

AGENTS, MODELS = (0, 1, 2, 3), ("a", "b", "c")
STRICT = Rule()


@dataclass
class World:
    """``plans``: what was published, period by period. ``seen``: whose pages somebody may open."""

    seen: dict[int, frozenset[int]] = field(default_factory=dict)
    periods: list[Period] = field(default_factory=list)
    plans: list[Plan] = field(default_factory=list)

    def sets(self) -> list[frozenset[int]]:
        return [each.people for one in self.plans for each in one.places.values()]


def world(seed: int, periods: int = 4, rule: Rule = STRICT) -> World:
    draw = Random(seed)
    places = hierarchy(draw)
    people = {person: draw.choice(places) for person in range(draw.randrange(5, 30 * len(places) // 2 + 20))}
    people |= dict.fromkeys(draw.sample(sorted(people), min(9, len(people))), places[0])
    made = World(permits(draw, people))
    own = {place: draw.choice(AGENTS) for place in places if draw.random() < 0.5}  # a team's one agent
    tastes = {person: taste(draw, own.get(place)) for person, place in people.items()}
    year = Year()
    for number in range(periods):
        if number:
            change(draw, people, tastes, places)
        period = used(draw, people, tastes, late=number > 0 and draw.random() < 0.7)
        made.periods.append(period)
        made.plans.append(plan(year, period, made.seen, rule))
        year = made.plans[-1].year
    return made


def hierarchy(draw: Random) -> list[Place]:
    found: list[Place] = []
    for centre in range(draw.randrange(1, 4)):
        found += [(f"c{centre}", f"t{centre}{team}") for team in range(draw.randrange(1, 5))]
    return [*found, ()] if draw.random() < 0.3 else found


def permits(draw: Random, people: dict[int, Place]) -> dict[int, frozenset[int]]:
    """In half of the worlds some may open pages of people, most of them of one team."""
    team = draw.choice(list(people.values()))
    mates = [person for person, place in people.items() if place == team]
    viewers = draw.sample(sorted(people), draw.choice((0, 0, 1, 4)))
    return {
        viewer: frozenset(draw.choice(mates if draw.random() < 0.8 else list(people)) for _ in range(3))
        for viewer in viewers
    }


def taste(draw: Random, own: int | None = None) -> tuple[list[int], list[str], float]:
    """Which agents and models somebody uses, and how much: few use very much."""
    size = draw.paretovariate(1.2) if draw.random() < 0.7 else draw.uniform(1, 2)
    alone = own is not None and draw.random() < 0.9
    agents = [own] if alone else draw.sample(AGENTS, draw.choice((1, 1, 2, 3)))
    return agents, draw.sample(MODELS, draw.choice((1, 1, 2))), 0 if draw.random() < 0.08 else size


def change(draw: Random, people: dict[int, Place], tastes: dict, places: list[Place]) -> None:
    """Single people or whole groups leave, join and move."""
    for person in draw.sample(sorted(people), min(len(people), draw.choice((0, 1, 2, 9, 12)))):
        if draw.random() < 0.5:
            del people[person]
        else:
            people[person] = draw.choice(places)
    if draw.random() < 0.3:
        passes(draw, people, places)
    where = draw.choice(places)
    for _ in range(draw.choice((0, 1, 2, 8, 15))):
        person = len(tastes)
        tastes[person] = taste(draw)
        people[person] = where if draw.random() < 0.8 else draw.choice(places)


def passes(draw: Random, people: dict[int, Place], places: list[Place]) -> None:
    """A team, with all who are in it, to a cost centre that may be new."""
    number = draw.randrange(len(places))
    old = places[number]
    if old:
        places[number] = (f"c{draw.randrange(4)}", old[1])
        people |= {person: places[number] for person, place in people.items() if place == old}


def used(draw: Random, people: dict[int, Place], tastes: dict, *, late: bool) -> Period:
    uses = []
    for person in people:
        agents, models, size = tastes[person]
        for agent in agents:
            for model in models:
                micros = int(size * draw.uniform(500, 1500)) if draw.random() < 0.9 else 0
                uses.append(Use(person, agent, model, micros, micros * 3))
    items = {person: draw.choice((0, 1, 3)) for person in people}
    few = draw.sample(sorted(people), min(len(people), draw.choice((1, 200)))) if late else []
    corrected = {person: draw.choice((-400, 700)) for person in few}
    of_agents: dict[int, dict[int, int]] = {}
    for person, number in items.items():  # of some nobody knows the agent
        agent = tastes[person][0][person % len(tastes[person][0])]
        of_agents.setdefault(agent if person % 7 else 0, {})[person] = number
    return Period(dict(people), uses, items, corrected, dict.fromkeys(few, 1), of_agents)
