"""A model call as its source reports it, and the context in which a batch of them is checked. Pure."""

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta

SKEW = timedelta(minutes=5)  # that a clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One model call as its maker saw it. ``key`` names it in ``source``: written once, however often sent.

    Tokens are counts; ``input_tokens`` includes cached ones. ``agent_id`` is None for a tool that is no agent of
    this portal; ``task`` is how the source names the job. ``cost_micros``: a price that the source states itself,
    in millionths of the ledger's currency; else ours. ``retried``: the same again without a change;
    ``changes``: how much of the world the call led to change.
    """

    source: str
    key: str
    at: datetime
    person_id: int
    team_id: int
    provider: str
    model: str
    input_tokens: int
    output_tokens: int
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    agent_id: int | None = None
    agent_name: str = ""
    task: str = ""
    trigger: str = ""
    turn: int = 0
    failed: bool = False
    retried: bool = False
    tool_calls: int = 0
    changes: int = 0
    cost_micros: int | None = None


@dataclass(frozen=True, slots=True)
class BatchContext:
    """What a batch is looked at with: the time, the earliest moment that is kept, and who there is."""

    now: datetime
    oldest: datetime
    people: frozenset[int]
    teams: frozenset[int]
    latest: datetime = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "latest", self.now + SKEW)
