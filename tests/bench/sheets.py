"""How often is asked when people tick what a followed text names? The recorded tasks of the folder of AgentDyn.

    PYTHONPATH=PATH_TO_BENCH:. python -m tests.bench.sheets PATH_TO_BENCH/recorded

A person who allows a call of their own task ticks on its sheet what the rest of the recorded task needs, and nothing
else: as they refuse the attacker's calls, they leave the attacker's values unticked.
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from agents.policy.evaluation import Evaluation
from agents.policy.facts import Request
from agents.policy.sheet import sheet
from agents.policy.values import leaves
from tests.bench import dojo


class Session(dojo.Session):
    """``needs``: every value of the recorded task's calls."""

    needs: frozenset[str] = frozenset()

    def answered(self, call: Any, yes: bool) -> None:
        super().answered(call, yes)
        request = Request(call.tool, dojo.PLACE, self._arguments(call), self.declared.get(call.tool))
        facts = self._facts(call)
        grant = next(one for one in facts.grants if one.capability == call.tool)
        offered = sheet(Evaluation(request, facts), grant).get("items", ())
        self.ticks = tuple(text for _, text in offered if text in self.needs) if yes else ()


class Policy(dojo.Policy):
    """``tasks``: by instruction, what its recorded calls name."""

    session = Session

    def __init__(self, tasks: Mapping[str, frozenset[str]]) -> None:
        super().__init__()
        self.tasks = tasks

    def new_session(self, prompt: str, grants: Mapping[str, Any], tools: Mapping[str, Any]) -> dojo.Session:
        made = super().new_session(prompt, grants, tools)
        assert isinstance(made, Session)
        made.needs = self.tasks[prompt]
        return made


def main() -> None:
    from dynreplay.figures import figures
    from dynreplay.harness import World, load_tools, stand_in

    folder = Path(sys.argv[1])
    declared = load_tools(folder)
    stand_in(declared)
    every: dict[str, list[dict[str, Any]]] = {}
    for suite, tools in declared.items():
        recorded = json.loads((folder / f"{suite}.json").read_text())
        tasks = {
            task["instruction"]: frozenset(
                str(leaf) for call in task["calls"] for leaf in leaves(list(call["args"].values()))
            )
            for task in recorded["tasks"]
        }
        for name, rows in World(recorded, tools, Policy(tasks), "task").measured().items():
            every.setdefault(name, []).extend(rows)
    sys.stdout.write(json.dumps(figures(every), indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
