"""What a yes of the evening before can stand for: the agent's own words, or a grant that asks each time. No more.

It vouches for no value: where a call goes and what it touches needs a trusted origin of its own, as without it. A link,
a code, something destructive or outside of the envelope is asked about when it comes.
"""

from collections.abc import Collection, Iterable

from agents.policy.declarations import Capability, Effect
from agents.policy.evaluation import Evaluation
from agents.policy.facts import Cleared, GrantFact, Reason
from agents.policy.shapes import shape

EACH_USE = frozenset({"grant_asks", "second_person"})
WORDS = frozenset({"content_prose", "name_unknown", "unpointed"})


def can_clear(capability: Capability, codes: Collection[str]) -> bool:
    """May a call that asks for these reasons, and for at least one, be allowed before it is made?

    What a fetch asks for leaves the company, so its words are never left open.
    """
    if capability.effect is Effect.DESTRUCTIVE or not codes:
        return False
    return set(codes) <= (EACH_USE if capability.effect is Effect.FETCH else EACH_USE | WORDS)


def clearance(evaluation: Evaluation, grant: GrantFact, asks: Iterable[Reason]) -> Cleared | None:
    """The clearance that stands for all of these reasons under this grant.

    One by a second person counts only where a second person is asked, and the other way round.
    """
    request, facts, codes = evaluation.request, evaluation.facts, {reason.code for reason in asks}
    if request.capability is None or not facts.cleared or not can_clear(request.capability, codes):
        return None
    wanted = shape(request.capability, request.connection, request.arguments)
    for yes in facts.cleared:
        current = (yes.grant, yes.version) == (grant.id, grant.version)
        if current and yes.shape == wanted and yes.second_person == ("second_person" in codes):
            return yes
    return None
