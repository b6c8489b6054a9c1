"""A thousand random companies, everything that is published of them, and an attacker who combines it all."""

from metering.privacy.disclosure import REST, K
from metering.publishing.plan import CENTRE, LATE, Period, Plan
from tests.metering.attack import by_colluders
from tests.metering.worlds import AGENTS, World, world

WORLDS = 1000


def person(cell) -> int:
    return cell if isinstance(cell, int) else cell[0]


def exposed(made: World, rows: list[frozenset]) -> frozenset[int] | None:
    """All colluders are shown everything that was published, not only what they might open."""
    return by_colluders(rows, person, made.seen, K)


def over_the_year(made: World) -> list[frozenset]:
    """A person uses each agent as much in every period; everybody may have used every agent."""
    rows = []
    for number, plan in enumerate(made.plans):
        late = {(one, LATE, number) for one in plan.late}
        for each in plan.places.values():
            own = {(one, agent) for one in each.people for agent in AGENTS}
            rows.append(frozenset(own | {cell for cell in late if cell[0] in each.people}))
        rows += [frozenset((one, agent) for one in each.people) for agent, each in plan.agents.items()]
    return rows


def of_a_period(period: Period, plan: Plan) -> list[frozenset]:
    """Only what was really used counts: who is known to have used nothing hides nobody."""
    cells = [(use.person, use.agent, use.model) for use in period.uses if use.micros]
    cells += [(one, LATE, "") for one in plan.late]
    rows = []
    for place, each in plan.places.items():
        own = [cell for cell in cells if cell[0] in each.people]
        rows.append(frozenset(own))
        if each.slices and len(place) == CENTRE:
            named = [label for label, _ in each.slices if label != REST]
            rows += [frozenset(cell for cell in own if cell[2] == label) for label in named]
            rows.append(frozenset(cell for cell in own if cell[2] not in named))
    for agent, each in plan.agents.items():
        rows.append(frozenset(cell for cell in cells if cell[1] == agent and cell[0] in each.people))
    return rows


def items_of_a_period(period: Period, plan: Plan) -> list[frozenset]:
    """Verified items as they are shown of places and of agents; who is known to have none hides nobody."""
    cells = [(one, agent) for agent, own in period.items_of.items() for one, number in own.items() if number]
    cells += [(one, LATE) for one in plan.late_items]
    shown = [(each.people, None) for each in plan.places.values() if each.items is not None]
    shown += [(each.people, agent) for agent, each in plan.agents.items() if each.items is not None]
    return [
        frozenset(cell for cell in cells if cell[0] in people and agent in (None, cell[1]))
        for people, agent in shown
    ]


def by_rest(period: Period, plan: Plan) -> list[list[int]]:
    """What each published place cost person by person, without the published places in it."""
    costs = dict(plan.late)
    for use in period.uses:
        costs[use.person] = costs.get(use.person, 0) + use.micros
    found = []
    for place, each in plan.places.items():
        inner = [
            other.people for at, other in plan.places.items() if at != place and at[: len(place)] == place
        ]
        found.append([costs.get(one, 0) for one in each.people.difference(*inner)])
    return found


def uncertain(values: list[int]) -> bool:
    """Three people who know their own share do not know the largest but to a tenth of it."""
    shares = sorted(map(abs, values), reverse=True)
    return not any(shares) or sum(shares[4:]) * 10 >= shares[0]


def test_no_combination_over_a_year_is_about_fewer():
    shown = 0
    for seed in range(WORLDS):
        made = world(seed)
        shown += len(made.sets())
        for plan in made.plans:
            teams = [place[-1] for place in plan.places if len(place) > CENTRE]
            assert len(set(teams)) == len(teams), (seed, "a team has one figure")
        assert exposed(made, made.sets()) is None, seed
        if seed % 5 == 0:
            assert exposed(made, over_the_year(made)) is None, seed
    assert shown > 5 * WORLDS


def test_no_combination_of_one_period_is_about_fewer():
    places = agents = slices = late = items = 0
    dominated: list[int] = []
    for seed in range(0, WORLDS, 4):
        made = world(seed, periods=2)
        for period, plan in zip(made.periods, made.plans, strict=True):
            assert exposed(made, of_a_period(period, plan)) is None, seed
            assert exposed(made, items_of_a_period(period, plan)) is None, seed
            dominated += [seed for values in by_rest(period, plan) if not uncertain(values)]
            places += len(plan.places)
            agents += len(plan.agents)
            late += bool(plan.late)
            items += sum(each.items is not None for each in plan.agents.values())
            slices += sum(bool(each.slices) for each in plan.places.values())
    assert min(places, agents, slices, late, items) > 50
    assert dominated == []
