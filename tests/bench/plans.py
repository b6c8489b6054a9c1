"""How good is a plan made from an instruction's words alone? Measured on AgentDojo's user tasks and on our own.

    PYTHONPATH=../shared/bench/dojo:. VENV/bin/python -m tests.bench.plans --dojo ../shared/bench/dojo

The virtual environment needs ``agentdojo`` (see that folder's requirements), not the portal's packages. A plan is
*complete* when it holds every capability that the task's ground truth uses; *width* counts what it holds.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from agents.planning.planner import plan
from agents.policy.declarations import Capability, Effect
from tests.bench.heldout import HELD_OUT, declared
from tests.bench.manifest import capabilities, described

BENCHMARK = "v1.2.2"
SUITES = ("workspace", "banking")
Row = dict[str, Any]


def row(name: str, instruction: str, needed: Iterable[str], offered: dict[str, Capability]) -> Row:
    """One instruction: what it needs, what the plan holds, by whether a capability changes anything."""
    planned, wanted = plan(instruction, offered.values()), set(needed)
    acts = {one.name for one in offered.values() if one.effect is not Effect.READ}
    return {
        "task": name,
        "complete": wanted <= planned,
        "complete_acts": wanted & acts <= planned,
        "share": len(planned) / len(offered),
        "acts": len(planned & acts),
        "needed": len(wanted & acts),
        "all_acts": len(acts),
        "missing": sorted(wanted - planned),
        "beyond": sorted((planned & acts) - wanted),
    }


def figures(rows: list[Row]) -> Row:
    def mean(values: Iterable[float]) -> float:
        found = list(values)
        return round(sum(found) / len(found), 3) if found else 0

    acting = [one for one in rows if one["needed"]]
    return {
        "tasks": len(rows),
        "complete": mean(one["complete"] for one in rows),
        "complete_consequential": mean(one["complete_acts"] for one in rows),
        "complete_consequential_of_acting": mean(one["complete_acts"] for one in acting),
        "share_of_suite_planned": mean(one["share"] for one in rows),
        "consequential_planned": mean(one["acts"] for one in rows),
        "consequential_needed": mean(one["needed"] for one in rows),
        "consequential_offered": mean(one["all_acts"] for one in rows),
        "width": round(sum(one["acts"] for one in rows) / max(1, sum(one["needed"] for one in rows)), 2),
        "reading_tasks_that_plan_an_act": mean(one["acts"] > 0 for one in rows if not one["needed"]),
    }


def public(dojo: str) -> dict[str, list[Row]]:
    """Rows of the public suites, by suite."""
    sys.path.insert(0, dojo)
    from agentdojo.task_suite.load_suites import get_suites
    from dojoguard.harness import load_tools

    found = {}
    for name in SUITES:
        suite = get_suites(BENCHMARK)[name]
        offered = capabilities(load_tools(name), described(suite.tools))
        found[name] = []
        for task in suite.user_tasks.values():
            world = task.init_environment(suite.load_and_inject_default_environment({}))
            needed = {call.function for call in task.ground_truth(world)}
            found[name].append(row(task.ID, task.PROMPT, needed, offered))
    return found


def own() -> dict[str, list[Row]]:
    """Rows of the instructions that were written beside the suites, by what they are over."""
    return {
        name: [row(text, text, needed, offered) for place, text, needed in HELD_OUT if place == name]
        for name, offered in declared().items()
    }


def main() -> None:
    warnings.filterwarnings("ignore")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--dojo", type=Path, help="the folder that holds dojoguard; without it, our own set only"
    )
    parser.add_argument("--detail", action="store_true")
    asked = parser.parse_args()
    report: Row = {}
    for title, suites in (("public", public(str(asked.dojo)) if asked.dojo else {}), ("own", own())):
        rows = [one for suite in suites.values() for one in suite]
        report[title] = {"all": figures(rows)} | {name: figures(found) for name, found in suites.items()}
        if asked.detail:
            report[title]["not exact"] = [
                {key: one[key] for key in ("task", "missing", "beyond")}
                for one in rows
                if one["missing"] or one["beyond"]
            ]
    sys.stdout.write(json.dumps(report, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
